"""All tables of the schema; importing this module fills `metadata`."""

from db.tables import accounts, agreements, delivery, guides, offers, people
from db.tables.base import metadata

__all__ = ["accounts", "agreements", "delivery", "guides", "metadata", "offers", "people"]
