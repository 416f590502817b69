"""Free questions: from what was understood to cards, to one's own record, or to three guesses."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from markupsafe import Markup

from bot import dialogues, followup, notice, profiles
from bot.handlers.client import asked, logbook, offices, others, own
from bot.handlers.client.card import more
from bot.handlers.shared import settings, start
from bot.screens import Button, Screen
from bot.turn import Screens, Turn
from bot.views import cards, saved
from bot.views import guides as guide_views
from bot.views import offices as office_views
from bot.views import shared as views
from bot.views.emergency import emergency_screen
from bot.views.narrow import over_screen
from i18n.messages import words
from nlu.types import TOPICS, Intent, Understanding
from offers.responsible import matters
from offers.translations.types import UNSPOKEN
from offers.types import Hit, Query, SearchResult, Topic
from people.errors import NotFoundError

MAX_QUESTION = 4096
GUESSES = 3
# Of 230 unseen dangers that the rules named the model gave less to one at most, of 22 false alarms to 19.
_SURELY_CALM = 0.05
_SURELY_STOP = 0.45
_COMMAND = re.compile(r"/[^\W\d_]")
"""How a command begins, in any script; "/007" is the end of a case number."""
_OFTEN_MEANT = (Intent.FIND_GERMAN_COURSE, Intent.FIND_OFFICE, Intent.FIND_ORIENTATION)
"""What is offered where the words gave no hint, so that there are always three ways on."""
_VIOLENCE = "violence_help"
_CARE = "childcare_place"
_NO_WISH = frozenset({Intent.GREET, Intent.THANKS})
"""Nobody needs a button for these."""


async def on_text(turn: Turn) -> Screens:
    """A typed message: the step of a dialogue, a follow-up, or a question."""
    command = _COMMAND.match(turn.text) is not None
    dialogue = None if command else dialogues.expecting_text(turn.drafts)
    if dialogue is not None:
        # An offer may be called after the danger that it helps against: the numbers went out, and the step goes on.
        return await dialogue(turn)
    if turn.services.emergency.detect(turn.text) is not None and not _surely_else(turn.understanding):
        # The numbers went out before the message was stored, or the runner puts them above what is said here.
        return []
    if command or turn.text.startswith("/"):
        # A command that there is not, or one of somebody else that was forwarded: no question, and no step of a dialogue.
        turn.calls_away = True
        return await start.show_help(turn)
    if turn.understanding is None or len(turn.text) >= MAX_QUESTION:
        return views.said(turn.words, "error.too_long")
    if others.says_so(turn.text):
        if not others.asks_more(turn.text, turn.understanding):
            return [await others.begin(turn), *_languages(turn)]
        await others.take_note(turn)
    screens = await _question(turn, turn.understanding)
    return [*_listed(screens), *_languages(turn)]


def _surely_else(understanding: Understanding | None) -> bool:
    """Whether the model, which read all of it, sees no danger: then a false alarm does not swallow the question."""
    if understanding is None or understanding.source != "model" or understanding.is_fallback:
        return False
    return understanding.chance(Intent.EMERGENCY) < _SURELY_CALM


async def _question(turn: Turn, understanding: Understanding) -> Screens:
    last = turn.drafts.get(followup.KIND)
    if last is not None:
        hits = list(last.data.get("hits", ()))
        number = followup.chosen(turn.words, turn.text, len(hits), last.data.get("first", 0))
        if number is not None:
            return await more(turn, hits[number])
    languages = {turn.language, turn.asked_in}
    care = followup.asks_for_care(understanding, turn.text, languages)
    if care:
        # The children are looked after; it is not they who take the course.
        said = tuple(entity for entity in understanding.said if entity.entity != "audience")
        understanding = replace(understanding, said=said)
    query = followup.continued(understanding, turn.text, last.data, languages) if last is not None else None
    if care:
        return await _care(turn, understanding, query)
    return await (_search(turn, query) if query is not None else _anew(turn, understanding))


async def _anew(turn: Turn, understanding: Understanding) -> Screens:
    """A question that goes on with nothing."""
    if understanding.intent is Intent.STOP_MESSAGES and not _surely_stop(understanding):
        # The only wish that free text carries out at once: nobody is to miss a reminder because of a guess.
        return await _not_understood(turn, understanding)
    asks = followup.query_from(understanding, turn.text)
    query = profiles.applied(asks, turn.drafts)
    if understanding.intent is Intent.EMERGENCY:
        return await _danger(turn, understanding, asks)
    if understanding.intent in TOPICS or _asks_who(turn, query):
        screens = await _search(turn, query)
    elif (handler := _OWN.get(understanding.intent)) is not None:
        screens = await handler(turn)
    else:
        return await _not_understood(turn, understanding)
    return [*_listed(screens), *await _other_guesses(turn, understanding, asks)]


async def _care(turn: Turn, understanding: Understanding, narrowed: Query | None) -> Screens:
    """A place for the children, and one tap away the last search, `narrowed`, or else a German course with childcare there."""
    own = followup.query_from(replace(understanding, entities=understanding.said), "")
    course = replace(own, topic=Topic.GERMAN_COURSE.value)
    other = narrowed if narrowed is not None and narrowed.topic else course
    named = words(turn.asked_in).plain(f"kind.{_CARE}")
    place = replace(own, text=named, topic=Topic.SCHOOL.value, childcare=None, audience=None)
    screens = await _search(turn, profiles.applied(place, turn.drafts))
    mark = await asked.wonder(turn, other)
    meant = cards.guesses(turn.words, [Intent(f"find_{other.topic}")], mark, "search.or_else")
    return [*_listed(screens), meant]


def _surely_stop(understanding: Understanding) -> bool:
    return not understanding.is_unsure and understanding.confidence >= _SURELY_STOP


async def _other_guesses(turn: Turn, understanding: Understanding, query: Query) -> list[Screen]:
    """An answer that may miss what was meant comes with the next guesses, one tap away."""
    if not understanding.is_unsure:
        return []
    left = [guess for guess in understanding.guesses if guess not in {understanding.intent, *_NO_WISH}]
    if not left:
        return []
    mark = await asked.wonder(turn, query)
    return [cards.guesses(turn.words, left, mark, "search.or_else")]


async def topic(turn: Turn, name: str) -> Screens:
    """A pictogram of the menu."""
    return await _topic_of(turn, name, Query())


async def meant(turn: Turn, name: str, mark: str) -> Screens:
    """One of the three guesses: the topic, with what the question of that screen said beside it."""
    return await _topic_of(turn, name, asked.wondered(turn, mark))


async def _topic_of(turn: Turn, name: str, query: Query) -> Screens:
    if name not in set(Topic):
        raise NotFoundError
    return await _search(turn, profiles.applied(replace(query, topic=name), turn.drafts))


async def intent(turn: Turn, name: str) -> Screens:
    """One of the three guesses that is no topic."""
    handler = _OWN.get(Intent(name)) if name in set(Intent) else None
    if handler is None:
        raise NotFoundError
    return await handler(turn)


async def near(turn: Turn) -> Screens:
    """A sent location: the last search again from here, or the offices nearby."""
    message = turn.update.message
    if message is None or message.location is None:
        raise NotFoundError
    here = (message.location.latitude, message.location.longitude)
    last = turn.drafts.get(followup.KIND)
    base = Query(topic=Topic.OFFICE.value)
    if last is not None and not last.data.get("lost"):
        base = followup.restored(last.data)
    return await _search(turn, replace(base, place=None, location=here))


async def ask_location(turn: Turn) -> Screen:
    """Show Telegram's own button for sending a place; below an answer whose search is forgotten, say so."""
    if not await asked.renew(turn):
        return over_screen(turn.words)
    return Screen(turn.words("search.send_location"), ask_location=turn.words.plain("search.location_button"))


async def shared(turn: Turn, offer_id: str) -> Screens:
    """A card that somebody passed on; whoever has never been here chooses a language after it."""
    return [await more(turn, offer_id), *_languages(turn)]


async def _search(turn: Turn, query: Query) -> Screens:
    responsible = await offices.answer(turn, query) if _asks_who(turn, query) else None
    if responsible is not None:
        return [*responsible, *_guide(turn, only_sure=True)]
    result = turn.services.offers.search(replace(query, language=turn.asked_in), turn.now)
    hits = [hit.offer.id for hit in result.hits]
    await asked.remember(turn, query, hits)
    await turn.services.freshness.missed(turn.tx, turn.language, result, turn.now)
    guide = _guide(turn, only_sure=bool(result.hits))
    if not result.hits:
        return [*guide, cards.nothing_found(turn.words, turn.services.house)]
    return [*await _cards(turn, result.hits), *guide, _after(turn, query, result)]


async def _danger(turn: Turn, understanding: Understanding, asks: Query) -> list[Screen]:
    """The numbers, since the model takes it for danger that the rules did not see; below them what else may be meant.

    Who looks for a shelter or for help after violence asks for an offer, whatever it sounds like.
    """
    query = replace(profiles.applied(asks, turn.drafts), topic=None)
    result = turn.services.offers.search(replace(query, language=turn.asked_in), turn.now)
    kind = "violence" if any(hit.offer.kind == _VIOLENCE for hit in result.hits) else "other"
    numbers = emergency_screen(turn.words, kind)
    if result.hits:
        await asked.remember(turn, query, [hit.offer.id for hit in result.hits])
        found = [*await _cards(turn, result.hits), _after(turn, query, result)]
        return [numbers, *found, *await _other_guesses(turn, understanding, asks)]
    best = dict.fromkeys((*understanding.guesses, Intent.FIND_HEALTH))
    left = [guess for guess in best if guess not in {Intent.EMERGENCY, *_NO_WISH}]
    mark = await asked.wonder(turn, asks)
    return [numbers, cards.guesses(turn.words, left, mark, "search.or_else")]


def _after(turn: Turn, query: Query, result: SearchResult) -> Screen:
    named = matters.named(query.text, turn.asked_in)
    who = office_views.button(turn.words, named[0] if named else "")
    return cards.after_cards(turn.words, result, who, _whom(turn))


def _asks_who(turn: Turn, query: Query) -> bool:
    """Whether an office is looked for: who is responsible for housing benefit is about money, but asks for no offer."""
    if query.topic == Topic.OFFICE:
        return True
    return matters.asks_who(query.text) and bool(matters.named(query.text, turn.asked_in))


async def _not_understood(turn: Turn, understanding: Understanding) -> Screens:
    """What a guide surely says, three best guesses as buttons, and what the catalogue's text says to the words where nothing was sure."""
    query = replace(followup.query_from(understanding, turn.text), topic=None, language=turn.asked_in)
    found = turn.services.offers.search(query, turn.now, limit=2) if understanding.is_fallback else None
    if turn.drafts.get(followup.KIND) is None or understanding.entities:
        # Else "how much is it?" between two questions would make "only evenings" lose what it narrows.
        hits = [hit.offer.id for hit in found.hits] if found else []
        await asked.remember(turn, query, hits)
    best = [
        guess for guess in dict.fromkeys((*understanding.guesses, *_OFTEN_MEANT)) if guess not in _NO_WISH
    ]
    guesses = cards.guesses(turn.words, best[:GUESSES], await asked.wonder(turn, query))
    # A guide knows of more than the bot does: what a fee costs, which bin is for what.
    answered = [*_guide(turn, only_sure=True), guesses]
    return [*answered, *await _cards(turn, found.hits)] if found else answered


async def _cards(turn: Turn, hits: Sequence[Hit]) -> list[Screen]:
    said = await turn.services.translations.spoken(turn.tx, [hit.offer for hit in hits], turn.language)
    return [
        cards.short_card(
            turn.words,
            hit,
            turn.services.offers.next_dates(hit.offer, turn.now, 1),
            turn.now,
            said.get(hit.offer.id, UNSPOKEN),
            review_days=turn.review_days,
        )
        for hit in hits
    ]


def _guide(turn: Turn, *, only_sure: bool = False) -> list[Screen]:
    """What the guide pages say to the words that were written; a tap asks them nothing."""
    if not turn.text:
        return []
    hits = turn.services.guides.search(turn.text, turn.asked_in)
    return [guide_views.guide_answer(turn.words, hit) for hit in hits if hit.confident or not only_sure]


def _whom(turn: Turn) -> tuple[Markup, Button] | None:
    other = profiles.for_somebody_else(turn.drafts)
    return saved.asked_for(turn.words, profiles.in_use(turn.drafts), other=other)


def _languages(turn: Turn) -> list[Screen]:
    """Whoever asks before /start finds the languages once, below the first answer; the notice stands above it."""
    if not turn.actor.person.language_chosen:
        return [] if notice.seen(turn) else [views.language_screen(turn.language)]
    return [views.offer_language(turn.other_language)] if turn.other_language else []


def _listed(screens: Screens) -> list[Screen]:
    return [screens] if isinstance(screens, Screen) else list(screens)


async def _greet(turn: Turn) -> Screens:
    return await start.menu(turn, "greet.text")


async def _thanks(turn: Turn) -> Screens:
    return views.said(turn.words, "thanks.text")


async def _emergency(turn: Turn) -> Screens:
    return emergency_screen(turn.words, "other")


_OWN: Mapping[Intent, Callable[[Turn], Awaitable[Screens]]] = {
    Intent.SHOW_APPOINTMENTS: own.appointments,
    Intent.CANCEL_APPOINTMENT: own.appointments,
    Intent.SHOW_AGREEMENT: own.goals,
    Intent.MILESTONE_DONE: own.open_goals,
    Intent.NEED_MORE_TIME: own.open_goals,
    Intent.CONTACT_COORDINATOR: own.human,
    Intent.LOGBOOK: logbook.show,
    Intent.EMERGENCY: _emergency,
    Intent.CHANGE_LANGUAGE: start.languages,
    Intent.STOP_MESSAGES: settings.stop,
    Intent.PRIVACY: settings.privacy,
    Intent.GREET: _greet,
    Intent.THANKS: _thanks,
    Intent.HELP: start.show_help,
}
