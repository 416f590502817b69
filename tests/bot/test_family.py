"""A family with one phone: two people told apart by pictures, on every push and every screen of their own."""

from datetime import date, datetime

from agreements.campaigns.types import Selection
from tests.bot.world import CLIENT, LotseWorld, Pocket, all_said, data_of, said, sentence

FISH, SUN = "🐟", "☀️"


async def second(lotse: LotseWorld, staff: Pocket, phone: Pocket, number: str = "LM-2") -> str:
    """A second case comes to the phone: a sun for it, a fish for the one who was there before."""
    client_id = await lotse.case(staff, number, "ar")
    async with lotse.core.database.write() as tx:
        new = await lotse.core.agreements.invite_client(tx, await staff.actor(), client_id, lotse.clock.now())
    await phone.opens(f"join_{new.code}")
    [choose] = await phone.taps(data="join")
    assert sentence("ar", "family.choose") in said(choose)
    [choose_first] = await phone.taps(SUN)
    assert sentence("ar", "family.choose_first") in said(choose_first)
    assert "fam.first:sun" not in data_of(choose_first), "the sun is taken"
    [joined] = await phone.taps(FISH)
    assert said(joined).startswith(SUN)
    await phone.taps(data=f"remind.for:on:{client_id}")
    return client_id


async def test_two_people_on_one_phone_are_told_apart_everywhere(lotse: LotseWorld) -> None:
    staff = await lotse.coordinator()
    phone, first_id = await lotse.client(staff, "LM-1", CLIENT, "ar")
    second_id = await second(lotse, staff, phone)
    await staff.reads()
    agreements, now = lotse.core.agreements, lotse.clock.now()
    actor = await staff.actor()
    made = {}
    async with lotse.core.database.write() as tx:
        for client_id in (first_id, second_id):
            goal = await agreements.add_milestone(
                tx, actor, client_id, "write_cv", {}, date(2026, 12, 20), None, now
            )
            visit = await agreements.add_appointment(
                tx, actor, client_id, "jobcenter", "Haar", "Hauptstraße 1", datetime(2026, 12, 10, 10), 30, ["id"], now
            )  # fmt: skip
            made[client_id] = goal, visit
        meant = Selection(client_ids=frozenset({second_id}))
        await lotse.core.cases.campaigns.send(tx, actor, meant, "please_call", {}, now)
    pushes = await phone.reads()
    assert pushes
    for push in pushes:
        assert said(push).startswith((FISH, SUN)), said(push)
    whole = all_said(pushes)
    for key in ("push.appointment", "push.milestone"):
        assert f"{FISH} {sentence('ar', key)}" in whole
        assert f"{SUN} {sentence('ar', key)}" in whole
    assert f"{SUN} {sentence('ar', 'push.message')}" in whole
    assert f"{FISH} {sentence('ar', 'push.message')}" not in whole

    for command in ("/goals", "/appointments", "/papers", "/person"):
        [asked] = await phone.says(command)
        assert sentence("ar", "family.whose") in said(asked), command
        [shown] = await phone.taps(SUN)
        assert said(shown).startswith(SUN), command
    for client_id, picture in ((first_id, FISH), (second_id, SUN)):
        goal, visit = made[client_id]
        for data in (
            *(f"goal:{goal.id}", f"goal.is:{goal.id}:help", f"goal.is:{goal.id}:time"),
            *(f"appt:{visit.id}", f"appt.ics:{visit.id}", f"lb.appt:{visit.id}", f"appt.no:{visit.id}"),
            *(
                f"whose:agreement:{client_id}",
                f"whose:appointments:{client_id}",
                f"talk.for:paper:{client_id}",
            ),
            *(f"remind.for:on:{client_id}", f"fam:{client_id}", f"fam.leave:{client_id}"),
        ):
            [shown] = await phone.tampers(data)
            assert said(shown).startswith(picture), data
    [asked] = await phone.tampers("talk:paper")
    assert sentence("ar", "family.whose") in said(asked), "an older button that does not say whose"


async def test_whose_is_asked_when_a_typed_done_could_mean_both(lotse: LotseWorld) -> None:
    staff = await lotse.coordinator()
    phone, first_id = await lotse.client(staff, "LM-1", CLIENT, "ar")
    second_id = await second(lotse, staff, phone)
    agreements, actor = lotse.core.agreements, await staff.actor()

    async def agree(client_id: str) -> str:
        async with lotse.core.database.write() as tx:
            made = await agreements.add_milestone(
                tx, actor, client_id, "write_cv", {}, date(2026, 12, 20), None, lotse.clock.now()
            )
        return made.id

    first_goal = await agree(first_id)
    await phone.reads()
    [only] = await phone.says("خلصت")
    assert said(only).startswith(FISH), "only one of them has something to do"
    assert f"goal.is:{first_goal}:done" in data_of(only)

    second_goal = await agree(second_id)
    await phone.reads()
    [asked] = await phone.says("خلصت")
    assert sentence("ar", "family.whose") in said(asked)
    [goal] = await phone.taps(SUN)
    assert said(goal).startswith(SUN)
    await phone.taps(data=f"goal.is:{second_goal}:done")
    states = dict(lotse.rows("SELECT client_id, status FROM milestones"))
    assert states == {first_id: "open", second_id: "reported_done"}


async def test_taking_one_off_the_phone_leaves_the_other(lotse: LotseWorld) -> None:
    staff = await lotse.coordinator()
    phone, first_id = await lotse.client(staff, "LM-1", CLIENT, "ar")
    second_id = await second(lotse, staff, phone)
    await phone.taps(data="menu")
    [settings] = await phone.taps(data="settings")
    assert {f"fam:{first_id}", f"fam:{second_id}"} <= set(data_of(settings))
    await phone.taps(data=f"fam:{first_id}")
    await phone.taps(data=f"fam.picture:{first_id}")
    [renamed] = await phone.taps(data=f"fam.as:{first_id}:key")
    assert said(renamed).startswith("🔑")
    await phone.taps(data=f"fam.leave:{first_id}")
    [left] = await phone.taps(data=f"fam.leave.yes:{first_id}")
    assert sentence("ar", "family.left") in said(left)
    links = lotse.rows("SELECT given FROM opt_ins WHERE what = 'link' ORDER BY at")
    assert links == [(1,), (1,), (0,)], "each yes and the no are kept"
    [push] = [message for message in await staff.reads() if "news:" in str(data_of(message))][-1:]
    assert f"news:{first_id}" in data_of(push)
    [goals] = await phone.says("/goals")
    assert said(goals).startswith(SUN), "one is left, and keeps its picture"
    [refused] = await phone.tampers(f"fam:{first_id}")
    assert sentence("ar", "error.not_found") in said(refused)


async def test_a_lost_phone_is_shut_out_at_once_by_the_coordinator(lotse: LotseWorld) -> None:
    staff = await lotse.coordinator()
    phone, client_id = await lotse.client(staff, "LM-1", CLIENT, "ar")
    async with lotse.core.database.write() as tx:
        made = await lotse.core.agreements.add_appointment(
            tx, await staff.actor(), client_id, "jobcenter", "Haar", "", datetime(2026, 12, 10, 10), 30, [], lotse.clock.now()
        )  # fmt: skip
    await phone.reads()
    [sure] = await staff.tampers(f"cl.invite:{client_id}")
    assert sentence("de", "cl.invite.linked_already") in said(sure)
    invited = await staff.taps(data=f"cl.invite.yes:{client_id}")
    code = next(word.split("join_")[1] for word in all_said(invited).split() if "join_" in word)
    for way in (f"appt:{made.id}", "my.goals"):
        [refused] = await phone.tampers(way)
        assert sentence("ar", "bring.id") not in said(refused)
        assert "Haar" not in said(refused)
    new = await lotse.joins(7050, code, "ar")
    await new.taps(data="remind:on")
    [visits] = await new.says("/appointments")
    assert f"appt:{made.id}" in data_of(visits)
    await phone.reads()
    await lotse.waits_until("2026-12-09 18:01")
    assert sentence("ar", "push.reminder") in all_said(await new.reads())
    assert await phone.reads() == []
