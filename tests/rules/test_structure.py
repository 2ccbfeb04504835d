"""The arrows between the rooms, the style, the types, the lock and the settings page."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from handbook.pages import settings_page
from settings import Settings

ENTRANCES = ("app", "cli", "composition", "preparation", "welcome", "worker")
LOCKS = ("requirements.lock", "requirements-dev.lock")
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)", re.MULTILINE)


def run(*command: str) -> None:
    tool = Path(sys.executable).parent / command[0]
    done = subprocess.run([tool, *command[1:]], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"`make lint` shows the same:\n{done.stdout[-4000:]}{done.stderr[-2000:]}"


def test_imports_follow_the_arrows() -> None:
    run("lint-imports")


@pytest.mark.parametrize("command", [("check", "."), ("format", "--check", ".")])
def test_style(command: tuple[str, ...]) -> None:
    run("ruff", *command)


def test_types() -> None:
    run("mypy", ".")


def test_the_settings_page_is_current() -> None:
    shown = Path("docs/settings.md").read_text()
    assert shown == settings_page(), "docs/settings.md is out of date: run `python cli.py settings-docs`"


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_names_no_registry_and_hashes_everything(lock: str) -> None:
    lines = [line for line in Path(lock).read_text().splitlines() if not line.startswith("#")]
    text = "\n".join(lines)
    assert not re.search(r"https?://|file:|--(extra-)?index-url|--find-links|/(opt|home|root|tmp)/", text)
    entries = re.split(r"\n(?=\S)", text)
    assert len(entries) > 50
    assert all("--hash=sha256:" in entry for entry in entries)


def test_the_lock_fulfils_the_project() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text())
    wanted = {
        "requirements.lock": project["project"]["dependencies"],
        "requirements-dev.lock": project["project"]["dependencies"] + project["dependency-groups"]["dev"],
    }
    for lock, requirements in wanted.items():
        pinned = {canonicalize_name(name): version for name, version in PINNED.findall(Path(lock).read_text())}
        for requirement in map(Requirement, requirements):
            version = pinned.get(canonicalize_name(requirement.name), "absent")
            fulfilled = version != "absent" and requirement.specifier.contains(version, prereleases=True)
            assert fulfilled, f"{requirement} is {version} in {lock}: run `make lock`"


def test_tests_and_run_are_installed_from_the_same_versions() -> None:
    runs, tests = (dict(PINNED.findall(Path(lock).read_text())) for lock in LOCKS)
    assert {name: tests[name] for name in runs} == runs


def test_every_setting_is_used() -> None:
    entrances = "".join(Path(f"{name}.py").read_text() for name in ENTRANCES)
    derived = Path("settings.py").read_text().split("def address(")[1]
    unused = [
        field for field in Settings.model_fields if not re.search(rf"(settings|self)\.{field}\b", entrances + derived)
    ]
    assert not unused, f"{unused} change nothing: use them in an entrance or remove them from settings.py"
