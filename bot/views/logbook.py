"""Views of the Logbuch: the registers, what belongs in each, what to take along to whom, and the sheets to print."""

from markupsafe import Markup

from agreements.logbook.rules import OFFICES, REGISTERS, to_bring
from agreements.logbook.types import Register
from agreements.types import Appointment, Client
from bot.screens import Button, Document, Screen, closing, tap
from bot.views.family import sheet_button
from bot.views.own import appointment_line
from bot.views.parts import bold, in_rows, lines, with_home
from i18n import phrases
from i18n.messages import Words


def logbook_screen(words: Words, appointment: Appointment | None, client: Client | None) -> Screen:
    """What the folder is for, its registers, what to bring next, and the sheets to print; those of a case only where there is one."""
    parts: list[Markup | str] = [bold(words("papers.title")), words("papers.what"), ""]
    parts += [
        Markup("{} {}. {}").format(register.icon, number, words(register.key))
        for number, register in enumerate(REGISTERS, 1)
    ]
    if appointment is not None:
        papers = to_bring(appointment.phrase, appointment.bring)
        parts += ["", words("papers.next"), appointment_line(words, appointment)]
        parts += [Markup("🎒 {}").format(words.plain("bring." + paper.value)) for paper in papers]
    buttons = [
        tap(f"{register.icon} {number}", "lb.reg", register.id)
        for number, register in enumerate(REGISTERS, 1)
    ]
    sheets = [tap(words.plain("logbook.pdf.logbook"), "lb.pdf", "logbook")]
    if client is not None:
        sheets += [sheet_button(words, what, client) for what in ("agreement", "appointments")]
    rows = [
        *in_rows(buttons, 3),
        [tap(words.plain("logbook.offices"), "lb.offices")],
        *([sheet] for sheet in sheets),
    ]
    shown = Screen(lines(*parts), with_home(words, rows))
    return closing(shown, "my.papers") if appointment is not None else shown


def register_screen(words: Words, register: Register) -> Screen:
    """What belongs in one register."""
    text = lines(
        Markup("{} {}").format(register.icon, bold(words(register.key))),
        words("logbook.belongs"),
        *(Markup("▫️ {}").format(words(paper)) for paper in register.papers),
    )
    return Screen(text, with_home(words, [_back(words)]), edit=True)


def offices_screen(words: Words) -> Screen:
    """Where somebody is going."""
    buttons = [tap(words.plain(phrases.PHRASES[phrase].key), "lb.to", phrase) for phrase in OFFICES]
    rows = [*in_rows(buttons, 2), _back(words)]
    return Screen(bold(words("logbook.offices_title")), with_home(words, rows), edit=True)


def office_screen(words: Words, phrase: str) -> Screen:
    """What to take along there."""
    text = lines(
        bold(words(phrases.PHRASES[phrase].key)),
        words("logbook.take_along"),
        *(Markup("🎒 {}").format(words("bring." + paper.value)) for paper in OFFICES[phrase]),
    )
    back = [tap(words.plain("logbook.offices"), "lb.offices")]
    return Screen(text, with_home(words, [back, _back(words)]), edit=True)


def sheet_screen(words: Words, filename: str, content: bytes) -> Screen:
    """A sheet to print."""
    return Screen(words("logbook.pdf.here"), document=Document(filename, content))


def _back(words: Words) -> list[Button]:
    return [tap(words.plain("papers.title"), "my.papers")]
