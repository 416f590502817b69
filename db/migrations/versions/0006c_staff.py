"""What staff want to be told, hand-overs, messages to many."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0006c"
down_revision = "0006b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("audience", sa.String(length=40), nullable=False),
        sa.Column("send_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("cancelled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_campaigns_created_by"), ["created_by"], unique=False)

    op.create_table(
        "campaign_texts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("campaign_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("phrase", sa.String(length=40), nullable=False),
        sa.Column("slots_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_campaign_texts_campaign_id_campaigns"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_texts")),
        sa.UniqueConstraint("campaign_id", "version", name=op.f("uq_campaign_texts_campaign_id_version")),
    )
    op.create_table(
        "staff_settings",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("silent_weeks", sa.Integer(), nullable=False),
        sa.Column("absent_until", sa.Date(), nullable=True),
        sa.Column("digest_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.id"],
            name=op.f("fk_staff_settings_person_id_persons"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_staff_settings")),
    )
    op.create_table(
        "volunteer_places",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.id"],
            name=op.f("fk_volunteer_places_person_id_persons"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_volunteer_places")),
    )
    with op.batch_alter_table("volunteer_places", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_volunteer_places_place"), ["place"], unique=False)

    op.create_table(
        "campaign_recipients",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("campaign_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=True),
        sa.Column("outbox_key", sa.String(length=160), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("answer", sa.String(length=40), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_campaign_recipients_campaign_id_campaigns"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_campaign_recipients_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.id"],
            name=op.f("fk_campaign_recipients_person_id_persons"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_recipients")),
    )
    with op.batch_alter_table("campaign_recipients", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_campaign_recipients_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_campaign_recipients_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_campaign_recipients_outbox_key"), ["outbox_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_campaign_recipients_person_id"), ["person_id"], unique=False)

    op.create_table(
        "case_handovers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("batch_id", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("before_id", sa.String(length=32), nullable=False),
        sa.Column("after_id", sa.String(length=32), nullable=False),
        sa.Column("handed_by", sa.String(length=32), nullable=False),
        sa.Column("handed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_case_handovers_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_handovers")),
    )
    with op.batch_alter_table("case_handovers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_handovers_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_handovers_client_id"), ["client_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("case_handovers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_handovers_client_id"))
        batch_op.drop_index(batch_op.f("ix_case_handovers_batch_id"))

    op.drop_table("case_handovers")
    with op.batch_alter_table("campaign_recipients", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_campaign_recipients_person_id"))
        batch_op.drop_index(batch_op.f("ix_campaign_recipients_outbox_key"))
        batch_op.drop_index(batch_op.f("ix_campaign_recipients_client_id"))
        batch_op.drop_index(batch_op.f("ix_campaign_recipients_campaign_id"))

    op.drop_table("campaign_recipients")
    with op.batch_alter_table("volunteer_places", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_places_place"))

    op.drop_table("volunteer_places")
    op.drop_table("staff_settings")
    op.drop_table("campaign_texts")
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_campaigns_created_by"))

    op.drop_table("campaigns")
