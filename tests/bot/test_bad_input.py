"""What nobody expects: every time a clear answer or polite silence, and nothing is lost."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from people import rules
from people.types import Role
from playground.types import Json
from tests.bot.world import CLIENT, COORDINATOR, LotseWorld, Pocket, all_said, data_of, said, sentence

HOSTILE = (
    "<b>&",
    "<b>fett</b> & <script>alert(1)</script> </i> &amp; <",
    "{name} {0} %s %(x)s \\N{DIGIT ONE} ${jndi:ldap://x}",
    "'; DROP TABLE persons; -- \" OR 1=1",
    "\u202e gnihsihp \u2066\u2067\u2068 \u202d",
    "🙂🙃😀👩‍👩‍👧‍👦🇩🇪",
    "٠١٢٣٤٥٦٧٨٩ می\u200cخواهم",
    "Z̸̢̛a̵l̴g̷o̸ ţ̵e̶x̷t̴" * 20,
    "\u0000\u0007\u001b[31mred",
    "ሰላም እንደምን",
    "a" * 4000,
    ".",
    "/",
    "//start",
    "/start@another_bot",
    "-1e309 NaN Infinity 9" + "9" * 400,
)
MEDIA = ("sticker", "photo", "voice", "video", "document", "contact")


@pytest.fixture
async def amira(lotse: LotseWorld) -> AsyncIterator[Pocket]:
    """A client's phone with the menu open. Afterwards every update must be done, and no reply refused."""
    yield await lotse.arrives(CLIENT, "en")
    await lotse.quiet()
    counts = await lotse.counts()
    assert set(counts.inbox) == {"done"}, counts
    assert set(counts.outbox) == {"sent"}, counts
    refused = [call for call in lotse.server.state.calls if call.error_code == 400]
    assert not refused, [(call.method, call.description) for call in refused]


@pytest.mark.parametrize("kind", MEDIA)
async def test_media_gets_pictures_to_tap_and_who_reads_letters(
    lotse: LotseWorld, amira: Pocket, kind: str
) -> None:
    [answer] = await amira.sends(kind)
    assert sentence("en", "media.not_read") in said(answer)
    assert lotse.settings.contact_phone in said(answer)
    assert "topic:german_course" in data_of(answer)


async def test_ten_thousand_characters(lotse: LotseWorld, amira: Pocket) -> None:
    answers = await amira.says("Ich brauche einen Deutschkurs. " * 330)
    assert sentence("en", "error.too_long") in all_said(answers)
    assert await amira.says("/menu"), "and the bot goes on"


async def test_hostile_text_is_answered_and_harmless(lotse: LotseWorld, amira: Pocket) -> None:
    for text in HOSTILE:
        answers = await amira.says(text)
        assert answers, text
        assert any(data_of(answer) for answer in answers), f"a dead end after {text!r}"
        assert "<b>" not in all_said(answers)


async def test_only_emojis(lotse: LotseWorld, amira: Pocket) -> None:
    [answer, *_] = await amira.says("😀😀😀")
    assert {"menu", "human"} <= set(data_of(answer))


async def test_unknown_command(lotse: LotseWorld, amira: Pocket) -> None:
    for command in ("/frobnicate", "/START_", "/admin", "/start join", "/start %00"):
        answers = await amira.says(command)
        assert answers, command
        assert any(data_of(answer) for answer in answers), command


async def test_a_slash_with_anything_behind_it_shows_the_help(lotse: LotseWorld, amira: Pocket) -> None:
    for command in ("/помощь", "/ 3", "/мeню", "/مساعدة", "/"):
        [answer] = await amira.says(command)
        assert said(answer) == sentence("en", "help.text"), command


# --- taps


TAMPERED = (
    "x",
    "offer",
    "offer:",
    "offer:nothing",
    "offer:a:b",
    "ics:" + "0" * 16,
    "want:../../etc/passwd",
    "wrong.as:nothing:nothing",
    "lang:xx",
    "lang:../de",
    "notice:" + "v" * 50,
    "topic:weapons",
    "guess:nothing",
    "pause:maybe",
    "who.in:housing_benefit:00291",
    "who.in:housing_benefit:99999999999999999999",
    "filter.list:0000099999",
    "remind:on",
    "goal:1",
    "goal.is:1:done",
    "appt:1",
    "remember:1",
    "answer:1",
    "join",
    "menu:menu",
    ":::::",
    "cl",
    "cl.list",
    "cl:1",
    "iv.role:administrator",
    "🙂" * 16,
    "a" * 64,
)


async def test_tampered_taps_get_a_clear_answer(lotse: LotseWorld, amira: Pocket) -> None:
    polite = {
        sentence("en", "error." + name)
        for name in ("not_found", "not_allowed", "old_button", "not_linked", "dialogue_over")
    }
    for data in TAMPERED:
        if data.startswith("notice:"):
            continue
        answers = await amira.tampers(data)
        assert len(answers) == 1, data
        assert said(answers[0]).removeprefix("⚠️ ").splitlines()[0] in polite, (data, said(answers[0]))
        assert "menu" in data_of(answers[0]), data
    assert (await amira.actor()).roles == frozenset()


async def test_a_notice_that_was_never_shown_does_not_count_as_read(lotse: LotseWorld) -> None:
    stranger = lotse.phone(7101, language="en")
    await stranger.opens()
    await stranger.taps(data="lang:en")
    await stranger.tampers("notice:v1-of-my-own")
    answers = await stranger.opens()
    assert sentence("en", "notice.telegram") in all_said(answers)


async def test_every_tap_stops_its_spinner(lotse: LotseWorld, amira: Pocket) -> None:
    message = await amira.last()
    for data in ("menu", "offer:nothing", "nowhere"):
        answer = await amira.phone.do("tap", message_id=message["message_id"], raw_data=data, wait=10)
        assert answer["answer"] is not None, data
    await lotse.quiet()


# --- invitations


async def test_an_expired_invitation(lotse: LotseWorld, amira: Pocket) -> None:
    code = await lotse.admin_invites(Role.COORDINATOR)
    await lotse.moves(hours=rules.STAFF_INVITATION / timedelta(hours=1) + 1)
    [answer] = await amira.opens(f"join_{code}")
    assert sentence("en", "error.invitation_invalid") in said(answer)
    assert "menu" in data_of(answer)


async def test_an_invitation_that_expires_while_the_notice_is_read(lotse: LotseWorld) -> None:
    code = await lotse.admin_invites(Role.COORDINATOR)
    katrin = lotse.phone(COORDINATOR, language="de")
    await katrin.opens(f"join_{code}")
    await katrin.taps(data="lang:de")
    await lotse.waits_until("2026-12-01 10:25")
    [shown] = await katrin.taps(sentence("de", "notice.button.go_on"))
    assert "join" in data_of(shown)
    await lotse.moves(hours=73)
    answers = await katrin.taps(data="join")
    assert (await katrin.actor()).roles == frozenset()
    assert answers
    assert "menu" in data_of(answers[-1])


async def test_a_used_invitation(lotse: LotseWorld, amira: Pocket) -> None:
    code = await lotse.admin_invites(Role.COORDINATOR)
    await lotse.joins(COORDINATOR, code)
    [answer] = await amira.opens(f"join_{code}")
    assert sentence("en", "error.invitation_invalid") in said(answer)
    assert (await amira.actor()).roles == frozenset()


async def test_two_people_open_one_invitation_and_one_gets_it(lotse: LotseWorld, amira: Pocket) -> None:
    code = await lotse.admin_invites(Role.COORDINATOR)
    jonas = await lotse.arrives(7101, "en")
    for pocket in (amira, jonas):
        await pocket.opens(f"join_{code}")
    for pocket in (amira, jonas):
        await pocket.phone.tap(data="join", wait=0)
    await lotse.quiet()
    staff = [pocket for pocket in (amira, jonas) if (await pocket.actor()).roles]
    assert len(staff) == 1
    [loser] = [pocket for pocket in (amira, jonas) if pocket not in staff]
    assert sentence("en", "error.invitation_invalid") in all_said(await loser.phone.messages())


async def test_wrong_codes_are_counted_and_stopped(lotse: LotseWorld, amira: Pocket) -> None:
    for number in range(rules.ATTEMPTS_AN_HOUR):
        [answer] = await amira.opens(f"join_wrong-code-{number}")
        assert sentence("en", "error.invitation_invalid") in said(answer)
    good = await lotse.admin_invites(Role.COORDINATOR)
    [answer] = await amira.opens(f"join_{good}")
    assert sentence("en", "error.too_many_attempts") in said(answer), (
        "also a right code is not tried any more"
    )
    await lotse.moves(minutes=61)
    [answer] = await amira.opens(f"join_{good}")
    assert "join" in data_of(answer)


async def test_a_refused_code_is_answered_in_the_strangers_language(lotse: LotseWorld) -> None:
    stranger = lotse.phone(7101, language="uk")
    [answer] = await stranger.opens("join_nothing")
    assert sentence("uk", "error.invitation_invalid") in said(answer)


# --- what is ignored, politely


async def test_groups_are_ignored(lotse: LotseWorld, amira: Pocket) -> None:
    before = len(lotse.server.state.calls)
    assert await amira.does("group", text="/start") == []
    assert await amira.does("group", text="Deutschkurs in Haar") == []
    methods = [call.method for call in list(lotse.server.state.calls)[before:]]
    assert "sendMessage" not in methods
    assert not any(call.params.get("chat_id") == -1001234567890 for call in lotse.server.state.calls)


async def test_an_edited_message_changes_nothing(lotse: LotseWorld, amira: Pocket) -> None:
    sent = await amira.phone.say("/help")
    await amira.reads()
    edited = await amira.does("edit", message_id=sent["messages"][0]["message_id"], text="/stop")
    assert edited == []
    assert not (await amira.actor()).person.paused


async def test_a_forwarded_command_is_only_text(lotse: LotseWorld, amira: Pocket) -> None:
    await amira.does("forward", text="/stop")
    assert not (await amira.actor()).person.paused
    answers = await amira.does("forward", text="Deutschkurs in Haar")
    assert "Haar" in all_said(answers), "a forwarded question is a question"


def _raw(user: int, **content: Any) -> Json:
    person = {"id": user, "is_bot": False, "first_name": "A", "language_code": "en"}
    chat = {"id": user, "type": "private", "first_name": "A"}
    return {"message_id": 1, "date": 1, "chat": chat, "from": person} | content


STRANGE: tuple[Json, ...] = (
    {"edited_message": _raw(CLIENT, text="/stop")},
    {"channel_post": {"message_id": 1, "date": 1, "chat": {"id": -5, "type": "channel", "title": "C"}, "text": "x"}},
    {"message": {"message_id": 1, "date": 1, "chat": {"id": CLIENT, "type": "private"}, "text": "no sender"}},
    {"message": _raw(CLIENT, text="x") | {"from": {"id": 5, "is_bot": True, "first_name": "Bot"}}},
    {"message": _raw(CLIENT, new_chat_title="service message")},
    {"message": _raw(CLIENT, pinned_message=_raw(CLIENT, text="x"))},
    {"inline_query": {"id": "1", "from": _raw(CLIENT)["from"], "query": "x", "offset": ""}},
    {"callback_query": {"id": "1", "from": _raw(CLIENT)["from"], "chat_instance": "1", "inline_message_id": "x"}},
    {"poll": {"id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": True,
              "is_anonymous": True, "type": "regular", "allows_multiple_answers": False}},
    {"message": _raw(CLIENT, text="/stop") | {"chat": {"id": -7, "type": "group", "title": "G"}}},
)  # fmt: skip


async def test_strange_updates_are_passed_over(lotse: LotseWorld, amira: Pocket) -> None:
    for update in STRANGE:
        await amira.phone._client.post("/play/updates", json={"update": update})
        assert await amira.reads() == [], update
    assert not (await amira.actor()).person.paused
    assert await amira.says("/menu"), "and the bot goes on"


@pytest.mark.parametrize("how", ["says", "forwards"])
async def test_a_command_that_there_is_not_is_answered_with_what_there_is(
    lotse: LotseWorld, amira: Pocket, how: str
) -> None:
    if how == "says":
        [answer] = await amira.says("/termine")
    else:
        [answer] = await amira.does("forward", text="/delete")
    assert said(answer) == sentence("en", "help.text")


async def test_the_same_update_three_times_is_one_effect(lotse: LotseWorld, amira: Pocket) -> None:
    update = {"update_id": 5_000, "message": _raw(CLIENT, text="/help")}
    for _ in range(3):
        await amira.phone._client.post("/play/updates", json={"update": update})
    assert len(await amira.reads()) == 1


async def test_ids_that_jump_down_after_a_quiet_week(lotse: LotseWorld, amira: Pocket) -> None:
    await amira.says("/help")
    # The offset is given up with the first empty poll; a real one takes 25 seconds.
    await amira.phone._client.post("/play/updates", json={"jump": -1_000_000})
    lotse.server.state.updates.close()
    lotse.server.state.updates.closed = False
    assert await amira.says("/help")


# --- Telegram has a bad day


async def test_while_telegram_wants_a_pause_nothing_is_lost_and_nothing_comes_twice(
    lotse: LotseWorld, amira: Pocket
) -> None:
    expected = [said(message) for message in await amira.says("German course in Haar")]
    lotse.server.state.faults.add(
        {"kind": "error", "status": 429, "retry_after": 2, "methods": ["sendMessage"]}
    )
    assert await amira.says("German course in Haar") == [], "nobody else waits for the end of the pause"
    await lotse.until(lambda: not lotse.rows("SELECT 1 FROM outbox WHERE state <> 'sent'"))
    answers = await amira.reads()
    assert list(map(said, answers)) == expected
    assert len(answers) > 2
    failed = [call for call in lotse.server.state.calls if call.error_code == 429]
    assert len(failed) == 1, "nothing was tried during the pause"


async def test_answers_come_in_the_order_of_the_questions(lotse: LotseWorld, amira: Pocket) -> None:
    alone = [said(message) for message in await amira.says("German course in Haar")]
    lotse.server.state.faults.add(
        {"kind": "hang", "applied": True, "seconds": 0.05, "times": None, "methods": ["sendMessage"]}
    )
    await amira.phone.say("German course in Haar")
    await amira.phone.say("/help")
    messages = [said(message) for message in await amira.reads()]
    lotse.server.state.faults.clear()
    assert messages[:-1] == alone, "the help does not come between two cards"
    assert sentence("en", "help.text") in messages[-1]
