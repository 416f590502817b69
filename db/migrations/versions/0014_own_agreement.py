"""what clients say to their agreement; shared appointments, series, what was brought along and what is wished for instead."""

import sqlalchemy as sa
from alembic import op

from db import types

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agreement_replies",
        sa.Column("agreement_id", sa.String(length=32), nullable=False),
        sa.Column("seen_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("change_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_agreement_replies_agreement_id_agreements"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("agreement_id", name=op.f("pk_agreement_replies")),
    )
    op.create_table(
        "appointment_series",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=80), nullable=False),
        sa.Column("created_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_appointment_series_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_series")),
    )
    op.create_index(op.f("ix_appointment_series_client_id"), "appointment_series", ["client_id"])
    op.create_table(
        "appointment_shares",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("appointment_id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("helper_id", sa.String(length=32), nullable=True),
        sa.Column("created_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("opened_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_appointment_shares_appointment_id_appointments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["helper_id"],
            ["persons.id"],
            name=op.f("fk_appointment_shares_helper_id_persons"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_shares")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_appointment_shares_token_hash")),
    )
    op.create_index(op.f("ix_appointment_shares_appointment_id"), "appointment_shares", ["appointment_id"])
    op.create_index(op.f("ix_appointment_shares_helper_id"), "appointment_shares", ["helper_id"])
    with op.batch_alter_table("appointments") as batch:
        batch.add_column(sa.Column("brought", sa.String(length=200), nullable=True))
        batch.add_column(sa.Column("series_id", sa.String(length=32), nullable=True))
        batch.create_foreign_key(
            op.f("fk_appointments_series_id_appointment_series"),
            "appointment_series",
            ["series_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch.create_index(op.f("ix_appointments_series_id"), ["series_id"])
    with op.batch_alter_table("requests") as batch:
        batch.add_column(sa.Column("instead", sa.String(length=40), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("requests") as batch:
        batch.drop_column("instead")
    with op.batch_alter_table("appointments") as batch:
        batch.drop_index(op.f("ix_appointments_series_id"))
        batch.drop_constraint(op.f("fk_appointments_series_id_appointment_series"), type_="foreignkey")
        batch.drop_column("series_id")
        batch.drop_column("brought")
    op.drop_table("appointment_shares")
    op.drop_table("appointment_series")
    op.drop_table("agreement_replies")
