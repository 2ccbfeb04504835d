"""Is this machine fit to run the house? Every complaint is one sentence with the next action."""

import fcntl
import os
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path

from embedded import ports

SPACE_NEEDED = 500_000_000
REACH_WITHIN = 5.0


class Unfit(Exception):
    """The message is the sentence for the person at the terminal."""


def check_state_directory(state: Path, needed: int = SPACE_NEEDED) -> None:
    """It exists, is ours to write, and has room for `needed` bytes."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        probe = state / f".probe-{os.getpid()}"
        probe.write_bytes(b"fourdoors")
        probe.unlink()
    except OSError as error:
        raise Unfit(
            f"{state.resolve()} cannot be written ({error.strerror}): "
            "make it writable, or point FOURDOORS_STATE_DIR elsewhere."
        ) from error
    free = shutil.disk_usage(state).free
    if free < needed:
        raise Unfit(
            f"Only {free // 1_000_000} MB are free where {state.resolve()} lies and "
            f"{needed // 1_000_000} MB are needed: make room, or point FOURDOORS_STATE_DIR elsewhere."
        )


def check_ports(wanted: Mapping[str, int]) -> None:
    """`wanted` maps the name of the setting to the port it asks for."""
    for setting, port in wanted.items():
        if not ports.is_free(port):
            holder = ports.holder(port) or "another program"
            raise Unfit(f"Port {port} is taken by {holder}: stop it, or choose another port by {setting}.")


def check_reachable(setting: str, host: str, port: int) -> None:
    """Something given from outside answers there."""
    try:
        socket.create_connection((host, port), timeout=REACH_WITHIN).close()
    except OSError as error:
        raise Unfit(
            f"Nothing answers at {host}:{port} ({error.strerror or error}): start it, correct {setting}, "
            "or unset it to use the embedded one."
        ) from error


def occupy(state: Path) -> int:
    """Takes the state directory for this process; the lock ends with it, however it ends."""
    lock = os.open(state / "house.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        who = os.pread(lock, 20, 0).decode() or "unknown"
        os.close(lock)
        raise Unfit(
            f"Fourdoors already runs on {state.resolve()} (process {who}): "
            f"use it, or stop it with Ctrl-C in its terminal or `kill {who}`."
        ) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    return lock
