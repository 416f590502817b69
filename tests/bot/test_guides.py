"""An answer out of a guide page in the chat: quoted with source, day and link; a page that may not answer is only named."""

import json
from typing import Any

import pytest

from tests.bot.world import CLIENT, LotseWorld, said, sentence

PAGES = [
    {
        "path": "/kreis/en/radio/",
        "title": "Broadcasting fee",
        "content": "<p>Introduction.</p><p>Every flat pays a broadcasting fee of 18.36 euros a month.</p>",
        "last_updated": "2026-05-02T10:00:00+02:00",
    },
    {
        "path": "/kreis/en/waste/",
        "title": "Waste & <recycling>",
        "content": "<p>The yellow bin is for packaging &lt;plastic&gt; and cans.</p>",
    },
    {
        "path": "/kreis/de/rundfunk/",
        "title": "Rundfunkbeitrag",
        "content": "<p>Jede Wohnung zahlt einen Rundfunkbeitrag.</p>",
    },
]


@pytest.fixture
async def guided(lotse: LotseWorld) -> LotseWorld:
    core = lotse.core
    async with core.database.write() as tx:
        report = await core.guides.import_integreat(
            tx, {"x.json": json.dumps(PAGES).encode()}, core.clock.now(), dry_run=False
        )
    assert report.errors == ()
    await lotse.until(lambda: bool(core.guides.search("broadcasting fee", "en")))
    return lotse


def quotes(messages: list[Any]) -> list[Any]:
    return [message for message in messages if "📖" in said(message)]


async def test_the_lines_that_answer_are_quoted_with_source_day_and_link(guided: LotseWorld) -> None:
    amira = await guided.arrives(CLIENT, "en")
    [answer] = quotes(await amira.says("what does the broadcasting fee cost every flat a month"))
    assert "18.36 euros" in said(answer)
    assert any(entity["type"] == "blockquote" for entity in answer["entities"])
    assert "Integreat (kreis)" in said(answer)
    assert "2026" in said(answer)
    [[button]] = answer["reply_markup"]["inline_keyboard"]
    assert button == {"text": sentence("en", "guide.read"), "url": "https://integreat.app/kreis/en/radio"}


async def test_text_from_outside_stays_text(guided: LotseWorld) -> None:
    amira = await guided.arrives(CLIENT, "en")
    [answer] = quotes(await amira.says("yellow bin for packaging plastic and cans"))
    assert "<plastic>" in said(answer)


async def test_what_no_page_answers_quotes_none(guided: LotseWorld) -> None:
    amira = await guided.arrives(CLIENT, "en")
    messages = await amira.says("recipe for pancakes with apples")
    assert not any("<blockquote>" in said(message) for message in quotes(messages))
    assert not any(
        entity["type"] == "blockquote" for m in quotes(messages) for entity in m.get("entities", [])
    )


async def test_another_language_hears_nothing_of_pages_it_has_not(guided: LotseWorld) -> None:
    amira = await guided.arrives(CLIENT, "uk")
    assert quotes(await amira.says("скільки коштує радіо за квартиру на місяць")) == []
