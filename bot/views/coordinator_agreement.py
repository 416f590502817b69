"""Views of an agreement on the coordinator's phone: goals out of the phrase book, what the coordinator promises, signing."""

from datetime import date

from markupsafe import Markup

from agreements.goals.rules import FIELD_OF, TASKS
from agreements.goals.types import Goal
from agreements.replies.types import Standing
from agreements.types import Client
from bot.screens import Screen, tap
from bot.views.agreement import FIELD_ICONS
from bot.views.coordinator_clients import agreement_line
from bot.views.coordinator_dates import due_rows, working_day_rows
from bot.views.coordinator_parts import back_row, case
from bot.views.parts import bold, in_rows, lines
from i18n import dates as spoken
from i18n import phrases
from i18n.bidi import isolate
from i18n.messages import Words


def agreement_screen(words: Words, found: Standing) -> Screen:
    """Goals by field, what the coordinator does, and how the signed version stands."""
    goals = sorted(found.goals, key=lambda goal: list(FIELD_ICONS).index(goal.field))
    open_tasks = [task for task in found.tasks if task.done_on is None]
    text = lines(
        _client(found.client),
        agreement_line(words, found),
        *(["", bold(words("cw.goals"))] if goals else []),
        *(_goal(words, number, goal) for number, goal in enumerate(goals, 1)),
        *(["", bold(words("cw.tasks"))] if found.tasks else []),
        *(
            Markup("{} {} · {}").format(
                "✅" if task.done_on else f"✍️ {open_tasks.index(task) + 1}.",
                _phrase(words, task.phrase),
                spoken.short_day(task.due_on, words.language),
            )
            for task in found.tasks
        ),
    )
    sign = found.view.changed and (found.view.content.goals or found.view.content.steps)
    rows = [
        *in_rows((tap(f"🏁 {n}", "ag.goal", goal.id) for n, goal in enumerate(goals, 1)), 5),
        *in_rows((tap(f"✍️ {n} ✅", "ag.done", task.id) for n, task in enumerate(open_tasks, 1)), 4),
        [
            tap(words.plain("cw.goal.new"), "ag.goals", found.client.id),
            tap(words.plain("cw.task.new"), "ag.tasks", found.client.id),
        ],
        [tap(words.plain("cw.sign"), "ag.sign", found.client.id)] if sign else [],
        back_row(words, "cl", found.client.id),
    ]
    return Screen(text, rows, edit=True)


def goals_screen(words: Words, client: Client) -> Screen:
    """Which goal? Those of the phrase book, by field."""
    buttons = [
        tap(f"{FIELD_ICONS[field]} {words.plain(phrases.PHRASES[phrase].key)}", "ag.add", client.id, phrase)
        for phrase, field in FIELD_OF.items()
    ]
    text = lines(_client(client), bold(words("cw.goal.which")))
    return Screen(text, [*in_rows(buttons, 1), back_row(words, "ag", client.id)], edit=True)


def goal_screen(words: Words, client: Client, goal: Goal) -> Screen:
    """One goal: reached or not yet, wanted or no longer."""
    reached = goal.reached_on is not None
    rows = [
        [tap(words.plain("cw.goal.not_yet" if reached else "cw.goal.reached"), "ag.reach", goal.id)],
        [tap(words.plain("cw.goal.drop"), "ag.drop", goal.id)],
        back_row(words, "ag", client.id),
    ]
    return Screen(lines(_client(client), _goal(words, 0, goal)), rows, edit=True)


def tasks_screen(words: Words, client: Client) -> Screen:
    """What does the coordinator promise?"""
    buttons = [
        tap(words.plain(phrases.PHRASES[phrase].key), "ag.task", client.id, str(number))
        for number, phrase in enumerate(TASKS)
    ]
    text = lines(_client(client), bold(words("cw.task.which")))
    return Screen(text, [*in_rows(buttons, 1), back_row(words, "ag", client.id)], edit=True)


def task_day_screen(words: Words, client: Client, number: int, today: date) -> Screen:
    """By when?"""
    ids = client.id, str(number)
    rows = [*working_day_rows(words, "ag.until", today, *ids), *due_rows(words, "ag.until", today, *ids)]
    text = lines(_client(client), bold(_phrase(words, TASKS[number])), words("ms.until_when"))
    return Screen(text, [*rows, back_row(words, "ag.tasks", client.id)], edit=True)


def sign_screen(words: Words, found: Standing) -> Screen:
    """Ask once: both have signed on paper today?"""
    yes = [tap(words.plain("cw.sign.yes"), "ag.sign.yes", found.client.id)]
    text = lines(_client(found.client), words("cw.sign.sure"))
    return Screen(text, [yes, back_row(words, "ag", found.client.id)], edit=True)


def _client(client: Client) -> Markup:
    return Markup("👤 {}").format(bold(case(client.case_number)))


def _goal(words: Words, number: int, goal: Goal) -> Markup:
    """Own words stand only where the desk wrote some."""
    own = Markup(" <i>{}</i>").format(isolate(goal.words)) if goal.words else ""
    sign = "🏁" if goal.reached_on else FIELD_ICONS[goal.field]
    head = f"{sign} {number}." if number else sign
    return Markup("{} {}{}").format(head, _phrase(words, goal.phrase), own)


def _phrase(words: Words, phrase: str) -> Markup:
    return words.render(phrases.message(phrase, {}, words.language))
