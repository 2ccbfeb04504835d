"""`domain/access/rows.py` as SQL: a role, grants and policies for every kind of actor."""

from domain.access.relations import Both, Every, Is, Lasting, Relation, Rule, Says, Through, Unended, Unnamed, Verb
from domain.access.rows import POLICY

APP_ROLE = "fourdoors_app"
ROLES = {rule.actor: f"fourdoors_{rule.actor}" for rules in POLICY.values() for rule in rules}
"""Kind of actor -> the role whose policies concern it. The token decides who it is; the role only what is planned."""

CLAIMS = {"organization": 2, "brand": 3, "person": 4, "subject": 5}
"""Name of a claim -> its place in the token; the first is the kind of actor, the sixth what its roles grant."""
VERBS: tuple[Verb, ...] = ("select", "insert", "update", "delete")
FUNCTIONS = (
    "security.claim(int, text), security.busy(uuid[], tstzrange, timestamptz), "
    "security.taken(uuid, timestamptz, timestamptz), security.note_signed(uuid), security.form_result(uuid)"
)
TOLD_BY_FUNCTIONS = {"busy": "appointment", "signed": "note", "result": "questionnaire_response"}
"""Name of a policy -> the table that one of these functions, which have the owner's rights, tells a little of."""

NO_OTHER_POLICY = """
do $$ declare known record; begin
  for known in select policyname, tablename from pg_policies where schemaname = 'public' loop
    execute format('drop policy %I on public.%I', known.policyname, known.tablename);
  end loop;
end $$
"""


def statements() -> list[str]:
    """Every grant and policy, in order; pure, so that tests and auditors can read it."""
    everybody = ", ".join((APP_ROLE, *ROLES.values()))
    made = [
        f"revoke all on all tables in schema public from {everybody}",
        f"grant usage on schema public, security to {everybody}",
        f"grant execute on function {FUNCTIONS} to {everybody}",
        f"grant usage on all sequences in schema public to {everybody}",
        *(_function(place, name) for name, place in CLAIMS.items()),
        "create or replace function security.grants(kind text) returns text[] language sql stable "
        "as $$ select string_to_array(security.claim(6, kind), ',') $$",
        NO_OTHER_POLICY,
    ]
    for table, rules in POLICY.items():
        made += [
            f"alter table {table} enable row level security",
            f"alter table {table} force row level security",
            *(line for kind in ROLES for line in _of_kind(table, kind, [r for r in rules if r.actor == kind])),
        ]
    for name, table in TOLD_BY_FUNCTIONS.items():
        made.append(f"create policy {name} on {table} for select to current_user using (true)")
    return made


def _function(place: int, name: str) -> str:
    return (
        f"create or replace function security.{name}(kind text) returns uuid language sql stable "
        f"as $$ select security.claim({place}, kind)::uuid $$"
    )


def _of_kind(table: str, kind: str, rules: list[Rule]) -> list[str]:
    verbs = [verb for verb in VERBS if any(verb in rule.verbs for rule in rules)]
    made = [f"grant {', '.join(verbs)} on {table} to {ROLES[kind]}"] if verbs else []
    for verb in verbs:
        condition = " or ".join(_condition(table, rule) for rule in rules if verb in rule.verbs)
        clause = f"with check ({condition})" if verb == "insert" else f"using ({condition})"
        made.append(f"create policy {kind}_may_{verb} on {table} for {verb} to {ROLES[kind]} {clause}")
    return made


def _condition(table: str, rule: Rule) -> str:
    rows = _relation(table, rule.relation, rule.actor)
    granted = f"'{rule.permission}' = any((select security.grants('{rule.actor}'))::text[])"
    return f"({granted} and {rows})" if rule.permission else rows


def _relation(table: str, relation: Relation, kind: str) -> str:
    """Never true for a token of another kind: each question names the kind it asks of, so none has to ask twice.

    `exists` and not `in`: PostgreSQL may then look up what one row needs instead of reading the other table whole.
    """
    match relation:
        case Every():
            return f"(select security.claim(1, '{kind}')) is not null"
        case Is(column, claim):
            return f"{table}.{column} = (select security.{claim}('{kind}'))"
        case Through(through, column, key, narrowed):
            only = f" and {_relation('related', narrowed, kind)}" if narrowed else ""
            return f"exists (select from {through} related where related.{key} = {table}.{column}{only})"
        case Lasting(column):
            return f"{table}.{column} > now()"
        case Unnamed(column):
            return f"{table}.{column} is null"
        case Unended(column):
            return f"({table}.{column} is null or {table}.{column} >= (now() at time zone 'UTC')::date)"
        case Says(column, value):
            return f"{table}.{column} = '{value}'"
        case Both(one, other):
            return f"({_relation(table, one, kind)} and {_relation(table, other, kind)})"
