"""Every SQL statement about translated texts of offers."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, insert, select, true, update

from db.among import among
from db.engine import Transaction
from db.tables.offers import offer_texts, offers, providers
from db.upsert import insert_into
from offers.translations.types import GermanText, StoredText, TextField, TextState
from offers.types import Status

Marks = dict[tuple[str, str, TextField], tuple[TextState, str]]
"""State and source hash by language, offer and field."""
_FIELDS = {field.value: field for field in TextField}
_STATES = {state.value: state for state in TextState}


class TranslationsRepository:
    """Texts by offer, language and field."""

    async def of(self, tx: Transaction, offer_ids: Collection[str], language: str) -> list[StoredText]:
        """The texts of these offers in one language."""
        here = among(offer_texts.c.offer_id, offer_ids) & (offer_texts.c.language == language)
        return await self._found(tx, here)

    async def of_offers(self, tx: Transaction, offer_ids: Collection[str]) -> list[StoredText]:
        """The texts of these offers in every language."""
        return await self._found(tx, among(offer_texts.c.offer_id, offer_ids))

    async def all(self, tx: Transaction, languages: Collection[str]) -> list[StoredText]:
        """Every text in these languages."""
        return await self._found(tx, offer_texts.c.language.in_(languages))

    async def german(self, tx: Transaction, ids: Collection[str] | None = None) -> list[GermanText]:
        """Every public German text that is not empty, by offer; of all offers, or of some."""
        of = [offers.c[field.value] for field in TextField]
        names = providers.c.name, offers.c.location_name, offers.c.place, providers.c.place
        rows = await tx.execute(
            select(offers.c.id, *of, *(column.label(f"name_{n}") for n, column in enumerate(names)))
            .join(providers, providers.c.id == offers.c.provider_id)
            .where(
                offers.c.status == Status.PUBLISHED.value, true() if ids is None else among(offers.c.id, ids)
            )
            .order_by(offers.c.id)
        )
        found = []
        for offer_id, *said in rows:
            kept = tuple(dict.fromkeys(name for name in said[len(of) :] if name))
            found += [
                GermanText(offer_id, field, text, kept)
                for field, text in zip(TextField, said[: len(of)], strict=True)
                if text
            ]
        return found

    async def marks(
        self, tx: Transaction, languages: Collection[str], ids: Collection[str] | None = None
    ) -> Marks:
        """State and source hash of every text in these languages, of all offers or of some."""
        text = offer_texts.c
        statement = select(text.language, text.offer_id, text.field, text.state, text.source_hash)
        statement = statement.where(text.language.in_(languages))
        if ids is not None:
            statement = statement.where(among(text.offer_id, ids))
        return {
            (language, offer_id, _FIELDS[field]): (_STATES[state], digest)
            for language, offer_id, field, state, digest in (await tx.execute(statement)).all()
        }

    async def save(self, tx: Transaction, text_id: str, text: StoredText) -> None:
        """Keep a text, in the place of the one before."""
        values = _values(text)
        if (await tx.execute(update(offer_texts).where(_here(text)).values(**values))).rowcount == 0:
            await self.add(tx, [(text_id, text)])

    async def save_unless_read(self, tx: Transaction, text_id: str, text: StoredText) -> bool:
        """Keep a text, but never in the place of what a person has read of the same German text; whether it was kept."""
        unread = (offer_texts.c.state != TextState.REVIEWED.value) | (
            offer_texts.c.source_hash != text.source_hash
        )
        # One statement each, so that a person who writes at the same moment is seen.
        changed = update(offer_texts).where(_here(text), unread).values(**_values(text))
        if (await tx.execute(changed)).rowcount:
            return True
        new = insert_into(tx, offer_texts).values(_row(text_id, text)).on_conflict_do_nothing()
        return (await tx.execute(new.returning(offer_texts.c.id))).first() is not None

    async def add(self, tx: Transaction, texts: Sequence[tuple[str, StoredText]]) -> None:
        """Write texts, each with its id, that are not there yet."""
        if texts:
            await tx.execute(insert(offer_texts), [_row(text_id, text) for text_id, text in texts])

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


def _here(text: StoredText) -> ColumnElement[bool]:
    return (
        (offer_texts.c.offer_id == text.offer_id)
        & (offer_texts.c.language == text.language)
        & (offer_texts.c.field == text.field.value)
    )


def _row(text_id: str, text: StoredText) -> dict[str, Any]:
    place = {"offer_id": text.offer_id, "language": text.language, "field": text.field.value}
    return {"id": text_id, **place, **_values(text)}


def _values(text: StoredText) -> dict[str, Any]:
    return {
        "text": text.text,
        "state": text.state.value,
        "source_hash": text.source_hash,
        "updated_at": text.updated_at,
    }
