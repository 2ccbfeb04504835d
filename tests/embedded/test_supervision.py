"""What the person at the terminal sees when a start cannot go on, and what stays behind when it is killed."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from embedded import doctor
from embedded.doctor import Unfit, short_of_space
from embedded.house import House, Part
from embedded.ports import LOOPBACK, answers, any_free
from embedded.postgres import Postgres
from embedded.privileges import StandIn
from embedded.processes import NotStarted, Program, left_behind, reap
from embedded.secrets import hexadecimal, keep
from embedded.temporal import Temporal

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
SUPERVISOR = """
import sys, time
from pathlib import Path
from embedded.postgres import Postgres
from embedded.temporal import Temporal
state = Path(sys.argv[1])
postgres = Postgres(owner=state, directory=state / "postgres", log=state / "p.log", port=int(sys.argv[2]),
                    password="secret")
temporal = Temporal(owner=state, database=state / "temporal.db", log=state / "t.log", port=int(sys.argv[3]))
children = [postgres.start(), temporal.start()]
print("up", flush=True)
time.sleep(600)
"""


def until(true: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


def sleeper(state: Path, argv: list[str] = SLEEPER) -> Program:
    return Program(name="Sleeper", argv=argv, owner=state, log=state / "sleeper.log", ready=lambda: True)


@pytest.fixture
def listener() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_a_taken_port_is_named_with_its_holder(listener: int) -> None:
    with pytest.raises(Unfit, match=rf"Port {listener} is taken by .*{os.getpid()}.*FOURDOORS_PORT"):
        doctor.check_ports({"FOURDOORS_PORT": listener})


def test_a_second_start_says_who_runs_and_changes_nothing(state: Path) -> None:
    lock = doctor.occupy(state)
    with pytest.raises(Unfit, match=rf"already runs .*process {os.getpid()}"):
        doctor.occupy(state)
    assert (state / "house.lock").read_text() == str(os.getpid())
    os.close(lock)
    os.close(doctor.occupy(state))


def test_a_state_directory_below_a_file_cannot_be_written(state: Path) -> None:
    (state / "file").touch()
    with pytest.raises(Unfit, match="FOURDOORS_STATE_DIR"):
        doctor.check_state_directory(state / "file" / "var")


def test_too_little_space_is_said_before_anything_starts(state: Path) -> None:
    with pytest.raises(Unfit, match="make room"):
        doctor.check_state_directory(state, needed=10**18)


def test_a_program_that_ends_at_once_is_quoted(state: Path) -> None:
    program = sleeper(state, [sys.executable, "-c", "raise SystemExit('no such thing')"])
    with pytest.raises(NotStarted, match="no such thing"):
        replace(program, ready=lambda: False).start().wait_until_ready()
    assert left_behind(state) == []


def test_whatever_a_full_disk_ends_is_said_to_be_its_fault(state: Path) -> None:
    program = replace(sleeper(state, [sys.executable, "-c", "raise SystemExit('out of words')"]), needs=10**18)
    with pytest.raises(NotStarted, match=r"Sleeper ended with code 1: the disk where .* is full\. Make room") as said:
        replace(program, ready=lambda: False).start().wait_until_ready()
    assert "out of words" not in str(said.value)
    house = House(lambda _: None, running={Part("Sleeper", program.start): program.start()})
    with pytest.raises(NotStarted, match=r"Sleeper keeps ending: the disk where .* is full\. Make room"):
        house.watch()


def test_a_disk_that_fills_up_is_said_once_each_time(state: Path) -> None:
    free = iter([10**18, 10**18, 0, 10**18])
    said: list[str] = []
    house = House(said.append, complaint=lambda: short_of_space(state, next(free)))
    with pytest.raises(StopIteration):
        house.watch()
    assert len(said) == 2
    assert all(f"MB are free where {state.resolve()} lies: make room" in line for line in said)


def test_what_a_killed_start_left_behind_is_ended(state: Path) -> None:
    child = sleeper(state).start()
    assert [process.pid for process in left_behind(state)] == [child.process.pid]
    assert left_behind(state / "elsewhere") == []
    assert reap(state) == 1
    assert not psutil.pid_exists(child.process.pid) or not child.alive


def test_a_part_that_falls_over_is_started_again_but_not_for_ever(state: Path) -> None:
    said: list[str] = []
    house = House(say=said.append)
    house.open(Part("Sleeper", sleeper(state, [sys.executable, "-c", "import time; time.sleep(0.3)"]).start))
    with pytest.raises(NotStarted, match="Sleeper keeps ending"):
        house.watch()
    assert sum("starting it again" in line for line in said) == 5


class Enough(Exception):
    """Eight times."""


@pytest.mark.parametrize(("long_enough", "ends"), [(0.1, Enough), (60.0, NotStarted)])
def test_what_is_killed_at_work_is_started_again_every_time(
    state: Path, long_enough: float, ends: type[Exception]
) -> None:
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if sum("(code -9); starting it again" in each for each in said) == 8:
            raise Enough

    shot = "import os, time; time.sleep(0.3); os.kill(os.getpid(), 9)"
    house = House(say=say, long_enough=long_enough)
    house.open(Part("Sleeper", sleeper(state, [sys.executable, "-c", shot]).start))
    with pytest.raises(ends):
        house.watch()


def test_a_part_that_cannot_be_ready_yet_holds_up_no_other(state: Path) -> None:
    """What it waits for may have ended as well, and is started again beside it."""
    first_time = iter([True])
    waits = Part("Waits", replace(sleeper(state), ready=lambda: next(first_time, False)).start)
    ends = Part("Ends", sleeper(state, [sys.executable, "-c", "import time; time.sleep(0.3)"]).start)
    said: list[str] = []
    house = House(say=said.append)
    house.open(waits, ends)
    house.running[waits].kill()
    with pytest.raises(NotStarted, match="Ends keeps ending"):
        house.watch()
    assert "Waits ended (code -9); starting it again" in said
    assert house.running[waits].alive


def test_nothing_outlives_a_killed_supervisor_and_the_next_start_serves(state: Path) -> None:
    ports = (any_free(), any_free())
    for _ in range(2):
        supervisor = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, str(state), *map(str, ports)], stdout=subprocess.PIPE, text=True
        )
        assert supervisor.stdout is not None
        assert supervisor.stdout.readline() == "up\n"
        supervisor.send_signal(signal.SIGKILL)
        supervisor.wait()
        assert until(lambda: not any(map(answers, ports)))
        assert until(lambda: not left_behind(state))


def test_two_temporal_servers_never_share_a_file(a_temporal: Temporal) -> None:
    first = a_temporal.start()
    with pytest.raises(NotStarted, match="Another Temporal server holds"):
        replace(a_temporal, port=any_free(), lock_patience=0.2).start()
    assert first.alive
    first.stop()


def test_a_second_postgres_on_the_same_files_is_refused(a_postgres: Postgres) -> None:
    first = a_postgres.start()
    with pytest.raises(NotStarted, match=f"Process {first.process.pid} already serves"):
        a_postgres.start()
    assert first.alive


def test_a_full_disk_may_have_left_an_empty_pid_file(a_postgres: Postgres) -> None:
    a_postgres.start().stop()
    (a_postgres.directory / "postmaster.pid").touch()
    assert a_postgres.start().alive


def test_files_of_another_postgres_are_left_alone(a_postgres: Postgres) -> None:
    a_postgres.start().stop()
    (a_postgres.directory / "PG_VERSION").write_text("19\n")
    with pytest.raises(NotStarted, match="made by PostgreSQL 19 and this is 18"):
        a_postgres.start()
    assert left_behind(a_postgres.owner) == []


def test_secrets_are_made_once_and_are_private(state: Path) -> None:
    path = state / "secrets.env"
    first = keep(path, {"ONE": hexadecimal})
    both = keep(path, {"ONE": hexadecimal, "TWO": hexadecimal})
    assert both["ONE"] == first["ONE"]
    assert len(both["TWO"]) == 64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_postgres_never_runs_as_root(a_postgres: Postgres) -> None:
    server = a_postgres.start()
    user = StandIn.needed()
    expected = user.uid if user else os.geteuid()
    assert expected != 0
    assert psutil.Process(server.process.pid).uids().effective == expected
    assert a_postgres.directory.stat().st_uid == expected
    assert stat.S_IMODE(a_postgres.directory.stat().st_mode) == 0o700
