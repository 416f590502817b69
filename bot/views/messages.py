"""Views of messages that were written to one or many."""

from agreements.campaigns.types import OpenedMessage, Reply
from bot.screens import Screen, closing, tap
from bot.views.parts import lines, with_home
from i18n.messages import Words


def message_screen(words: Words, opened: OpenedMessage) -> Screen:
    """The message, whether it was corrected, and the answer that was given."""
    given = opened.recipient.answer
    text = lines(
        words("message.corrected") if opened.corrected else None,
        words.render(opened.text),
        *(["", words("message.answered_" + given.value)] if given else []),
    )
    buttons = [
        tap(words.plain("message." + reply.value), "msg.is", opened.recipient.id, reply.value)
        for reply in Reply
        if reply is not given
    ]
    return closing(Screen(text, with_home(words, [buttons]), edit=True), "msg", opened.recipient.id)
