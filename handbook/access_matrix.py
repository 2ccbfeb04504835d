"""The published access matrix: who may do what, what the database shows to whom, what every endpoint asks for."""

from collections.abc import Iterable, Iterator

from domain.access.permissions import CATALOGUE, PORTALS, Portal
from domain.access.relations import Both, Every, Is, Lasting, Relation, Rule, Says, Through, Unended, Unnamed
from domain.access.roles import ROLES
from domain.access.rows import POLICY
from handbook.endpoints import Endpoint, endpoints

HEAD = """# Who may do what

Made by `python cli.py access-docs` from `domain/access/`, the module the use cases and the database's policies are made
from. `tests/access` calls every endpoint as every role and finds exactly this; `tests/models` shows that PostgreSQL
refuses everything else, whatever SQL the application is made to run."""


def page() -> str:
    """Markdown."""
    parts = [HEAD]
    for portal in PORTALS:
        parts += [f"## {portal.capitalize()} portal", roles_table(portal), acts_table(portal), endpoints_table(portal)]
    parts += ["## Rows", "What the database shows each kind of actor, and what they may change there.", rows_table()]
    return "\n\n".join(parts) + "\n"


def roles_table(portal: Portal) -> str:
    return table(("Role", "For whom"), ((f"`{r.key}`", r.purpose) for r in ROLES if r.portal == portal))


def acts_table(portal: Portal) -> str:
    roles = [role for role in ROLES if role.portal == portal]
    marks = (
        (
            f"`{act.name}`",
            act.does + " (clinical)" * act.clinical + " (sensitive)" * act.sensitive,
            *("yes" if act.name in role.permissions else "" for role in roles),
        )
        for act in CATALOGUE[portal]
    )
    return table(("Permission", f"Act, on what is {CATALOGUE[portal][0].relation}", *(r.key for r in roles)), marks)


def endpoints_table(portal: Portal) -> str:
    mine = [each for each in endpoints() if each.portal == portal]
    return table(("Endpoint", "Asks for"), ((f"`{each.method} {each.path}`", asked(each)) for each in mine))


def asked(endpoint: Endpoint) -> str:
    names = ", ".join(f"`{name}`" for name in sorted(endpoint.permissions))
    return names or f"nothing: {endpoint.open_because}"


def rows_table() -> str:
    return table(("Table", "Actor", "May", "Rows", "If a role holds"), rows())


def rows() -> Iterator[tuple[str, ...]]:
    for name, rules in sorted(POLICY.items()):
        for rule in rules:
            yield f"`{name}`", rule.actor, ", ".join(rule.verbs), relation(rule.relation), needed(rule)


def relation(of: Relation) -> str:
    match of:
        case Every():
            return "every row"
        case Is(column, claim):
            return f"`{column}` is the actor's {claim}"
        case Through(through, column, key, narrowed):
            only = f" where {relation(narrowed)}" if narrowed else ""
            return f"`{column}` is the `{key}` of a visible `{through}`{only}"
        case Lasting(column):
            return f"`{column}` is still to come"
        case Unnamed(column):
            return f"`{column}` names nobody"
        case Unended(column):
            return f"`{column}` is not over, or empty"
        case Says(column, value):
            return f"`{column}` is {value}"
        case Both(one, other):
            return f"{relation(one)}, and {relation(other)}"


def needed(rule: Rule) -> str:
    return f"`{rule.permission}`" if rule.permission else ""


def table(head: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    shown = [head, ("---",) * len(head), *lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in shown)
