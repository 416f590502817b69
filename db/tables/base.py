"""What all tables share: one metadata with predictable constraint names, and the id type."""

from sqlalchemy import MetaData, String

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = String(32)
"""Ids are made by the application before the row is: encrypted fields are bound to them."""
Code = String(40)
"""A short word out of a closed list, or a language tag."""
Hash = String(64)
