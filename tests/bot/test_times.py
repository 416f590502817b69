"""When messages come and how often, chosen on the phone with a tap."""

from tests.bot.world import CLIENT, COORDINATOR, LotseWorld, sentence


async def test_a_client_chooses_hours_sundays_and_how_often(lotse: LotseWorld) -> None:
    jonas = await lotse.coordinator(COORDINATOR, "de")
    amira, client_id = await lotse.client(jonas, "LM-1", CLIENT, "ar")
    await amira.tampers("settings")
    await amira.taps(sentence("ar", "settings.times"))
    labels = await amira.labels()
    assert sum("✅" in label for label in labels) == 2, "the usual hours, and as often as usual"
    for data in ("times.at:3", "times.sun:off", "times.often:once"):
        await amira.taps(data=data)
    marked = [label for label in await amira.labels() if label.startswith("✅")]
    assert len(marked) == 3
    assert any("16:00" in label and "20:00" in label for label in marked)
    assert "✅ " + sentence("ar", "times.sundays") in marked
    assert "✅ " + sentence("ar", "times.once") in marked
    assert lotse.rows("SELECT quiet FROM persons WHERE quiet != ''") == [("su 2000-1600",)]
    wishes = (
        "SELECT subject, offsets FROM reminder_wishes WHERE client_id = '" + client_id + "' ORDER BY subject"
    )
    assert lotse.rows(wishes) == [("appointment", "1d"), ("milestone", "1d")]
    await amira.taps(data="times.sun:on")
    await amira.taps(data="times.at:0")
    await amira.taps(data="times.often:usual")
    assert lotse.rows("SELECT quiet FROM persons WHERE quiet != ''") == []
    assert lotse.rows(wishes) == []
    for wrong in ("times.at:9", "times.sun:maybe", "times.often:never"):
        await amira.tampers(wrong)
        assert lotse.rows(wishes) == []


async def test_who_has_no_case_is_not_asked_how_often(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    await amira.tampers("times")
    labels = await amira.labels()
    assert sentence("en", "times.sundays") in labels
    assert not any(sentence("en", "times.more") in label for label in labels)
