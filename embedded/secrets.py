"""Secrets of a demo: made once, kept in one file which only its owner reads."""

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path


def hexadecimal() -> str:
    """64 hex digits."""
    return secrets.token_hex(32)


def keep(path: Path, makers: Mapping[str, Callable[[], str]]) -> dict[str, str]:
    """The kept values by name. What is not there yet is made and written, whole or not at all."""
    kept = _read(path)
    missing = {name: make() for name, make in makers.items() if name not in kept}
    if missing:
        kept |= missing
        _write(path, kept)
    return {name: kept[name] for name in makers}


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = (line.partition("=") for line in path.read_text().splitlines() if "=" in line)
    return {name: value for name, _, value in lines}


def _write(path: Path, values: Mapping[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
