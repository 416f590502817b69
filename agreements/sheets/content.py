"""What stands on each sheet: the agreement, one appointment, all of them, the Logbuch's registers; said in both languages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agreements import rules
from agreements.goals.types import Goal, Task
from agreements.handover.rules import SAID
from agreements.handover.types import Part as ConsentPart
from agreements.logbook.rules import REGISTERS, to_bring
from agreements.sheets.types import Block, Fact, Heading, Line, Mark, Pair, Sheet, Signatures
from agreements.types import Agreement, Appointment, AppointmentStatus, Milestone, MilestoneStatus
from i18n import dates, phrases
from i18n.bidi import isolate
from i18n.languages import SOURCE
from i18n.messages import Message, Words, words

_MARKS = {
    MilestoneStatus.CONFIRMED: Mark.TICKED,
    MilestoneStatus.REPORTED_DONE: Mark.TICKED,
    MilestoneStatus.DROPPED: Mark.STRUCK,
}
WE_DO = ("sheet.we.answer", "sheet.we.remind", "sheet.we.look", "sheet.we.explain")
"""What the coordinator promises everybody."""


@dataclass(frozen=True)
class Speaker:
    """Says everything twice: in German and in the language of the reader."""

    language: str

    def say(self, key: str) -> Pair:
        """A text without slots."""
        return self.both(lambda spoken: spoken.plain(key))

    def both(self, how: Callable[[Words], str]) -> Pair:
        """What `how` says in each of the two."""
        return Pair(how(words(SOURCE)), how(words(self.language)))


def agreement_sheet(
    agreement: Agreement | None,
    milestones: Sequence[Milestone],
    language: str,
    *,
    district: str,
    goals: Sequence[Goal] = (),
    tasks: Sequence[Task] = (),
) -> Sheet:
    """The agreement with both sides' tasks and room for both signatures; None is one that waits to be signed."""
    speaker = Speaker(language)
    ordered = sorted(milestones, key=lambda found: (found.due_on, found.id))
    blocks: list[Block] = []
    if agreement is not None:
        signed_on = agreement.signed_on
        made_on = speaker.both(lambda spoken: dates.day(signed_on, spoken.language))
        blocks.append(Fact(speaker.say("sheet.made_on"), made_on))
    if goals:
        blocks += [Heading(speaker.say("own.goals_title")), *(_goal(speaker, goal) for goal in goals)]
    blocks += [
        Heading(speaker.say("sheet.you_do")),
        *(_milestone(speaker, milestone) for milestone in ordered),
        Heading(speaker.say("sheet.we_do")),
        *(_task(speaker, task) for task in tasks),
        *(Line(speaker.say(key)) for key in WE_DO),
        Line(speaker.say("notice.voluntary")),
        Signatures((speaker.say("sheet.sign.client"), speaker.say("sheet.sign.coordinator"))),
    ]
    return Sheet(speaker.say("sheet.agreement"), language, blocks, district)


def appointments_sheet(appointments: Sequence[Appointment], language: str, *, district: str) -> Sheet:
    """One or several appointments: with whom, when, where, and what to take along as boxes to tick."""
    speaker = Speaker(language)
    blocks = [block for found in appointments for block in _appointment(speaker, found)]
    return Sheet(speaker.say("own.appointments_title"), language, blocks, district)


def consent_sheet(parts: Sequence[ConsentPart], language: str, *, district: str) -> Sheet:
    """What is to be handed over, to be read and signed."""
    speaker = Speaker(language)
    blocks: list[Block] = [
        *(Line(speaker.say(SAID[part]), mark=Mark.TICKED) for part in parts),
        *(Line(speaker.say(key)) for key in ("consent.why", "consent.free")),
        Signatures((speaker.say("sheet.sign.client"), speaker.say("sheet.sign.coordinator"))),
    ]
    return Sheet(speaker.say("consent.ask"), language, blocks, district)


def logbook_sheet(language: str, *, district: str) -> Sheet:
    """Every register of the Logbuch with the papers that belong in it."""
    speaker = Speaker(language)
    blocks: list[Block] = [Line(speaker.say("papers.what"))]
    for number, register in enumerate(REGISTERS, 1):
        title = speaker.say(register.key)
        blocks.append(Heading(Pair(f"{number}. {title.german}", f"{number}. {title.own}")))
        blocks += [Line(speaker.say(paper), mark=Mark.EMPTY) for paper in register.papers]
    return Sheet(speaker.say("papers.title"), language, blocks, district)


def _goal(speaker: Speaker, goal: Goal) -> Line:
    said = speaker.both(lambda spoken: _plain(spoken, phrases.message(goal.phrase, {}, spoken.language)))
    own = Pair(goal.words, isolate(goal.words)) if goal.words else None
    return Line(said, own, Mark.TICKED if goal.reached_on else None)


def _task(speaker: Speaker, task: Task) -> Line:
    said = speaker.both(lambda spoken: _plain(spoken, phrases.message(task.phrase, {}, spoken.language)))
    until = speaker.both(
        lambda spoken: spoken.plain("own.until", day=dates.day(task.due_on, spoken.language))
    )
    return Line(said, until, Mark.TICKED if task.done_on else Mark.EMPTY)


def _milestone(speaker: Speaker, milestone: Milestone) -> Line:
    title = speaker.both(
        lambda spoken: _plain(spoken, phrases.message(milestone.phrase, milestone.slots, spoken.language))
    )
    until = speaker.both(
        lambda spoken: spoken.plain("own.until", day=dates.day(milestone.due_on, spoken.language))
    )
    return Line(title, until, _MARKS.get(milestone.status, Mark.EMPTY))


def _appointment(speaker: Speaker, found: Appointment) -> list[Block]:
    with_whom = speaker.both(
        lambda spoken: _plain(spoken, phrases.message(found.phrase, {}, spoken.language))
    )
    where = isolate(rules.clean_line(", ".join(filter(None, (found.where, found.place)))))
    when = speaker.both(lambda spoken: dates.moment(found.starts_at, spoken.language))
    blocks: list[Block] = [Heading(with_whom), Fact(speaker.say("sheet.when"), when)]
    if where:
        blocks.append(Fact(speaker.say("sheet.where"), Pair(where, where)))
    if found.status is not AppointmentStatus.PLANNED:
        blocks.append(Line(speaker.say("appointment.status." + found.status.value)))
    papers = to_bring(found.phrase, found.bring)
    return [*blocks, *(Line(speaker.say("bring." + paper.value), mark=Mark.EMPTY) for paper in papers)]


def _plain(spoken: Words, message: Message) -> str:
    return spoken.render(message).unescape()
