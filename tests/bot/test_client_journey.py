"""A person with a phone and a question, from /start to /delete; and the volunteer beside them."""

from typing import Any

import pytest

from bot.flood import Flood
from i18n.languages import LANGUAGES
from nlu.types import Guess, Intent, Source, Understanding
from nlu.understanding import Understander
from people.types import Role
from playground.phone import buttons
from playground.types import Json
from tests.bot.world import (
    CLIENT,
    VOLUNTEER,
    LotseWorld,
    all_said,
    data_of,
    said,
    sentence,
)

ARABIC = "اريد كورس الماني في هار مع حضانة اطفال"


def cards(messages: list[Json]) -> list[Json]:
    """The offer cards among messages, in order."""
    return [message for message in messages if any(data.startswith("want:") for data in data_of(message))]


def offer_of(card: Json) -> str:
    return next(data for data in data_of(card) if data.startswith("want:")).partition(":")[2]


def german_name(message: Json) -> str:
    return next(line for line in said(message).splitlines() if line.startswith("🇩🇪"))


async def test_from_start_to_the_menu_in_arabic(lotse: LotseWorld) -> None:
    amira = lotse.phone(CLIENT)
    [languages] = await amira.opens()
    names = buttons(languages)
    assert names[0] == "العربية", "the phone's own language comes first"
    assert sorted(names) == sorted(language.name for language in LANGUAGES.values())

    [notice] = await amira.taps("العربية")
    text = said(notice)
    for key in ("notice.telegram", "notice.voluntary", "notice.readers", "notice.stored"):
        assert sentence("ar", key) in text
    assert lotse.settings.contact_phone in text
    assert notice["message_id"] == languages["message_id"], "the notice takes the place of the languages"

    [menu] = await amira.taps(sentence("ar", "notice.button.go_on"))
    assert sentence("ar", "menu.hint") in said(menu)
    assert {"topic:german_course", "topic:housing", "sos", "human", "settings", "langs"} <= set(data_of(menu))
    assert not any(data.startswith(("cl.", "my.")) for data in data_of(menu)), "neither staff nor linked"

    [again] = await amira.opens()
    assert sentence("ar", "menu.title") in said(again), "who has chosen once is not asked again"


async def test_the_arabic_question_gets_a_fitting_card_first(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "ar")
    messages = await amira.says(ARABIC)
    first, *others = cards(messages)
    assert len(others) <= 2
    assert "Haar" in said(first)
    assert "Kinderbetreuung" in german_name(first)
    head = [line for line in said(first).splitlines() if not line.startswith("🇩🇪")]
    assert [line[0] for line in head] == ["🗣", "📍", "🕒", "💶"]

    [more] = await amira.taps(data=f"offer:{offer_of(first)}")
    assert more["message_id"] == first["message_id"], "the card unfolds in its place"
    text = said(more)
    for icon in ("👶", "📞", "🏢", "📝"):
        assert icon in text
    assert german_name(first) in text, "the German name"
    assert any(entity["type"] == "blockquote" for entity in more["entities"]), "the German sentence to show"
    assert text.splitlines()[-1].startswith(("ℹ️", "⚠️")), "source and day of the last check"


async def test_a_german_question_with_level_time_and_place(lotse: LotseWorld) -> None:
    jonas = await lotse.arrives(VOLUNTEER, "de")
    first, *_ = cards(await jonas.says("Deutschkurs B1 abends in Unterschleißheim"))
    assert "Unterschleißheim" in said(first)
    assert "B1" in said(first)
    assert "❗️" not in said(first), "nothing of the question is missing"
    hours = next(line for line in said(first).splitlines() if line.startswith("🕒"))
    assert any(f"{hour}:" in hours for hour in ("17", "18", "19", "20"))


async def test_dates_as_a_calendar_file(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "ar")
    card, *_ = cards(await amira.says(ARABIC))
    await amira.taps(data=f"offer:{offer_of(card)}")
    [message] = await amira.taps(data=f"ics:{offer_of(card)}")
    document = message["document"]
    assert document["file_name"] == "lotse.ics"
    content = lotse.server.state.files[document["file_id"]].content.decode()
    assert content.startswith("BEGIN:VCALENDAR\r\n")
    assert content.count("BEGIN:VEVENT") == 1, "a course that is held every week is one series"
    assert "DTSTART;TZID=Europe/Berlin:20261201T083000" in content
    assert "RRULE:FREQ=WEEKLY" in content
    assert any("Kinderbetreuung" in line for line in said(message).splitlines())


async def test_something_is_wrong_with_an_entry(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    card, *_ = cards(await amira.says("german course in Haar"))
    await amira.taps(data=f"offer:{offer_of(card)}")
    [what] = await amira.taps(sentence("en", "card.wrong"))
    assert sentence("en", "report.title") in said(what)
    [kept] = await amira.taps(sentence("en", "report.closed"))
    assert sentence("en", "report.kept") in said(kept)
    [(offer, reason)] = lotse.rows("SELECT offer_id, reason FROM offer_reports")
    assert (offer, reason) == (offer_of(card), "closed")


async def test_a_wish_of_somebody_without_a_coordinator(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "ar")
    card, *_ = cards(await amira.says(ARABIC))
    [how] = await amira.taps(data=f"want:{offer_of(card)}")
    assert "📞 089 99998" in said(how)
    assert german_name(card).removeprefix("🇩🇪").strip() in said(how), "the German sentence names the offer"
    assert lotse.rows("SELECT count(*) FROM requests") == [(0,)]


async def test_a_wish_of_a_linked_client_reaches_the_coordinator(lotse: LotseWorld) -> None:
    katrin = await lotse.coordinator()
    amira, _ = await lotse.client(katrin, "LM-2027/014", language="ar")
    card, *_ = cards(await amira.says(ARABIC))
    [kept] = await amira.taps(data=f"want:{offer_of(card)}")
    assert sentence("ar", "want.kept_who") in said(kept)
    [news] = await katrin.reads()
    assert said(news) == sentence("de", "push.news"), "no case number and no wish in a push"


async def test_follow_up_questions(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    first, *_ = cards(await amira.says("German course B1 in Unterschleißheim"))
    assert "Unterschleißheim" in said(first)

    found = cards(await amira.says("and in Haar?"))
    assert "📍 Haar" in said(found[0])
    assert all("🗣" in said(card) for card in found), "the subject stays"

    found = cards(await amira.says("only evenings"))
    hours = next(line for line in said(found[0]).splitlines() if line.startswith("🕒"))
    assert any(f"{hour}:" in hours for hour in ("17", "18", "19", "20"))
    assert len(found) >= 2

    unclear = await amira.says("hmm brrr")
    assert not {"guess:greet", "guess:thanks"} & set(data_of(unclear[0]))
    [more] = await amira.says("the second one")
    assert german_name(more) == german_name(found[1]), "what was not understood in between changes nothing"

    await lotse.moves(minutes=16)
    answer = await amira.says("the second one")
    assert german_name(found[1]) not in all_said(answer), "after a quarter of an hour nothing is remembered"


async def test_a_location_brings_the_nearest_first(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    asked = await amira.says("German course")
    [ask] = await amira.taps(sentence("en", "search.near_me"), message_id=asked[-1]["message_id"])
    assert sentence("en", "search.send_location") in said(ask)
    keyboard = (await amira.phone.view())["keyboard"]
    assert keyboard["keyboard"][0][0]["request_location"] is True
    found = cards(await amira.sends("location", latitude=48.1087, longitude=11.7285))
    assert "Haar" in said(found[0])


async def test_before_start_a_question_is_answered_first(lotse: LotseWorld) -> None:
    stranger = lotse.phone(CLIENT)
    messages = await stranger.says(ARABIC)
    assert "Haar" in said(cards(messages)[0])
    assert "lang:ar" in data_of(messages[-1]), "the languages come after the answer"
    assert not any("lang:ar" in data_of(message) for message in await stranger.says(ARABIC)), "once is enough"


async def test_whoever_chose_no_language_is_spoken_to_in_their_own(lotse: LotseWorld) -> None:
    stranger = lotse.phone(CLIENT, language="de")
    await stranger.says(ARABIC)
    [menu] = await stranger.taps(data="menu")
    assert sentence("ar", "menu.title") in said(menu), "a tap too"
    await lotse.arrives(VOLUNTEER, "de")
    [greeting] = await lotse.phone(VOLUNTEER).says("Hallo")
    assert sentence("de", "greet.text") in said(greeting)
    assert "topic:german_course" in data_of(greeting), "hello and the menu are one message"
    await lotse.phone(VOLUNTEER).says(ARABIC)
    [menu] = await lotse.phone(VOLUNTEER).taps(data="menu")
    assert sentence("de", "menu.title") in said(menu), "what was chosen stays"


async def test_an_emergency_is_answered_first_of_all(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "ar")
    [numbers] = await amira.says("زوجي معه سكين")
    lines = said(numbers).splitlines()
    assert lines[1].startswith("📞 110"), "violence: the police first"
    assert any("116 016" in line for line in lines[1:4])
    assert any("112" in line for line in lines)


async def test_an_emergency_is_answered_while_nothing_can_be_stored(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "ar")
    async with lotse.core.database.write():
        await amira.phone.say("زوجي معه سكين")
        numbers = await amira.phone.wait("110")
    assert "📞" in said(numbers)
    await lotse.quiet()
    texts = [said(message) for message in await amira.phone.messages() if message["from_bot"]]
    assert sum("116 016" in text for text in texts) == 1, "said once, however often the storing is tried"


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "error", "status": 429, "retry_after": 1},
        {"kind": "error", "status": 500},
        {"kind": "cut_before"},
        {"kind": "garbage"},
    ],
    ids=lambda fault: str(fault.get("status", fault["kind"])),
)
async def test_in_danger_the_numbers_come_also_when_telegram_refuses_the_first_try(
    lotse: LotseWorld, fault: dict[str, Any]
) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    lotse.server.state.faults.add({"methods": ["sendMessage"]} | fault)
    await amira.phone.say("Hilfe, mein Mann schlägt mich, er hat ein Messer")
    numbers = await amira.phone.wait("116 016")
    assert sentence("de", "emergency.title") in said(numbers), "in the language of the cry"
    await lotse.quiet()
    texts = [said(message) for message in await amira.phone.messages() if message["from_bot"]]
    assert sum("116 016" in text for text in texts) == 1


@pytest.mark.parametrize("kind", ["photo", "video", "document"])
async def test_danger_that_is_written_below_a_picture_gets_the_numbers(lotse: LotseWorld, kind: str) -> None:
    amira = await lotse.arrives(CLIENT, "de")
    cry = "Hilfe, mein Mann schlägt mich, er hat ein Messer"
    numbers, *_ = await amira.sends(kind, caption=cry)
    assert "116 016" in said(numbers)
    lotse.server.state.faults.add({"kind": "error", "status": 500, "methods": ["sendMessage"]})
    owed, *_ = await amira.sends(kind, caption=cry)
    assert "116 016" in said(owed), "also where Telegram refused the first try"
    calm = await amira.sends(kind, caption="Ist das mein Termin?")
    assert "116 016" not in all_said(calm)


async def test_in_danger_and_beyond_the_measure_the_numbers_come_at_the_second_try(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "de")
    lotse.lotse.intake._flood = Flood(1, lambda: 0.0)
    await amira.says("/help")
    lotse.server.state.faults.add({"kind": "error", "status": 500, "methods": ["sendMessage"]})
    await amira.phone.say("Hilfe, mein Mann schlägt mich, er hat ein Messer")
    assert await amira.phone.wait("116 016")


@pytest.mark.parametrize(("danger", "source"), [(0.01, "model"), (0.2, "model"), (0.01, "keywords")])
async def test_a_false_alarm_does_not_swallow_the_question(
    lotse: LotseWorld, monkeypatch: pytest.MonkeyPatch, danger: float, source: Source
) -> None:
    async def calm(_self: Understander, _text: str, _language: str) -> Understanding:
        ranking = (Guess(Intent.FIND_HEALTH, 0.7), Guess(Intent.EMERGENCY, danger))
        return Understanding(Intent.FIND_HEALTH, 0.7, ranking, (), source)

    monkeypatch.setattr(Understander, "understand", calm)
    amira = await lotse.arrives(CLIENT, "ar")
    numbers, *answer = await amira.says("زوجي معه سكين")
    assert "112" in said(numbers)
    assert bool(answer) == (danger < 0.05 and source == "model")


async def test_not_understood_gives_three_guesses(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    [guesses, *_] = await amira.says("xqzt plomp frindle")
    assert sentence("en", "search.not_sure") in said(guesses)
    choices = [data for data in data_of(guesses) if data.startswith(("meant:", "guess:"))]
    assert len(choices) == 3
    assert {"menu", "human"} <= set(data_of(guesses))
    answer = await amira.taps(data=choices[0])
    assert answer, "a guess leads somewhere"


async def test_an_answer_that_may_miss_comes_with_the_next_guesses(
    lotse: LotseWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unsure(_self: Understander, _text: str, _language: str) -> Understanding:
        ranking = (
            Guess(Intent.FIND_LEISURE, 0.4),
            Guess(Intent.FIND_SCHOOL, 0.3),
            Guess(Intent.OUT_OF_SCOPE, 0.1),
            Guess(Intent.HELP, 0.05),
        )
        return Understanding(Intent.FIND_LEISURE, 0.4, ranking, (), "model", is_unsure=True)

    monkeypatch.setattr(Understander, "understand", unsure)
    amira = await lotse.arrives(CLIENT, "en")
    messages = await amira.says("what is there for an afternoon")
    assert cards(messages), "the likeliest is answered"
    assert sentence("en", "search.or_else") in said(messages[-1])
    school, help_, *ways_out = data_of(messages[-1])
    assert school.startswith("meant:school:")
    assert [help_, *ways_out] == ["guess:help", "menu", "human"]


async def test_a_menu_topic_gives_cards_and_ways_on(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    messages = await amira.taps(data="topic:leisure")
    assert 1 <= len(cards(messages)) <= 3
    assert {"near", "menu", "human"} <= set(data_of(messages[-1]))


async def test_the_menu_after_another_language_has_what_the_menu_before_had(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    card, *_ = cards(await amira.says("german course in Haar"))
    await amira.tampers(f"kept:{offer_of(card)}:on")
    [menu] = await amira.says("/menu")
    *_, after = await amira.tampers("lang:ar")
    assert "kept.list" in data_of(menu)
    assert data_of(after) == data_of(menu)


@pytest.mark.parametrize(
    ("confidence", "unsure", "source", "stops"),
    [
        (0.3, True, "model", False),
        (0.6, True, "model", False),
        (0.3, False, "keywords", False),
        (0.9, False, "model", True),
    ],
)
async def test_only_who_surely_wants_no_more_messages_is_sent_none(
    lotse: LotseWorld,
    monkeypatch: pytest.MonkeyPatch,
    confidence: float,
    unsure: bool,
    source: Source,
    stops: bool,
) -> None:
    async def guessed(_self: Understander, _text: str, _language: str) -> Understanding:
        ranking = (Guess(Intent.STOP_MESSAGES, confidence), Guess(Intent.SHOW_APPOINTMENTS, 0.2))
        return Understanding(Intent.STOP_MESSAGES, confidence, ranking, (), source, is_unsure=unsure)

    monkeypatch.setattr(Understander, "understand", guessed)
    amira = await lotse.arrives(CLIENT, "en")
    [answer] = await amira.says("my bus stop is gone, no message for me?")
    assert (await amira.actor()).person.paused is stops
    assert ("pause:off" in data_of(answer)) is stops
    if not stops:
        assert {"guess:stop_messages", "guess:show_appointments"} <= set(data_of(answer))
        [paused] = await amira.taps(data="guess:stop_messages")
        assert "pause:off" in data_of(paused)
        assert (await amira.actor()).person.paused


async def test_stop_pauses_and_settings_resume(lotse: LotseWorld) -> None:
    katrin = await lotse.coordinator()
    amira, _ = await lotse.client(katrin, language="en")
    [stopped] = await amira.says("/stop")
    assert said(stopped) == sentence("en", "settings.paused")
    assert (await amira.actor()).person.paused
    await amira.taps(sentence("en", "settings.resume"), message_id=stopped["message_id"])
    assert not (await amira.actor()).person.paused
    await amira.says("/stop")
    [settings] = await amira.taps(data="menu") and await amira.taps(data="settings")
    assert sentence("en", "settings.state_paused") in said(settings)
    await amira.taps(data="pause:off")
    assert not (await amira.actor()).person.paused


async def test_privacy_says_what_is_stored(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    [privacy] = await amira.says("/privacy")
    assert sentence("en", "privacy.stored_chat") in said(privacy)


async def test_language_can_be_changed_at_any_time(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    await amira.says("/language")
    confirmed, menu = await amira.taps(data="lang:de")
    assert said(confirmed) == sentence("de", "language.set")
    assert sentence("de", "menu.title") in said(menu)
    [offered] = (await amira.says(ARABIC))[-1:]
    assert data_of(offered) == ["lang:ar"], (
        "the language that somebody writes in is offered, not forced on them"
    )
    assert (await amira.actor()).person.language == "de"


async def test_delete_asks_once_and_leaves_nothing(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    await amira.says("German course in Haar")
    [asked] = await amira.says("/delete")
    assert sentence("en", "forget.title") in said(asked)
    [kept] = await amira.taps(sentence("en", "forget.no"))
    assert sentence("en", "menu.title") in said(kept)
    await amira.says("/delete")
    [gone] = await amira.taps(sentence("en", "forget.yes"))
    assert said(gone) == sentence("en", "forget.done")
    for table in ("persons", "drafts", "roles", "outbox"):
        assert lotse.rows(f"SELECT count(*) FROM {table}") == [(0,)], table
    [languages] = await amira.opens()
    assert f"lang:{LANGUAGES['en'].tag}" in data_of(languages), "whoever writes again starts anew"


async def test_whoever_is_not_linked_hears_how_that_goes(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    for question in ("When is my appointment?", "what did I agree?"):
        messages = await amira.says(question)
        assert lotse.settings.contact_phone in all_said(messages), question
        assert not cards(messages)


@pytest.mark.parametrize(
    "command", ["/help", "/menu", "/person", "/language", "/privacy", "/stop", "/delete"]
)
async def test_every_command_has_a_way_on(lotse: LotseWorld, command: str) -> None:
    amira = await lotse.arrives(CLIENT, "uk")
    [answer] = await amira.says(command)
    assert data_of(answer)


async def test_commands_are_in_telegrams_own_menu(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "de")
    await lotse.until(lambda: ("default", "uk") in lotse.server.state.profile.commands)
    commands = {
        command["command"]: command["description"] for command in (await amira.phone.view())["commands"]
    }
    assert commands["delete"] == sentence("de", "command.delete"), "she chose German; her phone speaks Arabic"


async def test_a_volunteer_joins_asks_and_shows_a_card_in_another_language(lotse: LotseWorld) -> None:
    code = await lotse.admin_invites(Role.VOLUNTEER)
    jonas = lotse.phone(VOLUNTEER)
    await jonas.opens(f"https://t.me/lotse_playground_bot?start=join_{code}")
    await jonas.taps("Deutsch")
    [invitation] = await jonas.taps(sentence("de", "notice.button.go_on"))
    assert sentence("de", "invitation.for.volunteer") in said(invitation)
    welcome, menu = await jonas.taps(sentence("de", "invitation.accept"))
    assert said(welcome) == sentence("de", "invitation.welcome.volunteer")
    assert (await jonas.actor()).roles == {Role.VOLUNTEER}
    assert not any(data.startswith("cl.") for data in data_of(menu))

    card, *_ = cards(await jonas.says("Deutschkurs mit Kinderbetreuung in Haar"))
    assert said(card).splitlines()[0].startswith("🗣 Deutschkurs")
    await jonas.taps(data=f"offer:{offer_of(card)}")
    [which] = await jonas.taps(sentence("de", "card.show_in"))
    assert "العربية" in buttons(which)
    [arabic] = await jonas.taps("العربية")
    assert sentence("ar", "kind.german_course") in said(arabic)
    assert "Deutschkurs" in german_name(arabic)


async def test_a_volunteer_link_serves_several_people(lotse: LotseWorld) -> None:
    code = await lotse.admin_invites(Role.VOLUNTEER)
    for user in (7101, 7102, 7103):
        pocket = await lotse.joins(user, code)
        assert (await pocket.actor()).roles == {Role.VOLUNTEER}


async def test_blocking_the_bot_and_coming_back(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    await amira.does("block")
    assert not (await amira.actor()).person.reachable
    await amira.does("unblock")
    assert (await amira.actor()).person.reachable
    assert await amira.says("/menu")
