"""A question in the catalogue's words: what is kept of one that somebody wrote."""

from collections.abc import Sequence
from dataclasses import replace

from i18n.messages import words
from offers.responsible import matters
from offers.types import Query, Topic


def called(query: Query, kinds: Sequence[str], asked_in: str, language: str) -> Query:
    """The question with what the catalogue calls the things that its words name in their place, for a reader of the `language`.

    Things are `kinds` of offers, which whoever calls this found named, and matters of offices, as they are said where it was asked.
    """
    if not query.text:
        return query
    names = [f"kind.{kind}" for kind in kinds]
    if not names or query.topic == Topic.OFFICE:
        names += [matters.load()[matter].name for matter in matters.named(query.text, asked_in)]
    return replace(query, text=", ".join(dict.fromkeys(words(language).plain(name) for name in names)))
