"""One living assistance between a specialist and a person, as there is one living loan and one guardianship.

What was written twice ends when the later one began; what has run out, when it ran out.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RUN_OUT = "update assistance set ended_at = until where ended_at is null and until <= now()"
TWICE = """
update assistance earlier set ended_at = later.starts_at from assistance later
where (later.specialist_id, later.person_id) = (earlier.specialist_id, earlier.person_id)
  and (later.starts_at, later.id) > (earlier.starts_at, earlier.id)
  and later.ended_at is null and earlier.ended_at is null
"""


def upgrade() -> None:
    op.execute("alter table assistance no force row level security")  # the owner would find no row to update
    op.execute(RUN_OUT)
    op.execute(TWICE)
    op.execute("alter table assistance force row level security")
    op.create_index(
        "assistance_of_a_specialist",
        "assistance",
        ["specialist_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
