"""Reading what a machine translated: source and text side by side, good, better, or later."""

from bot.dialogue import begin, current
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.turn import Screens, Turn
from bot.views import coordinator_translations as views
from i18n.messages import Message
from offers.translations.errors import HiddenSignsError, NumbersLostError
from offers.translations.service import TARGETS
from offers.translations.types import TextField
from people.errors import NotFoundError
from people.types import Permission

KIND = "translation"


async def languages(turn: Turn) -> Screen:
    """In which language? With how many texts wait in each."""
    coverage = await turn.services.translations.coverage(turn.tx, tuple(TextField))
    return views.languages_screen(turn.words, coverage)


async def first(turn: Turn, language: str) -> Screen:
    """The first text that waits in a language."""
    return await _next(turn, language, "")


async def later(turn: Turn, language: str, key: str) -> Screen:
    """Leave it and go on to the next."""
    return await _next(turn, language, key)


async def good(turn: Turn, language: str, key: str) -> Screen:
    """It is good as it is."""
    await turn.services.translations.approve(turn.tx, turn.actor, language, key, turn.now)
    return await _next(turn, language, key)


async def better(turn: Turn, language: str, key: str) -> Screen:
    """Ask for the text as it should be."""
    found = await turn.services.translations.one(turn.tx, turn.actor, language, key)
    await begin(turn, KIND, "text", language=language, key=key)
    return views.better_screen(turn.words, found)


async def typed(turn: Turn) -> Screens:
    """The text as it should be."""
    data = current(turn, KIND).data
    language, key = str(data["language"]), str(data["key"])
    services = turn.services.translations
    try:
        await services.mend(turn.tx, turn.actor, language, key, turn.text, turn.now)
    except (NumbersLostError, HiddenSignsError) as error:
        return views.better_screen(
            turn.words, await services.one(turn.tx, turn.actor, language, key), error.message
        )
    await turn.end_draft(KIND)
    return await _next(turn, language, key, Message("rv.kept"))


async def _next(turn: Turn, language: str, key: str, message: Message | None = None) -> Screen:
    if language not in TARGETS:
        raise NotFoundError
    found = await turn.services.translations.to_review(turn.tx, turn.actor, language, key)
    return views.review_screen(turn.words, language, found, message)


_TAP, _READ = RouteKind.TAP, Permission.REVIEW_TRANSLATION
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "rv.langs", languages, _READ, "translations to read, by language"),
    Route(_TAP, "rv.next", later, _READ, "leave a translation for later", args=2),
    Route(_TAP, "rv.good", good, _READ, "a translation is good", args=2),
    Route(_TAP, "rv.fix", better, _READ, "write a translation anew", args=2),
    Route(_TAP, "rv", first, _READ, "the first translation to read in a language", args=1),
)
DIALOGUES = {(KIND, "text"): typed}
