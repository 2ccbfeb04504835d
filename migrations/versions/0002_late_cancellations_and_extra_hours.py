"""Who cancelled late, and for which appointments and whose patients extra hours are.

The defaults stay: processes of the version before write without these columns until they are replaced.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WAS_LATE = "status = 'cancelled' and cancelled_by = 'patient' and fee > 0"
"""What can still be told of those who cancelled before it was written down: whoever paid a fee was late."""


def upgrade() -> None:
    op.add_column("appointment", sa.Column("late", sa.Boolean(), nullable=False, server_default=sa.false()))
    # a rewrite and no update: row policies are forced, so the owner would find no row to update
    op.alter_column("appointment", "late", type_=sa.Boolean(), postgresql_using=WAS_LATE)
    slot_class = sa.Column("slot_class", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="any")
    op.add_column("calendar_exception", slot_class)
    op.add_column("calendar_exception", sa.Column("organization_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(None, "calendar_exception", "organization", ["organization_id"], ["id"])
