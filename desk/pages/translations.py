"""Reading translations of the catalogue: by language and state, German beside the other language, good, better or later."""

from markupsafe import Markup, escape

from desk.routes import DeskRoute
from desk.turn import Answer, Go, Page, Turn
from i18n import protect
from i18n.languages import LANGUAGES
from offers.translations.service import key_of, source_mark, text_mark
from offers.translations.types import Job, TextField, TextState
from people.errors import NotFoundError
from people.types import Permission as May

_MOST = 100


async def languages(turn: Turn) -> Answer:
    """How far each language is."""
    coverage = await turn.services.translations.coverage(turn.tx, tuple(TextField))
    return Page("translations.html", {"coverage": coverage, "states": tuple(TextState)})


async def texts(turn: Turn) -> Answer:
    """The texts of a language in one state."""
    language, state = turn.part("language"), _state(turn.query("state"))
    service = turn.services.translations
    keys = await service.keys(turn.tx, turn.actor, language, state)
    found = await service.listed(turn.tx, turn.actor, language, state, _MOST)
    values = {
        "tag": language,
        "state": state,
        "states": tuple(TextState),
        "count": len(keys),
        "texts": [(key_of(job), job, said) for job, said in found],
    }
    return Page("translation_list.html", values)


async def one(turn: Turn) -> Answer:
    """One text beside its German source, in which everything is marked that must stay."""
    language, key, state = turn.part("language"), turn.part("key"), _state(turn.query("state"))
    service = turn.services.translations
    found = await service.look(turn.tx, turn.actor, language, key)
    every = await service.keys(turn.tx, turn.actor, language, state)
    values = {
        "tag": language,
        "direction": "rtl" if LANGUAGES[language].right_to_left else "ltr",
        "key": key,
        "state": state,
        "job": found.job,
        "said": found.text,
        "source": source_mark(found.job),
        "read": text_mark(found.text),
        "marked": _marked(found.job),
        "offer": await turn.services.offers.get(turn.tx, found.job.offer_id),
        "number": every.index(key) + 1 if key in every else 0,
        "waiting": len(every),
    }
    return Page("translation.html", values)


def _marked(job: Job) -> Markup:
    """The German text with what a translation keeps in marks."""
    parts, at = [], 0
    for begin, end, _ in protect.spans(job.source, job.names):
        parts += [escape(job.source[at:begin]), Markup("<mark>{}</mark>").format(job.source[begin:end])]
        at = end
    return Markup("").join([*parts, escape(job.source[at:])])


async def decide(turn: Turn) -> Answer:
    """Good as it is, better as it is written now, or later; then on to the next in the same state.

    Whoever mended the text and finds it good means the text that stands there; what a colleague has written since the page was made is
    never written over.
    """
    language, key, state = turn.part("language"), turn.part("key"), _state(turn.typed("state"))
    service, done = turn.services.translations, ""
    following = await _next(turn, language, state, key)
    text = _plain(turn.typed("text"))
    do = turn.typed("do")
    if do in ("good", "fix"):
        read = turn.typed("source"), turn.typed("said")
        there = await service.still_there(turn.tx, turn.actor, language, key, *read)
        if do == "good" and "text" in turn.form and text != _plain(there.text):
            do = "fix"
    match do:
        case "good":
            await service.approve(turn.tx, turn.actor, language, key, turn.now)
            done = "translation_good"
        case "fix":
            names = turn.typed("names") != "yes"
            await service.check(turn.tx, turn.actor, language, key, text, names=names)
            await service.mend(turn.tx, turn.actor, language, key, text, turn.now)
            done = "translation_fixed"
        case "skip":
            pass
        case _:
            raise NotFoundError
    target = f"/translations/{language}/{following}" if following else f"/translations/{language}"
    return Go(f"{target}?state={state.value}", done)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


async def _next(turn: Turn, language: str, state: TextState, key: str) -> str:
    """The text behind this one in the list, from the first again at the end; none where this is the only one."""
    every = await turn.services.translations.keys(turn.tx, turn.actor, language, state)
    others = [other for other in every if other != key]
    return next((other for other in others if other > key), others[0] if others else "")


def _state(name: str) -> TextState:
    return TextState(name) if name in set(TextState) else TextState.MACHINE


_READ = May.REVIEW_TRANSLATION
_ONE = "/translations/{language}/{key}"
ROUTES = (
    DeskRoute("GET", "/translations", languages, _READ, "translations by language"),
    DeskRoute("GET", "/translations/{language}", texts, _READ, "the texts of a language in one state"),
    DeskRoute("GET", _ONE, one, _READ, "one text beside its German source"),
    DeskRoute("POST", _ONE, decide, _READ, "it is good, better so, or later"),
)
