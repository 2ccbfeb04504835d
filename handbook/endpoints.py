"""Every endpoint of every door and the permissions its use cases ask for, read from the routers and the code."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from domain.access.permissions import Portal
from doors import doors
from usecases.permission import may, permission_of, require

OURS = ("api.", "portals.")
MADE = doors()
JSON = tuple({f"{path}/" for mounted in MADE.values() for path in mounted if path})

OPEN = {
    "portals.core.account": "signing out, and a new password, before anybody is known",
    "portals.core.sign_in": "signing in, before anybody is known",
    "portals.core.invitation": "accepting an invitation, before anybody is known",
    "portals.core.confirming": "about oneself: showing once more who one is",
    "portals.core.security": "about oneself: how one signs in, and where one is signed in",
    "portals.core.passkeys": "about oneself: how one signs in",
    "portals.core.language": "the reader's own language",
    "portals.core.listing": "what somebody typed goes back to the list, which asks",
    "portals.core.seats": "about oneself: whom or what one may act for",
    "portals.organization.news": "that something has changed, never what: the page fetches itself again, and asks",
    "portals.patient.registration": "becoming a patient, before anybody is known",
    "api.door": "about oneself: whom or what one may act for",
    "api.sign_in": "signing in, before anybody is known, and showing once more who one is",
}
"""Modules whose endpoints ask for no permission, and why."""


@dataclass(frozen=True)
class Endpoint:
    """`path` begins with /api at the JSON doors and with /codec at the codec. `permissions`: those that are asked for
    on the straight way, not where the endpoint itself looks with `may` first, nor in its answer to a refusal."""

    portal: Portal
    method: str
    path: str
    call: Callable[..., Any]
    permissions: frozenset[str]

    @property
    def is_json(self) -> bool:
        return self.path.startswith(JSON)

    @property
    def open_because(self) -> str | None:
        return OPEN.get(self.call.__module__)

    def __str__(self) -> str:
        return f"{self.portal}: {self.method} {self.path}"


@cache
def endpoints() -> tuple[Endpoint, ...]:
    """By portal, pages last, in the order of their routers."""
    return tuple(
        Endpoint(portal, method, prefix + route.path, route.endpoint, permissions_of(route))
        for portal, mounted in MADE.items()
        for prefix, create in mounted.items()
        for route in routes_of(create().routes)
        for method in sorted(route.methods or ())
    )


def routes_of(routes: list[Any]) -> Iterator[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif included := getattr(route, "original_router", None):
            yield from routes_of(included.routes)


def permissions_of(route: APIRoute) -> frozenset[str]:
    """Of the endpoint and of everything it depends on."""
    asked = permissions_in(route.endpoint)
    for call in dependencies_of(route.dependant):
        own = permission_of(call)
        asked |= {own} if own else permissions_in(call) if _is_ours(call) else frozenset()
    return asked


def dependencies_of(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    for each in dependant.dependencies:
        if each.call:
            yield each.call
        yield from dependencies_of(each)


def permissions_in(call: Callable[..., Any], seen: frozenset[Any] = frozenset()) -> frozenset[str]:
    """What `call` asks for: by the use cases it calls, itself or through functions of the doors, or with `require`."""
    found: set[str] = set()
    for callee, node in callees(call):
        if permission := permission_of(callee):
            found.add(permission)
        elif callee is require:
            found |= {str(each.value) for each in node.args if isinstance(each, ast.Constant)}
        elif callee not in seen and _is_ours(callee):
            found |= permissions_in(callee, seen | {call})
    return frozenset(found)


def callees(call: Callable[..., Any]) -> Iterator[tuple[Callable[..., Any], ast.Call]]:
    """The functions that `call` names on its straight way, as far as its module knows them."""
    for node in straight(ast.parse(textwrap.dedent(inspect.getsource(call)))):
        if isinstance(node, ast.Call):
            target = resolved(node.func, call)
            if inspect.isfunction(target):
                yield target, node


def straight(node: ast.AST) -> Iterator[ast.AST]:
    """Everything within `node` but what only happens after a refusal or after a look with `may`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ExceptHandler) or (isinstance(child, ast.IfExp) and looks(child.test)):
            continue
        yield child
        yield from straight(child)


def looks(test: ast.expr) -> bool:
    return isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and test.func.id == may.__name__


def _is_ours(call: Callable[..., Any]) -> bool:
    return inspect.isfunction(call) and call.__module__.startswith(OURS)


def resolved(name: ast.expr, call: Callable[..., Any]) -> Any:
    known = inspect.unwrap(call).__globals__
    if isinstance(name, ast.Name):
        return known.get(name.id)
    if isinstance(name, ast.Attribute) and isinstance(name.value, ast.Name):
        owner = known.get(name.value.id)
        return getattr(owner, name.attr, None) if isinstance(owner, ModuleType) else None
    return None
