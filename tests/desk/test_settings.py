"""Administrators set how Lotse works and see who changed what; the desk takes it up with the next page."""

import re

from i18n.bidi import strip_controls
from people.types import Role
from tests.desk.test_papers import desk_text
from tests.desk.world import DeskWorld


async def test_a_setting_is_changed_refused_and_written_down(desk: DeskWorld) -> None:
    admin = await desk.signed_in((await desk.account("admin", Role.ADMINISTRATOR)).id)
    page = (await admin.get("/settings")).text
    assert 'placeholder="21:00-08:00"' in page
    assert desk_text("desk.house.no_changes") in page
    refused = await admin.post("/settings", {"quiet_hours": "immer", "grace_days": "30"})
    assert refused.status_code == 422
    assert desk_text("desk.house.wrong.quiet_hours") in refused.text
    assert 'value="immer"' in refused.text
    saved = await admin.post("/settings", {"quiet_hours": "20:00-09:00", "grace_days": "30"})
    assert saved.headers["location"] == "/settings?done=settings_saved"
    page = (await admin.get("/settings")).text
    assert 'value="20:00-09:00"' in page
    assert "<bdi>Admin</bdi>" in page
    assert f"{desk_text('desk.house.usual')} → 30" in page
    assert desk.lotse.core.people.house.current.grace_days == 30
    again = await admin.post("/settings", {"quiet_hours": "20:00-09:00", "grace_days": "30"})
    assert again.headers["location"] == "/settings?done=nothing_changed"


async def test_who_recovered_or_closed_an_account_stands_in_the_administrators_view(desk: DeskWorld) -> None:
    """A new link takes an account over: that must not go unseen by the other administrators."""
    admin = await desk.signed_in((await desk.account("admin", Role.ADMINISTRATOR)).id)
    await desk.account("kim", Role.COORDINATOR)
    async with desk.lotse.core.database.read() as tx:
        account = next(a for a in await desk.lotse.core.accounts.everybody(tx) if a.name == "kim")
    path = f"/people/{account.id}"
    await admin.post(f"{path}/recover")
    await admin.post(f"{path}/roles", {"role": "lead"})
    await admin.post(f"{path}/close")
    await admin.post(f"{path}/open", {"role": "coordinator"})

    def lines(page: str) -> list[str]:
        card = page[page.index('id="accounts"') :]
        found = re.findall(r"<li>(.*?)</li>", card, re.DOTALL)
        return [strip_controls(re.sub(r"<[^>]+>", "", line)) for line in found]

    found = lines((await admin.get("/settings")).text)
    done = ("account_opened", "account_closed", "account_roles", "account_recovered", "account_made")
    for line, what in zip(found, done, strict=False):
        assert f"Kim: {desk_text(f'desk.house.{what}')}" in line
        assert ("Admin" in line) == (what != "account_made"), "the command line has no name"
    assert len(found) == 6
    for _ in range(20):
        await admin.post(f"{path}/recover")
    page = (await admin.get("/settings")).text
    assert len(lines(page)) == 20
    assert 'href="/settings?page=1#accounts"' in page
    second = (await admin.get("/settings?page=1")).text
    assert len(lines(second)) == 6
    assert 'href="/settings?page=0#accounts"' in second
