"""A session in person stays where it was booked, wherever later ones of its kind are held."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

AS_BOOKED = """
update appointment a set location_id = t.location_id
from appointment_type t where t.id = a.appointment_type_id and a.modality = 'in-person'
"""


def upgrade() -> None:
    op.add_column("appointment", sa.Column("location_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(None, "appointment", "location", ["location_id"], ["id"])
    walled = ("appointment", "appointment_type")
    for table in walled:
        op.execute(f"alter table {table} no force row level security")  # the owner would find no row
    op.execute(AS_BOOKED)
    for table in walled:
        op.execute(f"alter table {table} force row level security")
