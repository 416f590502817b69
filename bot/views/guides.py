"""An answer out of a guide page: the quoted lines with their source, or the page as something to read."""

from markupsafe import Markup

from bot.screens import Screen, link
from bot.views.parts import lines
from i18n import dates as spoken
from i18n.bidi import isolate
from i18n.messages import Words
from offers.guide_types import GuideHit


def guide_answer(words: Words, hit: GuideHit) -> Screen:
    """The passage with its page, day and link; a page that may not answer is only pointed to."""
    page = hit.page
    day = spoken.day(page.last_updated, words.language) if page.last_updated else None
    text = lines(
        None if hit.confident else words("guide.perhaps"),
        Markup("📖 <b>{}</b>").format(isolate(page.title)),
        Markup("<blockquote>{}</blockquote>").format(hit.passage) if hit.confident else None,
        Markup("ℹ️ {}").format(
            words("guide.source", source=page.source, day=day)
            if day
            else words("guide.source_undated", source=page.source)
        ),
    )
    return Screen(text, [[link(words.plain("guide.read"), page.url)]], notify=False)
