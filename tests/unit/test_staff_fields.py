"""What only the district's people see of an offer: in the editor of the phone, in every language, and on no card."""

from datetime import UTC, date, datetime

import pytest

from bot.views import cards, coordinator_editing
from i18n.languages import LANGUAGES
from i18n.messages import words
from offers import editing, rules
from offers.types import Hit, Offer
from tests import catalogue

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def offer() -> Offer:
    id_ = rules.stable_id("service", "kurs")
    return catalogue.offer(id_, district_financed="yes", cooperation_until=date(2028, 12, 31))


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_pays_and_until_when_is_agreed_stands_in_the_editor(language: str) -> None:
    spoken = words(language)
    text = coordinator_editing.offer_screen(spoken, offer()).text.striptags()
    for field in ("district_financed", "cooperation_until"):
        assert spoken.plain("ed.f." + field) in text
    assert "2028" in text or "۲۰۲۸" in text or "٢٠٢٨" in text
    for field in editing.ONE:
        assert coordinator_editing.choose_screen(spoken, offer(), field).rows


def test_it_stands_on_no_card() -> None:
    spoken = words("de")
    card = cards.full_card(
        spoken, offer(), (), NOW, edit=False, keeper=True, review_days=catalogue.REVIEW_DAYS
    )
    short = cards.short_card(spoken, Hit(offer(), None, None, ()), (), NOW, review_days=catalogue.REVIEW_DAYS)
    for shown in (str(card), str(short)):
        assert "2028" not in shown
        assert spoken.plain("ed.f.district_financed") not in shown
