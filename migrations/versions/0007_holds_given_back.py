"""Holds that patients gave back are released: what never was confirmed was not cancelled either.

The first step of a hold is its confirmation, its release or its end: what its first step cancelled was a hold.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

GIVEN_BACK = """
update appointment set status = 'released' where status = 'cancelled' and cancelled_by = 'patient' and version = 1
"""


def upgrade() -> None:
    op.execute("alter table appointment no force row level security")  # the owner would find no row to update
    op.execute(GIVEN_BACK)
    op.execute("alter table appointment force row level security")
