"""The code and the templates of everything that serves people, as trees and texts."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("api", "portals", "usecases", "activities", "workflows", "models", "gateways", "domain", "threshold")
"""Not `sandbox` and `embedded`, which serve a demo, and not the command line."""


@cache
def trees() -> dict[Path, ast.Module]:
    found = [path for room in ROOMS if (ROOT / room).is_dir() for path in (ROOT / room).rglob("*.py")]
    return {
        path.relative_to(ROOT): ast.parse(path.read_text()) for path in [*found, ROOT / "app.py", ROOT / "worker.py"]
    }


@cache
def imported() -> frozenset[str]:
    """Every module and every name out of a module, like "xml", "xml.etree" and "xml.etree.ElementTree"."""
    names = set[str]()
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            if isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(".".join(name.split(".")[:length]) for name in names for length in range(1, name.count(".") + 2))


def calls(*wanted: str) -> Iterator[tuple[Path, ast.Call]]:
    """Calls of a function or method of these names, written as in the code: "eval", "yaml.load", "set_cookie"."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                if name in wanted or ("." in name and name.rpartition(".")[2] in wanted):
                    yield path, node


def said(call: ast.Call) -> dict[str, str]:
    """The keyword arguments as they are written."""
    return {each.arg: ast.unparse(each.value) for each in call.keywords if each.arg}


def texts(folder: str, *suffixes: str) -> dict[Path, str]:
    return {
        path.relative_to(ROOT): path.read_text()
        for path in sorted((ROOT / folder).rglob("*"))
        if path.is_file() and path.suffix in suffixes
    }
