"""one chat may stand for several cases, told apart by a picture."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012b"
branch_labels = None
depends_on = None

_ALONE, _TOLD_APART = "uq_clients_person_id", "uq_clients_person_id_picture"


def upgrade() -> None:
    with op.batch_alter_table("clients") as batch:
        batch.add_column(sa.Column("picture", sa.String(length=40), nullable=False, server_default=""))
        batch.drop_constraint(_ALONE, type_="unique")
        batch.create_unique_constraint(_TOLD_APART, ["person_id", "picture"])


def downgrade() -> None:
    # Where a chat stands for several, the case that was linked last keeps it.
    clients = sa.table(
        "clients",
        sa.column("id", sa.String),
        sa.column("person_id", sa.String),
        sa.column("linked_at", sa.DateTime),
    )
    later = clients.alias()
    newer = sa.or_(
        later.c.linked_at > clients.c.linked_at,
        sa.and_(later.c.linked_at == clients.c.linked_at, later.c.id > clients.c.id),
    )
    passed = sa.exists().where(later.c.person_id == clients.c.person_id, newer)
    op.execute(sa.update(clients).where(passed).values(person_id=None, linked_at=None))
    with op.batch_alter_table("clients") as batch:
        batch.drop_constraint(_TOLD_APART, type_="unique")
        batch.create_unique_constraint(_ALONE, ["person_id"])
        batch.drop_column("picture")
