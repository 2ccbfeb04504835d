"""Alembic's environment. `models.migrations.migrate` hands in the owner's connection."""

from alembic import context
from sqlmodel import SQLModel

import models  # noqa: F401

context.configure(connection=context.config.attributes["connection"], target_metadata=SQLModel.metadata)
with context.begin_transaction():
    context.run_migrations()
