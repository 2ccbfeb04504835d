"""Lists, figures and searches of a large organization: each is led by an index to the rows it shows.

An index on the organization alone goes where one of these begins with it, and the one on accounts, of which there are
four: it led a sum of a week through the whole ledger.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

LED_BY_OTHERS = ("appointment", "journey", "task", "message", "ledger_entry", "patient")


def upgrade() -> None:
    op.create_index(
        "appointment_of_organization",
        "appointment",
        ["organization_id", "starts_at"],
        postgresql_include=["id", "status", "ends_at", "hold_until"],
    )
    op.drop_index("journey_open", "journey")
    op.create_index(
        "journey_open",
        "journey",
        ["organization_id", "status", "until"],
        postgresql_include=["stage", "escalated"],
    )
    op.create_index("journey_by_until", "journey", ["organization_id", "until"])
    op.create_index("journey_by_since", "journey", ["organization_id", "since"])
    op.create_index("journey_by_start", "journey", ["organization_id", "started_at"])
    op.create_index(op.f("ix_journey_appointment_id"), "journey", ["appointment_id"])
    undone = sa.text("done_at is null")
    op.create_index("task_open", "task", ["organization_id", sa.text("urgent desc"), "due_at"], postgresql_where=undone)
    op.create_index("task_done", "task", ["organization_id", "done_at"])
    op.create_index("message_of_organization", "message", ["organization_id", "created_at"])
    op.create_index("message_by_status", "message", ["organization_id", "status", "created_at"])
    op.create_index("ledger_entry_of_organization", "ledger_entry", ["organization_id", "posted_at"])
    parked = sa.text("status = 'parked'")
    op.create_index("ledger_intent_parked", "ledger_intent", ["organization_id"], postgresql_where=parked)
    op.create_index("patient_by_creation", "patient", ["organization_id", "created_at"])
    op.create_index("person_by_name", "person", ["family_name", "given_name"])
    op.create_index("audit_entry_act", "audit_entry", ["organization_id", "act", "sequence"])
    op.create_index("audit_entry_door", "audit_entry", ["organization_id", "door", "sequence"])
    not_done = sa.text("outcome <> 'done'")
    op.create_index("audit_entry_not_done", "audit_entry", ["organization_id", "sequence"], postgresql_where=not_done)
    for table in LED_BY_OTHERS:
        op.drop_index(op.f(f"ix_{table}_organization_id"), table)
    op.drop_index(op.f("ix_ledger_line_account"), "ledger_line")
