"""Use cases about the catalogue in other languages: what is shown, what a machine has to do, what people read and mend."""

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
from offers.translations.errors import HiddenSignsError, NumbersLostError, SpansLostError
from offers.translations.repository import TranslationsRepository
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


class TranslationsService:
    """Never commits, and never asks a machine: `translate` is called by whoever owns no open transaction."""

    def __init__(
        self, offers: OffersRepository, repository: TranslationsRepository, *, new_id: Callable[[], str]
    ) -> None:
        self._offers = offers
        self._repository = repository
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
                any(text.state is TextState.MACHINE for text in texts.values()),
            )
            for offer_id, texts in found.items()
        }

    async def pending(
        self, tx: Transaction, languages: Sequence[str], fields: Sequence[TextField]
    ) -> list[Job]:
        """What a machine has to do, offer by offer; what it did already is not in it, so a batch goes on where it stopped."""
        states = await self._states(tx, languages, fields)
        return [job for job, (_, state) in states.items() if rules.needs_machine(state)]

    async def keep(self, tx: Transaction, job: Job, said: str | None, now: datetime) -> None:
        """Keep what a machine said, or that it failed (None)."""
        state = TextState.MACHINE if said is not None else TextState.FAILED
        await self._save(tx, job, said or "", state, now)

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
        return kept + len(new)

    async def coverage(self, tx: Transaction, fields: Sequence[TextField]) -> list[Coverage]:
        """How far each language is."""
        counts: dict[str, Counter[TextState]] = {language: Counter() for language in TARGETS}
        for job, (_, state) in (await self._states(tx, TARGETS, fields)).items():
            counts[job.language][state] += 1
        return [Coverage(language, found) for language, found in counts.items()]

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
        states = await self._states(tx, [language], tuple(TextField))
        waiting = {
            key_of(job): (job, stored)
            for job, (stored, state) in states.items()
            if state is TextState.MACHINE and stored is not None
        }
        if not waiting:
            return None
        keys = sorted(waiting)
        job, stored = waiting[next((key for key in keys if key > after), keys[0])]
        return ToReview(job, stored.text, len(keys))

    async def one(self, tx: Transaction, actor: Actor, language: str, key: str) -> ToReview:
        """One text of a language. Raises NotFoundError."""
        job, stored = await self._one(tx, actor, language, key)
        return ToReview(job, stored.text, 1)

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

    async def listed(
        self, tx: Transaction, actor: Actor, language: str, state: TextState
    ) -> list[tuple[Job, str]]:
        """The texts of a language that are in a state, each with what is there. Raises NotAllowedError, NotFoundError."""
        self._accessor.require(actor, Permission.REVIEW_TRANSLATION)
        if language not in TARGETS:
            raise NotFoundError
        states = await self._states(tx, [language], tuple(TextField))
        found = [
            (job, stored.text if stored else "") for job, (stored, is_in) in states.items() if is_in is state
        ]
        return sorted(found, key=lambda entry: key_of(entry[0]))

    async def look(self, tx: Transaction, actor: Actor, language: str, key: str) -> ToReview:
        """One German text with what is there of it, also where that is nothing. Raises NotAllowedError, NotFoundError."""
        job = await self._job(tx, actor, language, key)
        stored = await self._repository.of(tx, [job.offer_id], language)
        said = next((text.text for text in stored if text.field is job.field), "")
        return ToReview(job, said, 1)

    async def _job(self, tx: Transaction, actor: Actor, language: str, key: str) -> Job:
        self._accessor.require(actor, Permission.REVIEW_TRANSLATION)
        if language not in TARGETS:
            raise NotFoundError
        for offer in await self._offers.published(tx):
            for job in rules.jobs(offer, [language], tuple(TextField)):
                if key_of(job) == key:
                    return job
        raise NotFoundError

    async def _one(self, tx: Transaction, actor: Actor, language: str, key: str) -> tuple[Job, StoredText]:
        self._accessor.require(actor, Permission.REVIEW_TRANSLATION)
        if language not in TARGETS:
            raise NotFoundError
        for job, (stored, _state) in (await self._states(tx, [language], tuple(TextField))).items():
            if stored is not None and key_of(job) == key:
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


def _stored(job: Job, said: str, state: TextState, now: datetime) -> StoredText:
    return StoredText(job.offer_id, job.language, job.field, said, state, rules.digest(job.source), now)


def key_of(job: Job) -> str:
    """Which text a job is about, in its language; short enough for a button."""
    return f"{job.offer_id}.{list(TextField).index(job.field)}"


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
