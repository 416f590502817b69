"""Administrators set how Lotse works and see who changed what; the desk takes it up with the next page."""

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
