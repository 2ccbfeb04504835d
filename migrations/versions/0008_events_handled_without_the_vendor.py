"""When somebody last began to handle a vendor's event, so that one that was left over is found.

What was stored before holds too little to be handled without the vendor, and has no such moment.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("webhook_event", sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True))
    waiting = sa.text("handled_at is null")
    op.create_index("webhook_event_left_over", "webhook_event", ["tried_at"], postgresql_where=waiting)
