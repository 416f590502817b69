"""Use cases about the catalogue in other languages: what is shown, what a machine has to do, what people read and mend."""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from db.engine import Transaction
from i18n import protect
from i18n.languages import LANGUAGES, SOURCE
from i18n.messages import Words
from i18n.messages import words as words_in
from i18n.protect import LostError, mask, restore
from i18n.translation import Translator
from offers import cells
from offers.errors import CellError
from offers.repository import OffersRepository
from offers.translations import rules
from offers.translations.errors import HiddenSignsError, NumbersLostError, SpansLostError, TextChangedError
from offers.translations.repository import TranslationsRepository
from offers.translations.standing import Source, Standing
from offers.translations.types import (
    SHOWN,
    Coverage,
    Job,
    Spoken,
    StoredText,
    TextField,
    TextState,
    ToReview,
)
from offers.types import Offer
from people.accessor import Accessor
from people.errors import NotFoundError
from people.types import Actor, Permission

TARGETS = tuple(language for language in LANGUAGES if language != SOURCE)
GLOSSARY: Mapping[str, str] = MappingProxyType(
    {
        "Agentur für Arbeit": "employment_agency",
        "Aufenthaltserlaubnis": "residence_permit",
        "Aufenthaltsgestattung": "asylum_seeker_permit",
        "Ausbildung": "apprenticeship",
        "Ausländerbehörde": "foreigners_office",
        "Bescheid": "official_letter",
        "Duldung": "toleration",
        "Integrationskurs": "integration_course",
        "Jobcenter": "jobcenter",
        "Jugendamt": "youth_office",
        "Kindergeld": "child_benefit",
        "Kita": "nursery",
        "Landratsamt": "landratsamt",
        "Mieterführerschein": "tenants_licence",
        "Sozialamt": "social_office",
    }
)
"""German terms that every translation renders alike; what stands for them is in the catalogues under `term.<id>`."""
_LONGEST = 4000
_POSITIONS = {field: number for number, field in enumerate(TextField)}
_NUMBERS = {str(number): field for number, field in enumerate(TextField)}


class TranslationsService:
    """Never commits, and never asks a machine: `translate` is called by whoever owns no open transaction."""

    def __init__(
        self, offers: OffersRepository, repository: TranslationsRepository, *, new_id: Callable[[], str]
    ) -> None:
        self._offers = offers
        self._repository = repository
        self._standing = Standing(repository, offers)
        self._new_id = new_id
        self._accessor = Accessor()

    async def spoken(self, tx: Transaction, offers: Collection[Offer], language: str) -> Mapping[str, Spoken]:
        """What there is of these offers in this language, by id; nothing in German, which needs no translation."""
        if language == SOURCE or not offers:
            return {}
        by_id = {offer.id: offer for offer in offers}
        found: dict[str, dict[TextField, StoredText]] = {}
        for text in await self._repository.of(tx, list(by_id), language):
            if rules.state(text, rules.source(by_id[text.offer_id], text.field)) in SHOWN:
                found.setdefault(text.offer_id, {})[text.field] = text
        return {
            offer_id: Spoken(
                {field: text.text for field, text in texts.items()},
                frozenset(field for field, text in texts.items() if text.state is TextState.MACHINE),
            )
            for offer_id, texts in found.items()
        }

    async def pending(
        self, tx: Transaction, languages: Sequence[str], fields: Sequence[TextField]
    ) -> list[Job]:
        """What a machine has to do, offer by offer; what it did already is not in it, so a batch goes on where it stopped."""
        states = await self._states(tx, languages, fields)
        return [job for job, (_, state) in states.items() if rules.needs_machine(state)]

    async def keep(self, tx: Transaction, job: Job, said: str | None, now: datetime) -> bool:
        """Keep what a machine said, or that it failed (None); whether it was kept.

        A batch runs for long: what a person has read meanwhile stays, and a translation of what the German text no longer says is no use.
        """
        offer = await self._offers.by_id(tx, job.offer_id)
        if offer is None or rules.digest(rules.source(offer, job.field)) != rules.digest(job.source):
            return False
        state = TextState.MACHINE if said is not None else TextState.FAILED
        kept = await self._repository.save_unless_read(
            tx, self._new_id(), _stored(job, said or "", state, now)
        )
        self._standing.look_again()
        return kept

    async def import_texts(
        self, tx: Transaction, texts: Iterable[tuple[Job, str, TextState]], now: datetime
    ) -> int:
        """Keep texts that came with a file, except where a person has read one already; returns how many were kept."""
        given = list(texts)
        languages = {job.language for job, _, _ in given}
        there = {
            (text.offer_id, text.language, text.field): text
            for text in await self._repository.all(tx, languages)
        }
        new: list[tuple[str, StoredText]] = []
        kept = 0
        for job, said, state in given:
            same = there.get((job.offer_id, job.language, job.field))
            if same is None:
                new.append((self._new_id(), _stored(job, said, state, now)))
                continue
            before = rules.state(same, job.source)
            if before is TextState.REVIEWED and state is not TextState.REVIEWED:
                continue
            if same.text != said or before is not state:
                await self._save(tx, job, said, state, now)
                kept += 1
        await self._repository.add(tx, new)
        self._standing.look_again()
        return kept + len(new)

    async def coverage(self, tx: Transaction, fields: Sequence[TextField]) -> list[Coverage]:
        """How far each language is."""
        return [
            Coverage(language, Counter(state for (_, field), state in states.items() if field in fields))
            for language, states in (await self._standing.states(tx, TARGETS)).items()
        ]

    async def jobs(
        self, tx: Transaction, languages: Sequence[str], fields: Sequence[TextField]
    ) -> list[tuple[str, Job]]:
        """Every public German text as a job, beside the offer's id in the files it came from."""
        offers = await self._offers.published(tx)
        return [(o.external_id, job) for o in offers for job in rules.jobs(o, languages, fields)]

    async def table(
        self, tx: Transaction, language: str, fields: Sequence[TextField]
    ) -> list[tuple[str, str, str, str]]:
        """(id, field, text, state) of every public text; the German text where there is none in the language."""
        states = await self._states(tx, [language], fields)
        external = {job: name for name, job in await self.jobs(tx, [language], fields)}
        return [
            (external[job], job.field.value, (text.text if text and text.text else job.source), state.value)
            for job, (text, state) in states.items()
        ]

    async def to_review(
        self, tx: Transaction, actor: Actor, language: str, after: str = ""
    ) -> ToReview | None:
        """The next machine's text in this language behind the key `after` (see `key_of`); from the first again at the end."""
        self._accessor.require(actor, Permission.REVIEW_TRANSLATION)
        waiting = await self._keys(tx, language, TextState.MACHINE)
        if not waiting:
            return None
        key = next((key for key in waiting if key > after), min(waiting))
        job, stored = await self._one(tx, actor, language, key)
        return ToReview(job, stored.text, len(waiting))

    async def one(self, tx: Transaction, actor: Actor, language: str, key: str) -> ToReview:
        """One text of a language. Raises NotFoundError."""
        job, stored = await self._one(tx, actor, language, key)
        return ToReview(job, stored.text, 1)

    async def still_there(
        self, tx: Transaction, actor: Actor, language: str, key: str, source: str, said: str
    ) -> ToReview:
        """The text, while the German one and what is said of it are those of which `source_mark` and `text_mark` gave the marks.

        Raises TextChangedError, NotFoundError.
        """
        found = await self.look(tx, actor, language, key)
        if (source_mark(found.job), text_mark(found.text)) != (source, said):
            raise TextChangedError
        return found

    async def approve(self, tx: Transaction, actor: Actor, language: str, key: str, now: datetime) -> None:
        """A person has read it and it is good. Raises NotFoundError."""
        job, stored = await self._one(tx, actor, language, key)
        await self._save(tx, job, stored.text, TextState.REVIEWED, now)

    async def mend(
        self, tx: Transaction, actor: Actor, language: str, key: str, text: str, now: datetime
    ) -> None:
        """A person says it better. Raises NumbersLostError, HiddenSignsError, NotFoundError."""
        job = await self._job(tx, actor, language, key)
        try:
            text = cells.cleaned(text, lines=True)
        except CellError:
            raise HiddenSignsError from None
        lost = rules.lost_numbers(job.source, text)
        if lost or not text or len(text) > _LONGEST:
            raise NumbersLostError(numbers=", ".join(lost) or "–")
        await self._save(tx, job, text, TextState.REVIEWED, now)

    async def check(
        self, tx: Transaction, actor: Actor, language: str, key: str, text: str, *, names: bool
    ) -> None:
        """Whether a text keeps what is marked in the German one; `names` too, which some languages write in their own way.

        Raises SpansLostError, NotFoundError.
        """
        job = await self._job(tx, actor, language, key)
        lost, lost_names = protect.lost(job.source, text, job.names)
        missing = [*lost, *(lost_names if names else ())]
        if missing:
            raise SpansLostError(spans=", ".join(missing))

    async def keys(self, tx: Transaction, actor: Actor, language: str, state: TextState) -> list[str]:
        """Which texts of a language are in a state, in order. Raises NotAllowedError, NotFoundError."""
        self._may_review(actor, language)
        return await self._keys(tx, language, state)

    async def listed(
        self, tx: Transaction, actor: Actor, language: str, state: TextState, most: int | None = None
    ) -> list[tuple[Job, str]]:
        """The first of them, each with what is there. Raises NotAllowedError, NotFoundError."""
        keys = (await self.keys(tx, actor, language, state))[:most]
        offers = {_source(key)[0] for key in keys}
        said = {
            (text.offer_id, text.field): text.text for text in await self._repository.of(tx, offers, language)
        }
        jobs = await self._standing.jobs(tx, language, [_source(key) for key in keys])
        return [(job, said.get((job.offer_id, job.field), "")) for job in jobs]

    async def look(self, tx: Transaction, actor: Actor, language: str, key: str) -> ToReview:
        """One German text with what is there of it, also where that is nothing. Raises NotAllowedError, NotFoundError."""
        job = await self._job(tx, actor, language, key)
        stored = await self._repository.of(tx, [job.offer_id], language)
        said = next((text.text for text in stored if text.field is job.field), "")
        return ToReview(job, said, 1)

    def _may_review(self, actor: Actor, language: str) -> None:
        self._accessor.require(actor, Permission.REVIEW_TRANSLATION)
        if language not in TARGETS:
            raise NotFoundError

    async def _keys(self, tx: Transaction, language: str, state: TextState) -> list[str]:
        found = (await self._standing.states(tx, [language]))[language]
        return sorted(_key(*source) for source, is_in in found.items() if is_in is state)

    async def _job(self, tx: Transaction, actor: Actor, language: str, key: str) -> Job:
        self._may_review(actor, language)
        found = await self._standing.jobs(tx, language, [_source(key)])
        if not found:
            raise NotFoundError
        return found[0]

    async def _one(self, tx: Transaction, actor: Actor, language: str, key: str) -> tuple[Job, StoredText]:
        job = await self._job(tx, actor, language, key)
        for stored in await self._repository.of(tx, [job.offer_id], language):
            if stored.field is job.field:
                return job, stored
        raise NotFoundError

    async def _states(
        self, tx: Transaction, languages: Sequence[str], fields: Sequence[TextField]
    ) -> dict[Job, tuple[StoredText | None, TextState]]:
        stored = {
            (text.offer_id, text.language, text.field): text
            for text in await self._repository.all(tx, languages)
        }
        found: dict[Job, tuple[StoredText | None, TextState]] = {}
        for offer in await self._offers.published(tx):
            for job in rules.jobs(offer, languages, fields):
                text = stored.get((job.offer_id, job.language, job.field))
                found[job] = text, rules.state(text, job.source)
        return found

    async def _save(self, tx: Transaction, job: Job, said: str, state: TextState, now: datetime) -> None:
        await self._repository.save(tx, self._new_id(), _stored(job, said, state, now))
        self._standing.look_again()


def _stored(job: Job, said: str, state: TextState, now: datetime) -> StoredText:
    return StoredText(job.offer_id, job.language, job.field, said, state, rules.digest(job.source), now)


def source_mark(job: Job) -> str:
    """Which German text a job is about, for a form to say what was read."""
    return rules.digest(job.source)


def text_mark(text: str) -> str:
    """Which translated text was read, for a form to say so: to the letter, since every letter may be what was mended."""
    return hashlib.sha256(text.encode()).hexdigest()[: rules.HASH_LENGTH]


def key_of(job: Job) -> str:
    """Which text a job is about, in its language; short enough for a button."""
    return _key(job.offer_id, job.field)


def _key(offer_id: str, field: TextField) -> str:
    return f"{offer_id}.{_POSITIONS[field]}"


def _source(key: str) -> Source:
    """The text behind a key. Raises NotFoundError where it is none."""
    offer_id, _, number = key.partition(".")
    if number not in _NUMBERS:
        raise NotFoundError
    return offer_id, _NUMBERS[number]


def glossary(spoken: Words) -> dict[str, str]:
    """What stands for each German term in a language, as its catalogue says."""
    return {term: spoken.plain(f"term.{key}") for term, key in GLOSSARY.items()}


async def translate(translator: Translator, job: Job) -> str | None:
    """What the machine says, None where it lost something that had to stay. Raises TranslationError when there is no answer."""
    masked = mask(job.source, job.names, glossary(words_in(job.language)))
    if not masked.has_words:
        return restore(masked, masked.text)
    try:
        return restore(masked, await translator.translate(masked.text, SOURCE, job.language))
    except LostError:
        return None
