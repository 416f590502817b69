"""What somebody opened closes again by itself, and the bot's last messages go when they are to go: somebody else may hold the phone."""

from datetime import timedelta

import pytest

from lotse.settings import Settings
from playground.types import Json
from tests.bot.world import CLIENT, COORDINATOR, LotseWorld, Pocket, data_of, said, sentence

MINUTES = 10


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"close_after_minutes": MINUTES})


@pytest.fixture
async def amira(lotse: LotseWorld) -> Pocket:
    staff = await lotse.coordinator(COORDINATOR, "en")
    amira, case = await lotse.client(staff, "LM-31", CLIENT, "en")
    now = lotse.clock.now()
    async with lotse.core.database.write() as tx:
        for phrase in ("write_cv", "apply_recognition"):
            await lotse.core.agreements.add_milestone(
                tx, await staff.actor(), case, phrase, {}, now.date().replace(year=2027), None, now
            )
    await lotse.quiet()
    await amira.reads()
    return amira


def shown(lotse: LotseWorld, message: Json) -> Json:
    """The message as it stands on the phone now."""
    return lotse.server.state.private_chat(CLIENT).messages[message["message_id"]].wire


def on_the_phone(lotse: LotseWorld) -> list[Json]:
    chat = lotse.server.state.private_chat(CLIENT)
    return [message.wire for message in chat.messages.values() if message.from_bot and not message.deleted]


def closed(message: Json) -> bool:
    return sentence("en", "closed.text") in said(message)


def answer(messages: list[Json]) -> Json:
    """What is said about it, among the messages that go meanwhile."""
    return next(message for message in messages if sentence("en", "settings.hidden") in said(message))


def open_rows(lotse: LotseWorld) -> int:
    return int(lotse.rows("SELECT count(*) FROM outbox WHERE opens IS NOT NULL")[0][0])


async def test_opened_goals_close_and_open_again(lotse: LotseWorld, amira: Pocket) -> None:
    [goals] = await amira.says("/goals")
    [menu] = await amira.says("/menu")
    assert "CV" in said(shown(lotse, goals))
    await lotse.moves(minutes=MINUTES + 1)
    await lotse.until(lambda: closed(shown(lotse, goals)))
    assert "CV" not in str(shown(lotse, goals))
    assert said(shown(lotse, menu)) == said(menu), "what is everybody's stays"
    assert data_of(shown(lotse, goals)) == ["my.goals"]
    assert open_rows(lotse) == 0
    await lotse.quiet()
    again = await amira.taps(data="my.goals", message_id=goals["message_id"])
    assert "CV" in said(again[-1])


async def test_a_message_closes_by_what_it_showed_last(lotse: LotseWorld, amira: Pocket) -> None:
    [goals] = await amira.says("/goals")
    goal = next(data for data in data_of(goals) if data.startswith("goal:"))
    [one] = await amira.taps(data=goal, message_id=goals["message_id"])
    assert one["message_id"] == goals["message_id"], "a goal takes the place of the list"
    assert open_rows(lotse) == 1, "the list is not closed apart from it"
    await lotse.moves(minutes=MINUTES - 2)
    [receipt] = await amira.taps(data=f"goal.is:{goal.partition(':')[2]}:time", message_id=one["message_id"])
    assert open_rows(lotse) == 0, "a receipt shows nothing that would have to be closed"
    await lotse.moves(minutes=MINUTES + 1)
    [later] = await amira.says("/goals")
    await lotse.moves(minutes=MINUTES + 1)
    await lotse.until(lambda: closed(shown(lotse, later)))
    assert said(shown(lotse, receipt)) == said(receipt)


async def test_details_close_also_after_a_restart_and_while_pushes_are_paused(
    lotse: LotseWorld, amira: Pocket
) -> None:
    await amira.taps(data="pause:on", message_id=(await amira.tampers("settings"))[-1]["message_id"])
    [goals] = await amira.says("/goals")
    # The bot was away: another one, with nothing in its memory, finds the row.
    twin = LotseWorld(lotse.server, lotse.settings)
    async with twin.core.database.write() as tx:
        now = lotse.clock.now() + timedelta(minutes=MINUTES + 1)
        assert await twin.core.delivery.tidying.close(tx, now, after=timedelta(minutes=MINUTES)) == 1
    await twin.core.database.close()
    await lotse.moves(minutes=MINUTES + 1)
    await lotse.until(lambda: closed(shown(lotse, goals)))


async def test_what_was_deleted_before_does_not_come_back_closed(lotse: LotseWorld, amira: Pocket) -> None:
    [goals] = await amira.says("/goals")
    lotse.server.state.private_chat(CLIENT).messages[goals["message_id"]].deleted = True
    count = len(on_the_phone(lotse))
    await lotse.moves(minutes=MINUTES + 1)
    await lotse.until(lambda: open_rows(lotse) == 0)
    await lotse.quiet()
    assert len(on_the_phone(lotse)) == count
    assert not lotse.rows("SELECT * FROM outbox WHERE kind = 'tidy' AND state <> 'sent'")


async def test_the_last_messages_go_and_the_older_ones_stay(lotse: LotseWorld, amira: Pocket) -> None:
    old = [message["message_id"] for message in on_the_phone(lotse)]
    await lotse.moves(hours=49)
    await amira.says("/goals")
    await amira.tampers("settings")
    hidden = answer(await amira.taps(data="hide"))
    await lotse.until(
        lambda: lotse.rows("SELECT state FROM outbox WHERE dedup_key LIKE 'delete:%'") == [("sent",)]
    )
    left = [message["message_id"] for message in on_the_phone(lotse)]
    assert set(left) == {*old, hidden["message_id"]}
    assert open_rows(lotse) == 0, "what is gone is not closed"
    calls = [call for call in lotse.server.state.calls if call.method == "deleteMessages"]
    assert len(calls) == 1
    await amira.taps(data="menu", message_id=hidden["message_id"])


async def test_one_that_is_too_old_does_not_keep_the_others(lotse: LotseWorld, amira: Pocket) -> None:
    [help_] = await amira.says("/help")
    number = help_["message_id"]
    # Telegram counts from the day of the message, the bot from when it believes that it came.
    message = lotse.server.state.private_chat(CLIENT).messages[number]
    message.wire = {**message.wire, "date": message.wire["date"] - 50 * 3600}
    [menu] = await amira.says("/menu")
    hidden = answer(await amira.tampers("hide"))
    await lotse.until(
        lambda: lotse.rows("SELECT state FROM outbox WHERE dedup_key LIKE 'delete:%'") == [("sent",)]
    )
    left = {found["message_id"] for found in on_the_phone(lotse)}
    assert number in left
    assert menu["message_id"] not in left
    assert hidden["message_id"] in left


@pytest.mark.parametrize(
    ("command", "opens"),
    [("/goals", "my.goals"), ("/appointments", None), ("/mydata", "mydata"), ("/help", None)],
)
async def test_only_what_is_somebodys_own_closes(
    lotse: LotseWorld, amira: Pocket, command: str, opens: str | None
) -> None:
    await amira.says(command)
    found = lotse.rows("SELECT DISTINCT opens FROM outbox WHERE opens IS NOT NULL")
    assert found == ([(opens,)] if opens else [])


async def test_the_summary_speaks_of_questions_after_courses_and_of_the_hold(
    lotse: LotseWorld, amira: Pocket
) -> None:
    await amira.tampers("fb.wish:on")
    text = said((await amira.says("/mydata"))[-1])
    assert sentence("en", "feedback.is_on") in text
    kept = lotse.rows("SELECT given FROM opt_ins WHERE what = 'feedback'")
    await amira.tampers("fb.wish:off")
    assert kept == [(1,)]
    assert lotse.rows("SELECT given FROM opt_ins WHERE what = 'feedback' ORDER BY at, given DESC") == [
        (1,),
        (0,),
    ]
    assert sentence("en", "feedback.is_on") not in said((await amira.says("/mydata"))[-1])
