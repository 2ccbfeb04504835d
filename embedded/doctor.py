"""Is this machine fit to run the house? Every complaint is one sentence with the next action."""

import errno
import fcntl
import os
import shutil
import socket
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from embedded import ports

SPACE_NEEDED = 500_000_000
SPACE_TO_GO_ON = 200_000_000
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


def short_of_space(state: Path, needed: int = SPACE_TO_GO_ON) -> str:
    """What to say of the disk while the house is open; "" when `needed` bytes are free."""
    if shutil.disk_usage(state).free >= needed:
        return ""
    return (
        f"Less than {needed // 1_000_000} MB are free where {state.resolve()} lies: "
        "make room before the disk is full and people are refused."
    )


def check_ports(wanted: Mapping[str, int]) -> None:
    """`wanted` maps the name of the setting to the port it asks for; no two may ask for one."""
    asked: dict[int, str] = {}
    for setting, port in wanted.items():
        if (other := asked.setdefault(port, setting)) != setting:
            raise Unfit(f"{other} and {setting} both ask for port {port}: give one of them another.")
        if not ports.is_free(port):
            holder = ports.holder(port) or "another program"
            raise Unfit(f"Port {port} is taken by {holder}: stop it, or choose another port by {setting}.")


def check_bind(address: str) -> None:
    """It is an address of this machine."""
    try:
        with socket.socket() as probe:
            probe.bind((address, 0))
    except OSError as error:
        raise Unfit(
            f"This machine cannot listen on {address} ({error.strerror}): correct FOURDOORS_BIND; "
            "127.0.0.1 is this machine alone, 0.0.0.0 every address it has."
        ) from error


def check_reachable(setting: str, address: str, standard_port: int) -> None:
    """Something given from outside, at `scheme://host:port`, answers there."""
    place = urlsplit(address)
    host, port = place.hostname or ports.LOOPBACK, place.port or standard_port
    try:
        socket.create_connection((host, port), timeout=REACH_WITHIN).close()
    except (OSError, UnicodeError) as error:
        raise Unfit(_unreachable(f"Nothing answers at {host}:{port}", error, setting)) from error


def check_serves(setting: str, address: str) -> None:
    """An HTTP GET there answers as what it is taken for would."""
    try:
        urllib.request.urlopen(address, timeout=REACH_WITHIN).close()
    except (OSError, HTTPException) as error:
        raise Unfit(_unreachable(f"{address} does not serve", error, setting)) from error


def _unreachable(what: str, error: Exception, setting: str) -> str:
    reason = getattr(error, "strerror", None) or getattr(error, "reason", error)
    return f"{what} ({reason}): start it, correct {setting}, or unset it to use the embedded one."


def check_secrets(kept: Path, database: Path) -> None:
    """The secrets that opened what is in `database` so far are still there."""
    try:
        gone = not kept.read_text().strip()
    except FileNotFoundError:
        gone = True
    except UnicodeDecodeError:
        raise Unfit(f"{kept} is no text any more: put a copy of it back.") from None
    if gone and database.exists():
        raise Unfit(
            f"{kept} is gone, and nothing else opens {database}: put a copy of it back, "
            f"or move {kept.parent} away to begin anew."
        )


def refused_by_machine(error: OSError) -> str:
    """What the operating system would not do, with what helps."""
    if isinstance(error, PermissionError):
        return f"{error.filename} belongs to another user: start as that one, or set FOURDOORS_STATE_DIR."
    if error.errno == errno.ENOSPC:
        return f"The disk is full ({error.filename}): make room and start again."
    if error.errno == errno.EROFS:
        return f"The disk can only be read ({error.filename}): make it writable, or set FOURDOORS_STATE_DIR."
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or type(error).__name__}. Mend that and start again."


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
