"""Where sessions in person take place.

Of what is booked already, the appointment's process waits for the patient at the room's door: so it has a room.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

IN_THE_ROOM = """
update appointment set modality = 'video'
where modality <> 'video' and status in ('held', 'confirmed', 'waiting', 'in-session')
"""


def upgrade() -> None:
    op.add_column("appointment_type", sa.Column("location_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(None, "appointment_type", "location", ["location_id"], ["id"])
    op.execute("alter table appointment no force row level security")  # the owner would find no row to update
    op.execute(IN_THE_ROOM)
    op.execute("alter table appointment force row level security")
