"""Where a message may stand, so that the catalogues get it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from portals.core.extraction import ROOT, sources

TRANSLATORS = {"_", "N_", "gettext", "ngettext"}


def hidden(path: Path) -> Iterator[str]:
    """Messages within f-strings: Babel draws none of them, and nobody misses what is not in a catalogue."""
    for string in ast.walk(ast.parse(path.read_text())):
        for node in ast.walk(string) if isinstance(string, ast.JoinedStr) else ():
            if isinstance(node, ast.Call) and says(node):
                yield f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}"


def says(call: ast.Call) -> bool:
    translates = isinstance(call.func, ast.Name) and call.func.id in TRANSLATORS
    return translates and any(isinstance(each, ast.Constant) for each in call.args)


def test_no_message_hides_in_an_f_string() -> None:
    found = [each for path in sources() if path.suffix == ".py" for each in hidden(path)]
    assert not found, f"say these before the f-string: {found}"
