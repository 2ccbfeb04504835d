"""Who may touch which rows: `models/policies.py` makes the database's policies of it.

Each rule reads: an actor of this kind may do these things to rows that stand in this relation to the actor, if one of
the actor's roles holds `permission`; None asks for no role.
"""

from domain.access.relations import Both, Every, Is, Lasting, Relation, Rule, Says, Through, Unended, Unnamed, Verb

READ: tuple[Verb, ...] = ("select",)
ADD: tuple[Verb, ...] = ("select", "insert")
KEEP: tuple[Verb, ...] = ("select", "insert", "update")
OWN: tuple[Verb, ...] = ("select", "insert", "update", "delete")
PASSING: tuple[Verb, ...] = ("select", "insert", "delete")


def _rules(**actors: "May") -> tuple[Rule, ...]:
    return tuple(Rule(actor, *may) for actor, may in actors.items())


ORGANIZATION = Is("organization_id", "organization")
SELF = Is("person_id", "person")
MY_PATIENT = Is("patient_id", "subject")
MY_SPECIALIST = Is("specialist_id", "subject")
ENGAGING = Through("engagement", "organization_id", "organization_id")
MY_APPOINTMENT = Through("appointment", "appointment_id")
IN_FORCE = Both(Says("status", "active"), Unended("effective_until"))
ENGAGED = Through("engagement", "organization_id", "organization_id", IN_FORCE)
TREATED = Both(Through("appointment", "patient_id", "patient_id"), ENGAGED)
"""What a patient does is shown to who treats them as long as the organization engages that specialist. Their own notes,
and whose they are, stay theirs."""
OWN_GLASS = Both(ORGANIZATION, SELF)
GLASS = Through("broken_glass", "patient_id", "patient_id", Both(SELF, Lasting("until")))
FOR_THE_TEAM = Both(Lasting("expires_at"), Unnamed("specialist_id"))
FOR_ME_ALONE = Both(Lasting("expires_at"), MY_SPECIALIST)

May = tuple[tuple[Verb, ...], Relation] | tuple[tuple[Verb, ...], Relation, str]
SHOWN: dict[str, May] = {
    "visitor": (READ, ORGANIZATION),
    "patient": (READ, ORGANIZATION),
    "specialist": (READ, ENGAGING),
}
HOUSE: dict[str, May] = {"house": (OWN, Every())}
WHOSE: dict[str, May] = {"scribe": (READ, Every())}
KEPT: dict[str, May] = {"operator": (KEEP, ORGANIZATION), "engine": (KEEP, ORGANIZATION)}

MANAGING_ROLES = (
    Rule("operator", KEEP, ORGANIZATION, "role:manage"),
    Rule("operator", KEEP, ORGANIZATION, "role:approve"),
)

POLICY: dict[str, tuple[Rule, ...]] = {
    "organization": _rules(
        house=(OWN, Every()),
        visitor=(READ, Is("id", "organization")),
        patient=(READ, Is("id", "organization")),
        operator=(READ, Is("id", "organization")),
        engine=(READ, Is("id", "organization")),
        affiliate=(READ, Is("id", "organization")),
        specialist=(READ, Through("engagement", "id", "organization_id")),
    ),
    **{
        table: _rules(**HOUSE, **SHOWN, **KEPT)
        for table in (
            "brand",
            "location",
            "program",
            "appointment_type",
            "price",
            "material",
            "consent_text",
            "questionnaire",
            "journey_definition",
            "message_template",
        )
    },
    "person": (
        Rule("house", OWN, Every()),
        Rule("patient", KEEP, Is("id", "person")),
        Rule("patient", READ, Through("patient", "id", "person_id")),
        Rule("specialist", KEEP, Is("id", "person")),
        Rule("specialist", READ, Through("specialist", "id", "person_id")),
        Rule("specialist", READ, Through("patient", "id", "person_id")),
        Rule("affiliate", READ, Is("id", "person")),
        Rule("operator", KEEP, Is("id", "person")),
        Rule("operator", READ, Through("patient", "id", "person_id")),
        Rule("operator", READ, Through("membership", "id", "person_id")),
        Rule("operator", READ, Through("specialist", "id", "person_id")),
        Rule("operator", READ, Through("guardianship", "id", "person_id")),
        Rule("specialist", READ, Through("assistance", "id", "person_id")),
        Rule("engine", READ, Every()),
    ),
    "person_change": _rules(
        house=(ADD, Every()), patient=(ADD, SELF), specialist=(ADD, SELF), operator=(ADD, Is("changed_by", "person"))
    ),
    "membership": (
        *_rules(house=(OWN, Every()), specialist=(READ, SELF), affiliate=(READ, SELF), engine=(READ, ORGANIZATION)),
        *_rules(**WHOSE),
        Rule("operator", READ, ORGANIZATION),
        Rule("operator", KEEP, ORGANIZATION, "staff:manage"),
    ),
    "custom_role": (
        *_rules(house=(OWN, Every()), operator=(READ, ORGANIZATION), engine=(READ, ORGANIZATION)),
        *MANAGING_ROLES,
    ),
    "delegation": (
        *_rules(house=(OWN, Every()), operator=(READ, ORGANIZATION), engine=(READ, ORGANIZATION)),
        Rule("operator", KEEP, Both(ORGANIZATION, Is("from_person_id", "person"))),
        Rule("operator", ("update",), Both(ORGANIZATION, Is("to_person_id", "person"))),
        Rule("operator", ("update",), ORGANIZATION, "staff:manage"),
    ),
    "guardianship": _rules(
        house=(OWN, Every()), patient=(READ, SELF), operator=(KEEP, ORGANIZATION, "guardian:manage"), **WHOSE
    ),
    "assistance": _rules(house=(OWN, Every()), specialist=(KEEP, MY_SPECIALIST)),
    **{
        table: _rules(**HOUSE)
        for table in (
            "sign_in_session",
            "one_time_token",
            "rate_window",
            "authenticator_app",
            "passkey",
            "recovery_code",
            "pending_sign_in",
            "spent_challenge",
        )
    },
    "webhook_event": _rules(house=(KEEP, Every())),
    "data_key": _rules(house=(KEEP, Every())),
    "workflow_key": _rules(house=(ADD, Every())),
    "patient": _rules(
        house=(OWN, Every()),
        patient=(KEEP, Is("id", "subject")),
        operator=(READ, ORGANIZATION),
        engine=(READ, ORGANIZATION),
        specialist=(READ, Through("appointment", "id", "patient_id")),
        **WHOSE,
    ),
    "consent": _rules(
        patient=(KEEP, MY_PATIENT),
        operator=(READ, ORGANIZATION),
        specialist=(READ, TREATED),
        engine=(READ, ORGANIZATION),
        **HOUSE,
    ),
    "specialist": _rules(
        house=(OWN, Every()),
        specialist=(KEEP, Is("id", "subject")),
        visitor=(READ, Through("engagement", "id", "specialist_id")),
        patient=(READ, Through("engagement", "id", "specialist_id")),
        operator=(READ, Through("engagement", "id", "specialist_id")),
        engine=(READ, Through("engagement", "id", "specialist_id")),
    ),
    "engagement": _rules(
        house=(OWN, Every()),
        visitor=(READ, ORGANIZATION),
        patient=(READ, ORGANIZATION),
        specialist=(READ, MY_SPECIALIST),
        operator=(KEEP, ORGANIZATION),
        engine=(READ, ORGANIZATION),
    ),
    **{
        table: _rules(
            house=(OWN, Every()),
            specialist=(OWN if table != "licence" else READ, MY_SPECIALIST),
            visitor=(READ, Through("specialist", "specialist_id")),
            patient=(READ, Through("specialist", "specialist_id")),
            operator=(READ, Through("specialist", "specialist_id")),
            engine=(READ, Through("specialist", "specialist_id")),
        )
        for table in ("licence", "working_hours", "calendar_exception")
    },
    "questionnaire_response": (
        *_rules(patient=(KEEP, MY_PATIENT), specialist=(READ, TREATED, "brief:read"), **HOUSE),
        Rule("operator", READ, ORGANIZATION, "journey:results"),
        Rule("operator", READ, GLASS, "glass:break"),
    ),
    "shared_document": (
        *_rules(patient=(PASSING, Both(ORGANIZATION, MY_PATIENT)), **WHOSE),
        Rule("specialist", READ, Both(TREATED, FOR_THE_TEAM), "document:read"),
        Rule("specialist", READ, Both(TREATED, FOR_ME_ALONE), "document:read"),
        Rule("operator", READ, Both(GLASS, FOR_THE_TEAM), "glass:break"),
    ),
    "journey": _rules(
        **WHOSE,
        patient=(ADD, MY_PATIENT),
        specialist=(READ, TREATED),
        engine=(KEEP, ORGANIZATION),
        operator=(READ, ORGANIZATION),
    ),
    "journey_entry": _rules(
        patient=(READ, MY_PATIENT),
        specialist=(READ, TREATED),
        engine=(ADD, ORGANIZATION),
        operator=(READ, ORGANIZATION),
    ),
    "task": _rules(**KEPT, **WHOSE, specialist=(KEEP, TREATED)),
    "offered_material": _rules(patient=(KEEP, MY_PATIENT), specialist=(READ, TREATED), **KEPT, **WHOSE),
    "appointment": _rules(patient=(ADD, MY_PATIENT), specialist=(READ, MY_SPECIALIST), **KEPT, **WHOSE),
    "appointment_entry": _rules(
        patient=(ADD, MY_PATIENT),
        specialist=(READ, MY_SPECIALIST),
        engine=(ADD, ORGANIZATION),
        operator=(READ, ORGANIZATION),
    ),
    "place_statement": _rules(
        patient=(READ, MY_PATIENT),
        specialist=(READ, MY_SPECIALIST),
        engine=(ADD, ORGANIZATION),
        operator=(READ, ORGANIZATION),
    ),
    "note": (
        Rule("specialist", READ, MY_SPECIALIST, "note:read"),
        Rule("specialist", KEEP, MY_SPECIALIST, "note:write"),
        Rule("operator", READ, GLASS, "glass:break"),
    ),
    "broken_glass": (
        Rule("engine", READ, ORGANIZATION),
        Rule("operator", KEEP, OWN_GLASS, "glass:break"),
        Rule("operator", ("select", "update"), ORGANIZATION, "glass:review"),
    ),
    "audit_entry": _rules(scribe=(ADD, Every()), operator=(READ, ORGANIZATION, "audit:read")),
    "audit_head": _rules(scribe=(KEEP, Every()), operator=(READ, ORGANIZATION, "audit:read")),
    "audit_seal": _rules(scribe=(ADD, Every()), operator=(READ, ORGANIZATION, "audit:read")),
    "room_peer": _rules(patient=(OWN, MY_APPOINTMENT), specialist=(OWN, MY_APPOINTMENT)),
    "room_signal": _rules(patient=(PASSING, MY_APPOINTMENT), specialist=(PASSING, MY_APPOINTMENT)),
    "payment_customer": _rules(patient=(READ, MY_PATIENT), engine=(ADD, ORGANIZATION)),
    "ledger_intent": _rules(
        patient=(READ, MY_PATIENT), engine=(KEEP, ORGANIZATION), operator=(READ, ORGANIZATION), **WHOSE
    ),
    "ledger_entry": _rules(engine=(ADD, ORGANIZATION), operator=(READ, ORGANIZATION)),
    "ledger_line": _rules(engine=(ADD, ORGANIZATION), operator=(READ, ORGANIZATION)),
    "message": _rules(house=(KEEP, Every()), engine=(KEEP, ORGANIZATION), operator=(READ, ORGANIZATION)),
    "preference": _rules(
        house=(OWN, Every()), patient=(OWN, SELF), specialist=(OWN, SELF), operator=(OWN, SELF), engine=(READ, Every())
    ),
    "suppression": _rules(house=(OWN, Every()), engine=(ADD, Every())),
}
"""Every table has a line here; a table without one cannot be touched by the application at all."""

GRANTS = frozenset(rule.permission for rules in POLICY.values() for rule in rules if rule.permission)
"""The permissions the database is told about."""
