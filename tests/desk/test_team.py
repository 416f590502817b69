"""Cases go from one coordinator to another at the lead's desk."""

import re

import pytest

from i18n.bidi import strip_controls
from people.types import Role
from tests.bot.world import sentence
from tests.desk.world import DeskWorld


async def test_a_lead_gives_the_cases_of_one_to_somebody_who_has_none_yet(desk: DeskWorld) -> None:
    core, now = desk.lotse.core, desk.lotse.clock.now()
    kim, new = await desk.account("kim"), await desk.account("new")
    lead = await desk.account("lead", Role.LEAD)
    async with core.database.write() as tx:
        client = await core.agreements.create_client(tx, kim, "LM-1", "ar", "Haar", now)
    visitor = await desk.signed_in(lead.id)
    page = (await visitor.get("/team")).text
    receivers = page.partition('id="f-to"')[2].partition("</select>")[0]
    assert f'value="{new.id}"' in receivers
    assert f'value="{lead.id}"' not in receivers
    answer = await visitor.post("/team/hand-over", {"from": kim.id, "colleague": new.id, "go": "yes"})
    assert answer.headers["location"] == "/team?done=handed_over"
    theirs = await desk.signed_in(new.id)
    assert f"/clients/{client.id}" in (await theirs.get("/clients")).text


async def test_who_left_with_closed_cases_alone_can_be_chosen_as_well(desk: DeskWorld) -> None:
    core, now = desk.lotse.core, desk.lotse.clock.now()
    kim, lead = await desk.account("kim"), await desk.account("lead", Role.LEAD)
    new = await desk.account("new")
    async with core.database.write() as tx:
        client = await core.agreements.create_client(tx, kim, "LM-1", "ar", "Haar", now)
        await core.agreements.end_case(tx, kim, client.id, now)
        await core.accounts.end_rights(tx, kim.id, now)
    visitor = await desk.signed_in(lead.id)
    givers = (await visitor.get("/team")).text.partition('id="f-from"')[2].partition("</select>")[0]
    assert f'value="{kim.id}"' in givers
    assert "1 beendet" in givers
    await visitor.post("/team/hand-over", {"from": kim.id, "colleague": new.id, "go": "yes"})
    theirs = await desk.signed_in(new.id)
    assert (await theirs.get(f"/clients/{client.id}")).status_code == 200


async def test_a_phone_with_roles_does_not_take_over_who_holds_a_closed_case(desk: DeskWorld) -> None:
    """The account would go to the phone's person, and the one who was at the desk so far be forgotten: the case needs them."""
    core, lotse = desk.lotse.core, desk.lotse
    kim, colleague = await desk.account("kim"), await lotse.coordinator()
    visitor = await desk.signed_in(kim.id)
    page = (await visitor.post("/me/phone")).text
    code = page.partition("/start desk_")[2].partition("<")[0]
    await colleague.opens(f"desk_{code}")
    async with core.database.write() as tx:
        client = await core.agreements.create_client(tx, kim, "LM-1", "ar", "Haar", lotse.clock.now())
        await core.agreements.end_case(tx, kim, client.id, lotse.clock.now())
    refused = await visitor.post("/me/phone/confirm")
    assert refused.status_code == 422
    async with core.database.read() as tx:
        assert (await core.people.actor(tx, kim.id)).roles == {Role.COORDINATOR}


async def test_no_invitation_is_printed_before_telegram_has_said_the_bots_name(desk: DeskWorld) -> None:
    """Nor does the client's old chat lose the case for one that would lead nowhere."""
    core, now = desk.lotse.core, desk.lotse.clock.now()
    kim = await desk.account("kim")
    async with core.database.write() as tx:
        client = await core.agreements.create_client(tx, kim, "LM-1", "ar", "Haar", now)
    visitor, desk.bot.username = await desk.signed_in(kim.id), ""
    for path in (f"/clients/{client.id}/invite", "/me/phone"):
        refused = await visitor.post(path)
        assert refused.status_code == 422
        assert "Telegram hat noch nicht geantwortet" in refused.text
    assert desk.lotse.rows("SELECT count(*) FROM invitations WHERE client_id = ?", client.id) == [(0,)]
    desk.bot.username = "lotse_playground_bot"
    page = (await visitor.post(f"/clients/{client.id}/invite")).text
    assert "https://t.me/lotse_playground_bot?start=join_" in page


@pytest.mark.parametrize(("do", "form"), [("close", {}), ("roles", {"role": "reviewer"})])
async def test_it_is_said_that_somebody_who_left_has_cases(
    desk: DeskWorld, do: str, form: dict[str, str]
) -> None:
    core, now = desk.lotse.core, desk.lotse.clock.now()
    kim = await desk.account("kim")
    admin = await desk.signed_in((await desk.account("admin", Role.ADMINISTRATOR)).id)
    async with core.database.write() as tx:
        await core.agreements.create_client(tx, kim, "LM-1", "ar", "Haar", now)
        account = next(a for a in await core.accounts.everybody(tx) if a.name == "kim")
    answer = await admin.post(f"/people/{account.id}/{do}", form)
    assert (
        sentence("de", f"desk.done.{answer.headers['location'].partition('=')[2]}")
        in (await admin.get(answer.headers["location"])).text
    )
    assert answer.headers["location"].endswith("_cases")


async def test_some_cases_go_to_a_colleague_after_a_look_and_come_back(desk: DeskWorld) -> None:
    core, now = desk.lotse.core, desk.lotse.clock.now()
    kim, lena = await desk.account("kim"), await desk.account("lena")
    async with core.database.write() as tx:
        one, two, three = [
            await core.agreements.create_client(tx, kim, f"LM-{number}", "ar", "Haar", now)
            for number in (1, 2, 3)
        ]
    visitor = await desk.signed_in(kim.id)
    page = (await visitor.get("/clients/hand-over")).text
    assert page.count('type="checkbox" name="client"') == 3
    assert " checked" not in page.partition("<main")[2]
    assert '<option value="">' in page, "nobody is chosen before"
    assert (await visitor.post("/clients/hand-over", {"colleague": lena.id})).status_code == 422
    look = await visitor.post("/clients/hand-over", {"colleague": lena.id, "client": [one.id, two.id]})
    assert "Fälle an Lena: 2" in strip_controls(look.text)
    assert look.headers["hx-push-url"] == "/clients/hand-over"
    chosen = {"colleague": lena.id, "client": [one.id, two.id], "go": "yes"}
    theirs = await desk.signed_in(lena.id)
    assert (await theirs.get(f"/clients/{one.id}")).status_code == 404, "nothing has gone yet"
    done = await visitor.post("/clients/hand-over", chosen)
    said = (await visitor.get(done.headers["location"])).text
    back = re.search(r'action="(/given/[^"]+/take-back)"', said)
    assert back
    assert (await theirs.get(f"/clients/{one.id}")).status_code == 200
    assert (await theirs.get(f"/clients/{three.id}")).status_code == 404
    assert back.group(1) in (await visitor.get("/clients/hand-over")).text, "and there, for a week"
    assert (await theirs.post(back.group(1))).status_code == 404
    assert (await visitor.post(back.group(1))).headers["location"] == "/clients?done=undone"
    for client in (one, two, three):
        assert (await visitor.get(f"/clients/{client.id}")).status_code == 200
        assert (await theirs.get(f"/clients/{client.id}")).status_code == 404
    every = (await visitor.post("/clients/hand-over", {"colleague": lena.id, "all": "yes"})).text
    assert "Fälle an Lena: 3" in strip_controls(every)


async def test_a_lead_looks_before_cases_go_and_takes_them_back(desk: DeskWorld) -> None:
    core, now = desk.lotse.core, desk.lotse.clock.now()
    kim, lena, lead = (
        await desk.account("kim"),
        await desk.account("lena"),
        await desk.account("lead", Role.LEAD),
    )
    async with core.database.write() as tx:
        client = await core.agreements.create_client(tx, kim, "LM-1", "ar", "Haar", now)
    visitor, theirs = await desk.signed_in(lead.id), await desk.signed_in(kim.id)
    assert (await visitor.get("/team")).text.count('<option value="">') == 2, "nobody is chosen before"
    form = {"from": kim.id, "colleague": lena.id}
    look = await visitor.post("/team/hand-over", form)
    assert "Fälle an Lena: 1" in strip_controls(look.text)
    assert "Kim" in look.text
    assert (await theirs.get(f"/clients/{client.id}")).status_code == 200
    await visitor.post("/team/hand-over", {**form, "go": "yes"})
    assert (await theirs.get(f"/clients/{client.id}")).status_code == 404
    back = re.search(r'action="(/given/[^"]+/take-back)"', (await visitor.get("/team")).text)
    assert back
    assert (await visitor.post(back.group(1), {"to": "/team"})).headers["location"] == "/team?done=undone"
    assert (await theirs.get(f"/clients/{client.id}")).status_code == 200


async def test_my_account_says_who_is_my_deputy_and_ends_it(desk: DeskWorld) -> None:
    core, now = desk.lotse.core, desk.lotse.clock.now()
    kim, lena = await desk.account("kim"), await desk.account("lena")
    visitor = await desk.signed_in(kim.id)
    await visitor.post("/me/deputy", {"colleague": lena.id})
    section = (await visitor.get("/me")).text.partition('id="deputies"')[2].partition("</ul>")[0]
    assert "Fälle: 0" in section
    assert "auch die künftigen" in section
    await visitor.post("/me/deputy", {"colleague": lena.id, "end": "yes"})
    async with core.database.write() as tx:
        await core.agreements.create_client(tx, kim, "LM-1", "ar", "Haar", now)
    assert 'name="end"' not in (await visitor.get("/me")).text
    await visitor.post("/me/deputy", {"colleague": lena.id})
    async with core.database.write() as tx:
        client = await core.agreements.create_client(tx, kim, "LM-2", "ar", "Haar", now)
    section = (await visitor.get("/me")).text.partition('id="deputies"')[2].partition("</ul>")[0]
    assert "Lena" in section
    assert "Fälle: 2" in section
    theirs = await desk.signed_in(lena.id)
    assert (await theirs.get(f"/clients/{client.id}")).status_code == 200
    await visitor.post("/me/deputy", {"colleague": lena.id, "end": "yes"})
    assert 'name="end"' not in (await visitor.get("/me")).text
    assert (await theirs.get(f"/clients/{client.id}")).status_code == 404
