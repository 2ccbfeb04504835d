"""The names the audit can be searched for are those that are written: nothing is read to know them."""

import ast
from collections.abc import Iterator
from pathlib import Path

from domain.access.acts import ACTS, DEEDS, DOORS
from domain.access.permissions import CATALOGUE

ROOMS = ("api", "portals", "usecases", "activities")
PLACE = {"note": 2, "note_person": 2, "tells": 0}
"""Which argument is the act's name."""


def calls() -> Iterator[ast.Call]:
    files = [path for room in ROOMS for path in Path(room).rglob("*.py")]
    for path in (*files, Path("cli.py"), Path("preparation.py")):
        yield from (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))


def name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def written() -> Iterator[str]:
    """Acts in so many words; what is a variable is one of these further up, or a permission."""
    for call in calls():
        place = PLACE.get(name_of(call))
        told = [each.value for each in call.keywords if each.arg == "act" and name_of(call) in ("needs", "Entry")]
        told += call.args[place : place + 1] if place is not None else []
        yield from (each.value for each in told if isinstance(each, ast.Constant) and each.value)  # type: ignore[misc]


def test_every_act_that_is_written_is_known_and_no_other() -> None:
    permissions = {each.name for portal in CATALOGUE.values() for each in portal}
    assert set(written()) - permissions == DEEDS
    assert set(ACTS) == DEEDS | permissions


def test_every_door_is_known() -> None:
    entered = [call.args[0] for call in calls() if name_of(call) == "enter" and len(call.args) < 3]
    plain = {each.value for each in entered if isinstance(each, ast.Constant)}
    made = {ast.unparse(each) for each in entered if isinstance(each, ast.JoinedStr)}
    assert plain <= set(DOORS)
    assert {each.split("}")[1].strip("'\"") for each in made} == {"/json", "/pages"}
