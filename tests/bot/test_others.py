"""Asking for somebody else without an invitation: by a button and in words, in every language, with nothing kept about them."""

import pytest

from bot.handlers.client import others
from i18n.languages import LANGUAGES
from nlu.interpreter import Interpreter
from tests.bot.world import CLIENT, VOLUNTEER, LotseWorld, all_said, data_of, said, sentence


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_button_can_be_typed_in_every_language(language: str, interpreter: Interpreter) -> None:
    typed = sentence(language, "other.menu")
    assert others.says_so(typed)
    assert not others.asks_more(typed, await interpreter.understander.understand(typed, language))
    assert not others.says_so(sentence(language, "other.off"))
    assert not others.says_so(sentence(language, "saved.profile.hint"))


@pytest.mark.parametrize(
    "both",
    [
        "I'm asking for somebody else: is there a German course in Haar?",
        "I'm asking for somebody else: German course",
        "Ich frage für jemand anderen: Deutschkurs A1 Haar",
        "Ich frage für jemand anderen: Zahnarzt",
        "Ich frage für jemand anderen, in Haar",
    ],
)
async def test_a_question_for_somebody_else_is_still_a_question(both: str, interpreter: Interpreter) -> None:
    language = "de" if both.startswith("Ich") else "en"
    assert others.says_so(both)
    assert others.asks_more(both, await interpreter.understander.understand(both, language))
    assert not others.says_so("I need a doctor for my friend")


async def test_a_question_in_one_line_with_whom_it_is_for_is_answered(lotse: LotseWorld) -> None:
    jonas = await lotse.arrives(CLIENT, "de")
    answered = await jonas.says("Ich frage für jemand anderen: Deutschkurs A1 Haar")
    assert any(data.startswith("want:") for message in answered for data in data_of(message))
    assert sentence("de", "other.on") in all_said(answered)


async def test_whoever_has_no_role_asks_for_somebody_else_and_reads_how_to_become_a_volunteer(
    lotse: LotseWorld,
) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    await amira.says("/menu")
    before = lotse.rows("SELECT count(*) FROM roles")
    [opened] = await amira.taps(sentence("en", "other.menu"))
    assert sentence("en", "other.on") in said(opened)
    assert sentence("en", "other.text") in said(opened)
    assert "Volunteers get an invitation from" in said(opened)
    assert "filter.by:topic" in data_of(opened)
    assert not {"ss.keep", "pr.keep"} & set(data_of(opened))
    answered = await amira.says("german course in Haar")
    assert sentence("en", "other.on") in all_said(answered)
    assert lotse.rows("SELECT count(*) FROM roles") == before
    assert lotse.rows("SELECT count(*) FROM saved_profiles") == [(0,)]
    await amira.taps(sentence("en", "other.off"))
    assert sentence("en", "other.on") not in all_said(await amira.says("german course in Haar"))
    [typed] = await amira.says("Hello, I'm asking for someone else")
    assert sentence("en", "other.on") in said(typed)
    await lotse.moves(hours=1.1)
    assert sentence("en", "other.on") not in all_said(await amira.says("german course in Haar"))


async def test_a_wish_for_somebody_else_is_not_kept_in_the_own_case(lotse: LotseWorld) -> None:
    amira, _ = await lotse.client(await lotse.coordinator())
    offer = lotse.rows("SELECT id FROM offers WHERE external_id = 'deutsch-a1-kinderbetreuung-haar'")[0][0]
    await amira.says("Ich frage für jemand anderen")
    shown = all_said(await amira.tampers(f"want:{offer}"))
    assert sentence("ar", "want.how") in shown
    assert lotse.rows("SELECT count(*) FROM requests") == [(0,)]


async def test_a_volunteer_keeps_what_is_chosen_from_there(lotse: LotseWorld) -> None:
    vera = await lotse.volunteer(VOLUNTEER, "de")
    [opened] = await vera.says("Ich frage für jemand anderen")
    assert "Einladung für Ehrenamtliche" not in said(opened)
    [chosen] = await vera.tampers("filter.set:topic:german_course")
    assert "pr.keep" in data_of(chosen)
