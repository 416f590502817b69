"""Views of invitations: a picture to scan, which speaks to whoever is invited, and for the coordinator how to hand it over."""

import io

import segno
from markupsafe import Markup

from agreements.types import Client
from bot.screens import Document, Screen
from bot.turn import House
from bot.views.coordinator_parts import case, menu_row
from bot.views.parts import bold, lines
from i18n import dates as spoken
from i18n.bidi import left_to_right
from i18n.languages import SOURCE
from i18n.messages import Words
from i18n.messages import words as words_in
from people.types import NewInvitation, Role

FILE_NAME = "lotse-qr.png"
# Pixels for each dot: large enough to be printed at the width of a hand and scanned from a phone held at arm's length.
_DOT = 12


def client_invitation(words: Words, house: House, client: Client, new: NewInvitation) -> list[Screen]:
    """The picture with a sentence in the client's language to show, and what the coordinator does with it.

    No buttons hang on it: what they open would take the place of a link that is shown only once.
    """
    title = words("iv.title_client", case=case(client.case_number))
    text = lines(
        *_how(words, house, new, title),
        _limit(words, new, "iv.once"),
        Markup("❗️ {}").format(words("iv.own_phone")),
    )
    return [_picture(house, new, _captions(client.language, "iv.scan_client")), Screen(text)]


def role_invitation(words: Words, house: House, role: Role, new: NewInvitation) -> list[Screen]:
    """The picture and what to do with it, for somebody who works with Lotse."""
    title = words("iv.title_" + role.value)
    text = lines(
        *_how(words, house, new, title),
        _limit(words, new, "iv.many" if role is Role.VOLUNTEER else "iv.once"),
    )
    picture = _picture(house, new, _captions(words.language, "iv.scan_staff"))
    return [picture, Screen(text, [menu_row(words)])]


def qr_png(address: str) -> bytes:
    """The address as a QR code that survives a fold or a stain."""
    image = io.BytesIO()
    segno.make_qr(address, error="q").save(image, kind="png", scale=_DOT, border=4)
    return image.getvalue()


def _address(house: House, new: NewInvitation) -> str:
    return house.deep_link(_payload(new))


def _payload(new: NewInvitation) -> str:
    return f"join_{new.code}"


def _picture(house: House, new: NewInvitation, caption: Markup) -> Screen:
    return Screen(caption, document=Document(FILE_NAME, qr_png(_address(house, new))))


def _captions(language: str, key: str) -> Markup:
    """The sentence in the language of who is invited, and in German, which whoever stands beside them reads."""
    own = Markup("📷 {}").format(words_in(language)(key))
    return own if language == SOURCE else lines(own, Markup("🇩🇪 {}").format(words_in(SOURCE)(key)))


def _how(words: Words, house: House, new: NewInvitation, title: Markup) -> list[Markup | str]:
    typed = Markup("<code>{}</code>").format(f"/start {_payload(new)}")
    return [
        Markup("🔗 {}").format(bold(title)),
        "",
        Markup("1. {}").format(words("iv.how_scan")),
        Markup("2. {}").format(words("iv.how_link")),
        # Bare: a direction mark beside it would be copied along and spoil the code.
        _address(house, new),
        Markup("3. {}").format(words("iv.how_code", bot=left_to_right(f"@{house.bot_username}"))),
        typed,
        "",
    ]


def _limit(words: Words, new: NewInvitation, key: str) -> Markup:
    until = words("iv.until", moment=spoken.moment(new.expires_at, words.language))
    return Markup("⏳ {} {}").format(until, words(key))
