"""Every cookie is the host's own, unreadable for scripts, and sent over TLS only."""

import ast

from tests.fixtures.house import AURORA, RunningHouse
from tests.identity.people import PASSWORD, patient
from tests.security.source import ROOT, calls, said, trees


def constants() -> dict[str, str]:
    """Upper-case names with a text, in all modules."""
    return {
        node.targets[0].id: node.value.value
        for tree in trees().values()
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


def test_every_cookie_set_anywhere_is_locked() -> None:
    found = list(calls("set_cookie"))
    assert len(found) >= 5
    for path, call in found:
        name, options = constants()[ast.unparse(call.args[0])], said(call)
        assert name.startswith("__Host-"), f"{path}: {name}"
        assert (options["httponly"], options["secure"], options["path"]) == ("True", "True", "'/'"), f"{path}: {name}"
        assert options["samesite"] == "'lax'", f"{path}: {name}"
        assert "domain" not in options, f"{path}: {name}"


def test_the_search_reaches_every_place_that_writes_the_header() -> None:
    written = [path for path in trees() if "set-cookie" in (ROOT / path).read_text().lower()]
    assert not written


async def test_a_session_comes_in_a_cookie_and_nowhere_else(house: RunningHouse) -> None:
    who = await patient(house)
    async with house.visitor(AURORA) as visitor:
        await visitor.get("/sign-in")
        answer = await visitor.post("/sign-in", email=who.email, password=PASSWORD)
        token = visitor.cookies["__Host-session"]
        cookie = next(each for each in answer.headers.get_list("set-cookie") if each.startswith("__Host-session"))
        assert {part.strip().lower() for part in cookie.split(";")} >= {"httponly", "secure", "samesite=lax", "path=/"}
        assert token not in answer.text + answer.headers["location"]
        assert token not in (await visitor.follow(answer)).text
