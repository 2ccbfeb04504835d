"""Ports on the loopback interface: is one free, who holds it, which one may a test take."""

import socket

import psutil

LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"
_given: set[int] = set()


def answers(port: int) -> bool:
    """True when something accepts connections there."""
    with socket.socket() as probe:
        probe.settimeout(0.3)
        return probe.connect_ex((LOOPBACK, port)) == 0


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def any_free() -> int:
    """One that this process has not been given before: the kernel may offer one twice."""
    port = 0
    while not port or port in _given:
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            port = probe.getsockname()[1]
    _given.add(port)
    return port


def holder(port: int) -> str | None:
    """`name (process 123)` of whoever listens there, or None when we may not know."""
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return None
    for connection in connections:
        listens_there = connection.status == psutil.CONN_LISTEN and connection.laddr[1:2] == (port,)
        if listens_there and connection.pid:
            return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
    return None
