"""When everybody had been told of a broken glass: until then, whoever looks has them told first."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("broken_glass", sa.Column("alarmed_at", sa.DateTime(timezone=True), nullable=True))
