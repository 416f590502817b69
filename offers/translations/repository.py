"""Every SQL statement about translated texts of offers."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import insert, select, update

from db.engine import Transaction
from db.tables.offers import offer_texts
from offers.translations.types import StoredText, TextField, TextState


class TranslationsRepository:
    """Texts by offer, language and field."""

    async def of(self, tx: Transaction, offer_ids: Collection[str], language: str) -> list[StoredText]:
        """The texts of these offers in one language."""
        here = offer_texts.c.offer_id.in_(offer_ids) & (offer_texts.c.language == language)
        return await self._found(tx, here)

    async def all(self, tx: Transaction, languages: Collection[str]) -> list[StoredText]:
        """Every text in these languages."""
        return await self._found(tx, offer_texts.c.language.in_(languages))

    async def save(self, tx: Transaction, text_id: str, text: StoredText) -> None:
        """Keep a text, in the place of the one before."""
        here = (
            (offer_texts.c.offer_id == text.offer_id)
            & (offer_texts.c.language == text.language)
            & (offer_texts.c.field == text.field.value)
        )
        values = _values(text)
        if (await tx.execute(update(offer_texts).where(here).values(**values))).rowcount == 0:
            await self.add(tx, [(text_id, text)])

    async def add(self, tx: Transaction, texts: Sequence[tuple[str, StoredText]]) -> None:
        """Write texts, each with its id, that are not there yet."""
        if texts:
            rows = [
                {
                    "id": text_id,
                    "offer_id": text.offer_id,
                    "language": text.language,
                    "field": text.field.value,
                    **_values(text),
                }
                for text_id, text in texts
            ]
            await tx.execute(insert(offer_texts), rows)

    async def _found(self, tx: Transaction, condition: Any) -> list[StoredText]:
        rows = await tx.execute(
            select(offer_texts)
            .where(condition)
            .order_by(offer_texts.c.offer_id, offer_texts.c.language, offer_texts.c.field)
        )
        return [
            StoredText(
                row.offer_id,
                row.language,
                TextField(row.field),
                row.text,
                TextState(row.state),
                row.source_hash,
                row.updated_at,
            )
            for row in rows
        ]


def _values(text: StoredText) -> dict[str, Any]:
    return {
        "text": text.text,
        "state": text.state.value,
        "source_hash": text.source_hash,
        "updated_at": text.updated_at,
    }
