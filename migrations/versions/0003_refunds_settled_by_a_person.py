"""Who said how a patient got a refund that the card vendor would not give, and in what way.

The defaults stay: processes of the version before write without these columns until they are replaced.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("way", "reference"):
        text = sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        op.add_column("ledger_intent", text)
    op.add_column("ledger_intent", sa.Column("settled_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(None, "ledger_intent", "person", ["settled_by"], ["id"])
