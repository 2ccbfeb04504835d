"""Names of hosts, as brands and portals are reached by them."""

import re

LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"(?=.{{1,253}}\Z){LABEL}(\.{LABEL})*")


def is_host(name: str) -> bool:
    """Lower case, no scheme, no port: care.example.org."""
    return HOST.fullmatch(name) is not None
