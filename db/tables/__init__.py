"""All tables of the schema; importing this module fills `metadata`."""

from db.tables import accounts, agreements, delivery, files, guides, offers, people
from db.tables.base import metadata

__all__ = ["accounts", "agreements", "delivery", "files", "guides", "metadata", "offers", "people"]
