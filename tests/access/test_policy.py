"""The policy as a document: current, complete, and least privilege."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from domain.access.duties import SENSITIVE, needs_agreement
from domain.access.permissions import CATALOGUE, ORGANIZATION, PORTALS
from domain.access.roles import ROLES, permissions_of, role
from domain.access.rows import GRANTS, POLICY
from handbook import access_matrix

NAMES = st.sampled_from([each.name for each in ORGANIZATION])


def test_the_published_matrix_is_current() -> None:
    shown = Path("docs/access-matrix.md").read_text()
    assert shown == access_matrix.page(), "docs/access-matrix.md is out of date: run `python cli.py access-docs`"


def test_names_are_unique_and_said_in_sentences() -> None:
    for portal in PORTALS:
        names = [each.name for each in CATALOGUE[portal]]
        assert len(names) == len(set(names))
        assert all(each.does.endswith(".") and each.name.count(":") == 1 for each in CATALOGUE[portal])


def test_rows_ask_only_for_permissions_there_are() -> None:
    known = {each.name for portal in PORTALS for each in CATALOGUE[portal]}
    assert known >= GRANTS


def test_only_clinical_roles_and_the_owner_hold_what_is_clinical() -> None:
    clinical = {each.name for each in ORGANIZATION if each.clinical}
    holders = {each.key for each in ROLES if each.portal == "organization" and each.permissions & clinical}
    assert holders == {"owner", "clinical-lead"}


def test_whoever_audits_cannot_touch_care_and_whoever_sees_money_sees_no_care() -> None:
    compliance, finance = permissions_of("organization", "compliance"), permissions_of("organization", "finance")
    assert not any(name.startswith(("journey:", "patient:", "appointment:", "task:")) for name in compliance | finance)
    assert "payment:read" not in compliance
    assert "audit:read" not in finance


def test_whoever_settles_a_refund_has_not_cancelled_the_session_unless_they_answer_for_all() -> None:
    both = {"appointment:cancel", "payment:settle"}
    assert {each.key for each in ROLES if each.portal == "organization" and both <= each.permissions} == {"owner"}
    assert "payment:settle" in SENSITIVE


def test_partners_hold_nothing_of_care() -> None:
    assert permissions_of("affiliate", "manager", "viewer") == {"home:read"}
    touched = {table for table, rules in POLICY.items() if any(rule.actor == "affiliate" for rule in rules)}
    assert touched == {"organization", "person", "membership"}


@given(st.sets(NAMES))
def test_a_role_waits_for_a_second_person_exactly_when_it_opens_something_sensitive(names: set[str]) -> None:
    assert needs_agreement(names) == bool(names & SENSITIVE)


@given(st.lists(st.sampled_from([each.key for each in ROLES if each.portal == "organization"])))
def test_roles_add_up_and_nothing_more(keys: list[str]) -> None:
    held = permissions_of("organization", *keys, "no-such-role")
    assert held == {name for key in keys if (found := role("organization", key)) for name in found.permissions}
