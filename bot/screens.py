"""Screens as plain data, and the one function that turns them into Bot API calls."""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from bot.texts import split_html
from i18n.bidi import one_side
from i18n.messages import Words

MAX_CALLBACK_BYTES = 64
MAX_BUTTONS_IN_ROW = 8
MAX_BUTTONS = 100


@dataclass(frozen=True)
class Button:
    """An inline button: `data` comes back as a tap, `url` opens a page; one of both."""

    text: str
    data: str = ""
    url: str = ""


def tap_data(route: str, *args: str) -> str:
    """The callback data of a tap that leads to a route: `route:arg:…`. Raises ValueError when Telegram would refuse it."""
    data = ":".join((route, *args))
    if len(data.encode()) > MAX_CALLBACK_BYTES:
        raise ValueError(f"callback data of {route} is longer than {MAX_CALLBACK_BYTES} bytes")
    return data


def tap(text: str, route: str, *args: str) -> Button:
    """A button that leads to a route; ids in `args` are checked again when the tap comes."""
    return Button(text, data=tap_data(route, *args))


def link(text: str, url: str) -> Button:
    """A button that opens a page or another chat."""
    return Button(text, url=url)


@dataclass(frozen=True)
class Document:
    """A file that goes with a screen."""

    filename: str
    content: bytes


@dataclass(frozen=True)
class Screen:
    """What a person sees: HTML text, buttons in rows, perhaps a file.

    `edit` replaces the message whose button was tapped, where there is one. `ask_location` shows Telegram's own button for sending a place.
    `opens` marks details of a record, which close again after a while: it is the tap that shows them another time.
    """

    text: Markup
    rows: Sequence[Sequence[Button]] = ()
    edit: bool = False
    document: Document | None = None
    ask_location: str = ""
    notify: bool = True
    opens: str = ""

    @property
    def closes(self) -> bool:
        """Whether it closes by itself; a file stays for whoever asked for it, until it is deleted."""
        return bool(self.opens) and self.document is None


def closing(screen: Screen, *opens: str) -> Screen:
    """The screen, which closes again by itself; route and ids in `opens` lead back to it."""
    return replace(screen, opens=tap_data(*opens))


PushView = Callable[[Words, str], Screen]
"""From words and the id of what there is news about to a screen that tells no more than that."""


def marked(screen: Screen, picture: str) -> Screen:
    """The screen with the picture of the case that it is about; as it is where there is none."""
    return replace(screen, text=Markup("{} {}").format(picture, screen.text)) if picture else screen


Call = Mapping[str, Any]
"""A Bot API call without its chat: `{"method": …, …}`; JSON."""


def calls(screen: Screen, tapped_message: int | None) -> Iterator[Call]:
    """The calls that show a screen; long texts become several messages, the buttons hang on the last."""
    if screen.document is not None:
        yield {
            "method": "sendDocument",
            "filename": screen.document.filename,
            "content": base64.b64encode(screen.document.content).decode(),
            "caption": one_side(str(screen.text)),
        }
        return
    parts = split_html(one_side(str(screen.text)))
    markup = keyboard(screen)
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        call: dict[str, Any] = {"method": "sendMessage", "text": part}
        if screen.edit and tapped_message is not None and len(parts) == 1:
            call = {"method": "editMessageText", "message_id": tapped_message, "text": part}
        if last and markup is not None:
            call["reply_markup"] = markup
        if not screen.notify:
            call["disable_notification"] = True
        yield call


def keyboard(screen: Screen) -> dict[str, Any] | None:
    """The screen's buttons as a reply_markup, None when it has none. Raises ValueError on what Telegram refuses."""
    if screen.ask_location:
        button = {"text": screen.ask_location, "request_location": True}
        return {"keyboard": [[button]], "resize_keyboard": True, "one_time_keyboard": True}
    rows = [list(row) for row in screen.rows if row]
    if not rows:
        return None
    if sum(map(len, rows)) > MAX_BUTTONS or any(len(row) > MAX_BUTTONS_IN_ROW for row in rows):
        raise ValueError("more buttons than Telegram shows")
    return {"inline_keyboard": [[_button(button) for button in row] for row in rows]}


def _button(button: Button) -> dict[str, str]:
    if not button.text or bool(button.data) == bool(button.url):
        raise ValueError("a button needs a text and either data or a url")
    return (
        {"text": button.text, "callback_data": button.data}
        if button.data
        else {"text": button.text, "url": button.url}
    )
