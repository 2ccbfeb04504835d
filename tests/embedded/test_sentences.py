"""What is wrong before or while the house opens is one sentence with the next action, never a traceback."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from cli import refused_by
from embedded.ports import answers, any_free
from embedded.postgres import Postgres
from settings import read_settings
from tests.embedded.terminal import Run


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ({"FOURDOORS_PORT": "many"}, "FOURDOORS_PORT is wrong"),
        (
            {"FOURDOORS_PORT": "18000", "FOURDOORS_SANDBOX_PORT": "18000"},
            "FOURDOORS_PORT and FOURDOORS_SANDBOX_PORT both ask for port 18000",
        ),
        ({"FOURDOORS_BIND": "192.0.2.1"}, "correct FOURDOORS_BIND"),
        ({"FOURDOORS_STATE_DIR": "/proc/fourdoors"}, "FOURDOORS_STATE_DIR elsewhere"),
        ({"DATABASE_URL": "postgresql://a:short@127.0.0.1:1/x"}, "correct DATABASE_URL"),
        ({"TEMPORAL_ADDRESS": "127.0.0.1:1"}, "correct TEMPORAL_ADDRESS"),
        ({"FOURDOORS_SANDBOX_URL": "http://127.0.0.1:1"}, "correct FOURDOORS_SANDBOX_URL"),
    ],
)
def test_what_is_wrong_is_one_sentence(run: Run, broken: dict[str, str], sentence: str) -> None:
    code, said = run(**broken).rest()
    assert (code, len(said.strip().splitlines())) == (1, 1), said
    assert sentence in said
    assert "short" not in said


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ({"FOURDOORS_PORT": "99999"}, "FOURDOORS_PORT is wrong"),
        ({"FOURDOORS_METRICS_PORT": "-1"}, "FOURDOORS_METRICS_PORT is wrong"),
        ({"FOURDOORS_PORT": "0"}, "FOURDOORS_PORT is wrong"),
        ({"FOURDOORS_PROCESSES": "0"}, "FOURDOORS_PROCESSES is wrong"),
        ({"FOURDOORS_BIND": "nonsense"}, "FOURDOORS_BIND is wrong"),
        ({"FOURDOORS_ICE_SERVERS": "short"}, "FOURDOORS_ICE_SERVERS is wrong"),
        ({"FOURDOORS_ICE_SERVERS": '[{"urls": "short"}]'}, "FOURDOORS_ICE_SERVERS is wrong"),
        ({"FOURDOORS_SPECIALIST_HOST": "http://x"}, "FOURDOORS_SPECIALIST_HOST is wrong"),
        ({"FOURDOORS_SPECIALIST_HOST": "partners.localhost"}, "have to differ"),
        ({"FOURDOORS_SPECIALIST_HOST": "localhost"}, "none of them is localhost"),
        ({"FOURDOORS_SPECIALIST_HOST": "a..short"}, "FOURDOORS_SPECIALIST_HOST is wrong"),
        ({"FOURDOORS_TEMPORAL_UI_URL": "http://short x"}, "FOURDOORS_TEMPORAL_UI_URL is wrong"),
        ({"FOURDOORS_AUDIT_KEYS_BEFORE": "short"}, "it has to be public keys of 64 hex digits"),
        ({"FOURDOORS_CALLBACK_URL": "short"}, "FOURDOORS_CALLBACK_URL is wrong"),
        ({"FOURDOORS_MAIL_FROM": "short"}, "FOURDOORS_MAIL_FROM is wrong"),
        ({"FOURDOORS_VENDORS": "live"}, "FOURDOORS_VENDORS=live needs FOURDOORS_STRIPE_KEY"),
        ({"FOURDOORS_ENVIRONMENT": "production"}, "production needs DATABASE_URL"),
        ({"FOURDOORS_ACTOR_KEY": "short"}, "FOURDOORS_ACTOR_KEY is wrong"),
        ({"FOURDOORS_PAYLOAD_KEYS": "short"}, "FOURDOORS_PAYLOAD_KEYS is wrong"),
        ({"DATABASE_URL": "postgresql://a:short@localhost:abc/x"}, "DATABASE_URL is wrong"),
        ({"DATABASE_URL": "mysql://a:short@localhost/x"}, "DATABASE_URL is wrong"),
        ({"DATABASE_URL": "postgresql://a:short@localhost/x?colour=red"}, "it takes sslmode alone"),
        ({"TEMPORAL_ADDRESS": "localhost:abc"}, "TEMPORAL_ADDRESS is wrong"),
        ({"TEMPORAL_ADDRESS": "http://localhost:7233"}, "TEMPORAL_ADDRESS is wrong"),
        ({"FOURDOORS_SANDBOX_URL": "short"}, "FOURDOORS_SANDBOX_URL is wrong"),
    ],
)
def test_every_setting_says_what_is_wrong_with_it(
    monkeypatch: pytest.MonkeyPatch, broken: dict[str, str], sentence: str
) -> None:
    """As every program reads them."""
    for variable, value in broken.items():
        monkeypatch.setenv(variable, value)
    with pytest.raises(SystemExit) as ended:
        read_settings()
    said = str(ended.value)
    assert sentence in said
    assert "\n" not in said
    assert "short" not in said


@pytest.mark.parametrize(
    "program", [("worker.py",), ("-m", "uvicorn", "app:create", "--factory", "--port", "1", "--log-level", "critical")]
)
def test_a_single_program_says_it_in_one_sentence_too(state: Path, program: tuple[str, ...]) -> None:
    environment = {"FOURDOORS_STATE_DIR": str(state), "FOURDOORS_ICE_SERVERS": "short"}
    done = subprocess.run([sys.executable, *program], env={**os.environ, **environment}, capture_output=True, text=True)
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (1, 1), done.stderr
    assert "FOURDOORS_ICE_SERVERS is wrong" in done.stderr
    assert "short" not in done.stderr


def test_a_full_disk_of_the_database_is_not_blamed_on_its_address() -> None:
    full = asyncpg.DiskFullError("could not extend file: No space left on device")
    told = DBAPIError("insert into person values ('Ada')", None, full)
    told.__cause__ = full
    assert refused_by(told) == "The disk of the database is full: make room and start again."
    assert "check DATABASE_URL" in refused_by(asyncpg.InvalidPasswordError("no"))


@pytest.mark.parametrize("refused", [asyncpg.UniqueViolationError("(host)=(x)"), OverflowError("int32")])
def test_what_the_database_cannot_keep_is_not_blamed_on_its_address(refused: Exception) -> None:
    told = DBAPIError("insert into brand values ('x')", None, refused)
    told.__cause__ = refused
    said = refused_by(told)
    assert "has taken nothing" in said
    assert "DATABASE_URL" not in said
    assert "x" not in said.replace("text", "")


def with_a_folder_for_secrets(state: Path) -> None:
    (state / "secrets.env").mkdir()


def without_secrets(state: Path) -> None:
    (state / "postgres").mkdir()


def with_spoiled_secrets(state: Path) -> None:
    (state / "secrets.env").write_bytes(b"\xff\xfe")


def with_a_short_key(state: Path) -> None:
    (state / "secrets.env").write_text("FOURDOORS_ACTOR_KEY=short\n")


def with_a_lock_that_is_a_folder(state: Path) -> None:
    (state / "house.lock").mkdir()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (with_a_folder_for_secrets, "Is a directory"),
        (without_secrets, "move"),
        (with_spoiled_secrets, "put a copy of it back"),
        (with_a_short_key, "FOURDOORS_ACTOR_KEY is wrong"),
        (with_a_lock_that_is_a_folder, "Is a directory"),
    ],
)
def test_a_spoiled_state_directory_is_one_sentence(
    run: Run, state: Path, spoil: Callable[[Path], None], sentence: str
) -> None:
    spoil(state)
    code, said = run().rest()
    assert (code, len(said.strip().splitlines())) == (1, 1), said
    assert sentence in said
    assert "short" not in said


async def test_a_newer_schema_is_left_alone(run: Run, state: Path, a_postgres: Postgres) -> None:
    a_postgres.start()
    connection = await asyncpg.connect(a_postgres.url)
    await connection.execute("create table alembic_version (version_num text)")
    await connection.execute("insert into alembic_version values ('newer')")
    code, said = run(FOURDOORS_STATE_DIR=str(state / "house"), DATABASE_URL=a_postgres.url).rest()
    assert (code, said.strip().splitlines()[-1][:42]) == (1, "The database has a newer schema than this "), said
    assert "Traceback" not in said
    (tables,) = await connection.fetchrow("select count(*) from pg_tables where schemaname = 'public'") or (0,)
    await connection.close()
    assert tables == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("migrate",), "The database does not answer"),
        (("load", "docs"), "this is no pack"),
        (("load", "packs/demo"), "The database does not answer: keep `make run` open beside this"),
        (("simulate", "--patients", "0"), "Invalid value for '--patients'"),
    ],
)
def test_a_command_that_cannot_go_on_says_why(state: Path, arguments: tuple[str, ...], sentence: str) -> None:
    environment = {"FOURDOORS_STATE_DIR": str(state / "not-yet"), "FOURDOORS_DATABASE_PORT": str(any_free())}
    done = subprocess.run(
        [sys.executable, "cli.py", *arguments], env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert (done.returncode in (1, 2), done.stdout) == (True, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_taken_port_stops_the_start_before_anything_runs(run: Run, state: Path) -> None:
    port = any_free()
    holder = subprocess.Popen([sys.executable, "-m", "http.server", "-b", "127.0.0.1", str(port)])
    try:
        while not answers(port):
            pass
        code, said = run(FOURDOORS_SANDBOX_PORT=str(port)).rest()
    finally:
        holder.kill()
        holder.wait()
    assert code == 1
    assert f"Port {port} is taken" in said
    assert "FOURDOORS_SANDBOX_PORT" in said
    assert not (state / "postgres").exists()
