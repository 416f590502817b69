"""Which goal belongs to which field of action, and what an agreement consists of: pure functions."""

import re
from collections.abc import Iterable, Mapping
from datetime import date

from agreements.goals.types import AgreedGoal, AgreedStep, AgreedTask, Content, Goal, MilestoneGoal, Task
from agreements.rules import months_later
from agreements.types import Milestone, MilestoneStatus

FIELD_OF: Mapping[str, str] = {
    "flat_of_my_own": "housing",
    "know_about_renting": "housing",
    "german_for_everyday": "education",
    "german_for_work": "education",
    "school_certificate": "education",
    "recognised_certificates": "education",
    "children_looked_after": "education",
    "know_my_rights": "participation",
    "meet_people": "participation",
    "stay_healthy": "participation",
    "find_work": "work",
    "start_apprenticeship": "work",
    "know_my_skills": "work",
    "live_on_my_own_money": "work",
    "take_part_in_public": "public",
}
"""Goals of the phrase book by the field of action of the roadmap that they belong to."""
TASKS = ("i_register_you", "i_ask_the_office", "i_look_for_childcare", "i_will_call_you")
"""Phrases with which a coordinator promises something."""
ERASURE = "decide_on_erasure"
"""What the law asks of the coordinator once a person wants their data deleted: no promise, and no part of an agreement."""
WORDS_LENGTH = 300
_NUMBER = re.compile(r"[1-9](\.[1-9][0-9]?){1,3}")


def roadmap_number(text: str) -> str | None:
    """The number of a goal of the roadmap, `3.2.3`, or None when it is none."""
    found = text.strip().rstrip(".")
    return found if _NUMBER.fullmatch(found) else None


def erasure_due_on(asked_on: date) -> date:
    """Until when it is to be decided: a month after it was asked for (Article 12), or the last day of a shorter one."""
    return months_later(asked_on, 1)


def content(
    goals: Iterable[Goal],
    milestones: Iterable[Milestone],
    tasks: Iterable[Task],
    links: Mapping[str, MilestoneGoal],
) -> Content:
    """What is agreed, in one order, so that two contents can be compared; dropped milestones are no part of it."""
    steps = [_step(m, links.get(m.id)) for m in milestones if m.status is not MilestoneStatus.DROPPED]
    return Content(
        tuple(AgreedGoal(g.id, g.field, g.phrase, g.words, g.roadmap_goal) for g in goals),
        tuple(sorted(steps, key=lambda step: (step.due_on, step.id))),
        tuple(AgreedTask(t.id, t.milestone_id, t.phrase, t.due_on) for t in tasks),
    )


def _step(milestone: Milestone, link: MilestoneGoal | None) -> AgreedStep:
    return AgreedStep(
        milestone.id,
        link.goal_id if link else None,
        milestone.phrase,
        dict(milestone.slots),
        milestone.due_on,
        milestone.offer_id,
        link.roadmap_goal if link else None,
    )
