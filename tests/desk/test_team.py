"""Cases go from one coordinator to another at the lead's desk."""

import pytest

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
    answer = await visitor.post("/team/hand-over", {"from": kim.id, "colleague": new.id})
    assert answer.headers["location"] == "/team?done=handed_over"
    theirs = await desk.signed_in(new.id)
    assert f"/clients/{client.id}" in (await theirs.get("/clients")).text


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
