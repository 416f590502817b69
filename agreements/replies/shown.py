"""What stands on the client's phone of a signed agreement, and the mark by which it is known again."""

import hashlib
import json
from collections.abc import Mapping

from agreements.goals.types import Version
from i18n import phrases
from i18n.messages import words


def said(version: Version, language: str) -> list[str]:
    """What was agreed as it reads in a language, line by line; days as the calendar has them, however they are written out."""

    def phrase(name: str, slots: Mapping[str, str]) -> str:
        return words(language).render(phrases.message(name, slots, language)).striptags()

    content = version.content
    goals = [line for goal in content.goals for line in (phrase(goal.phrase, {}), goal.words)]
    steps = [f"{step.due_on} {phrase(step.phrase, step.slots)}" for step in content.steps]
    tasks = [f"{task.due_on} {phrase(task.phrase, {})}" for task in content.tasks]
    return [f"{version.number} {version.signed_on}", *goals, "", *steps, "", *tasks]


def mark(version: Version, language: str) -> str:
    """SHA-256 of all of it, with the language; another one where a word or a day differs."""
    text = json.dumps([language, said(version, language)], ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
