"""What a person is told about what is stored: the summary on the phone and on paper."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from markupsafe import Markup

from agreements import rules
from agreements.holds.types import Hold
from agreements.privacy.types import Copy, Limits, Seen
from agreements.sheets.content import Speaker
from agreements.sheets.types import Line, Sheet
from bot.screens import Screen, closing, tap
from bot.turn import House
from bot.views.parts import bold, lines, with_home
from i18n import dates
from i18n.bidi import isolate
from i18n.languages import LANGUAGES
from i18n.messages import Words
from i18n.messages import words as words_in
from people.types import Consent

Said = tuple[str, dict[str, Any]]
"""A text and what fills its slots."""
_DAYS = 30
_COUNTED = (
    ("mydata.goals", ("goals", "milestones")),
    ("mydata.appointments", ("appointments",)),
    ("mydata.requests", ("requests",)),
    ("mydata.offers", ("placements",)),
    ("mydata.consents", ("consents",)),
    ("mydata.notes", ("case_notes",)),
    ("mydata.meetings", ("meetings",)),
    ("mydata.feedback", ("feedback_asks",)),
    ("mydata.saved", ("saved_offers", "saved_profiles", "saved_searches", "meeting_guests")),
)


def told(language: str, copy: Copy, holds: Mapping[str, Hold], limits: Limits, house: House) -> list[Said]:
    """The summary, sentence by sentence; what there is none of is left out. `holds` are those of the cases, by case number."""
    person = copy.first("persons")
    since = rules.today(datetime.fromisoformat(person["created_at"]))
    spoken = LANGUAGES[person["language"]].name
    said: list[Said] = [
        ("mydata.chat", {"chat": person["chat"], "language": spoken, "day": dates.day(since, language)})
    ]
    own = [str(case["case"]) for case in copy.rows.get("clients", ())]
    for case in own:
        said.append(("mydata.case", {"case": case}))
        if case in holds:
            said.append(_held(language, holds[case]))
    if not own and any(answer["what"] == Consent.LINK for answer in copy.rows.get("opt_ins", ())):
        said.append(("own.case_stays", {}))
    if copy.first("client_files").get("record"):
        said.append(("mydata.record", {}))
    for key, tables in _COUNTED:
        number = sum(map(copy.count, tables))
        if number:
            said.append((key, {"number": number}))
    if copy.count("feedback_wishes"):
        said.append(("feedback.is_on", {}))
    said.append(("mydata.messages", {"days": limits.messages, "number": copy.count("outbox")}))
    kept = {"days": limits.messages, "idle": limits.idle_chats, "closed": limits.closed_cases}
    said.append(("mydata.kept", kept))
    if not own:
        # Of whoever has a case the office knows more than a chat, and it stands above.
        said.append(("notice.stored", {}))
    said.append(("mydata.wrong", {"contact": house.contact_name, "phone": house.contact_phone}))
    return said


def _held(language: str, hold: Hold) -> Said:
    why = words_in(language).plain("hold.reason." + hold.reason.value)
    return "hold.told", {"day": dates.day(hold.until, language), "reason": why}


def summary_screen(words: Words, said: Sequence[Said]) -> Screen:
    """The summary, with the files behind buttons: somebody else may hold the phone."""
    text = [bold(words("privacy.title")), *(words(key, **params) for key, params in said)]
    rows = [
        [tap(words.plain("mydata.file"), "mydata.file", "json")],
        [tap(words.plain("mydata.pdf"), "mydata.file", "pdf")],
        [tap(words.plain("mydata.seen"), "mydata.seen")],
        [tap(words.plain("settings.delete"), "forget")],
    ]
    return closing(Screen(lines(*text, words("mydata.careful")), with_home(words, rows)), "mydata")


def seen_screen(words: Words, seen: Seen, limits: Limits, house: House) -> Screen:
    """Who looked at the person's record, by day and as whom: the newest days, since a chat is no archive; the file has them all."""
    text = [bold(words("mydata.seen"))]
    for day, capacities in seen.days[:_DAYS]:
        who = Markup(" · ").join(words("mydata.seen." + capacity.value) for capacity in capacities)
        text.append(Markup("{}: {}").format(isolate(dates.day(day, words.language)), who))
    if not seen.days:
        text.append(words("mydata.seen.none"))
    if seen.listed:
        text.append(words("mydata.seen.listed", number=seen.listed))
    text.append(words("mydata.seen.about", office=house.district, days=limits.access_log))
    rows = [[tap(words.plain("mydata.file"), "mydata.file", "json")]]
    return closing(Screen(lines(*text), with_home(words, rows)), "mydata.seen")


def sheet(language: str, said: Callable[[str], Sequence[Said]], district: str) -> Sheet:
    """The same to print, in German beside it."""
    speaker = Speaker(language)
    numbers = range(len(said(language)))

    def sentence(number: int) -> Callable[[Words], str]:
        def speak(spoken: Words) -> str:
            key, params = said(spoken.language)[number]
            return spoken.plain(key, **params)

        return speak

    blocks = [Line(speaker.both(sentence(number))) for number in numbers]
    return Sheet(speaker.say("privacy.title"), language, blocks, district)
