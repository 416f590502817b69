"""How Alembic runs the migrations here: in batch mode, since SQLite cannot alter most of a table."""

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from db.tables import metadata

engine = create_engine(context.config.attributes["url"], poolclass=NullPool)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        user_module_prefix="types.",
    )
    with context.begin_transaction():
        context.run_migrations()
