"""Where a session in person was booked: its kind may be held elsewhere by then, or by video.

Of those that are booked already, where their kind is held now.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

AS_THEIR_KIND = """
update appointment set location_id = kind.location_id from appointment_type as kind
where kind.id = appointment.appointment_type_id and appointment.modality = 'in-person'
"""


def upgrade() -> None:
    op.add_column("appointment", sa.Column("location_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(None, "appointment", "location", ["location_id"], ["id"])
    for table in ("appointment", "appointment_type"):
        op.execute(f"alter table {table} no force row level security")  # the owner would find no row
    op.execute(AS_THEIR_KIND)
    for table in ("appointment", "appointment_type"):
        op.execute(f"alter table {table} force row level security")
