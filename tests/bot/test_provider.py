"""Providers on the phone: invited from an offer, they change what is theirs, take it back, and enter what a coordinator publishes."""

import re

from tests.bot.world import LotseWorld, Pocket, all_said, data_of, said, sentence

PROVIDER = 7501
_CODE = re.compile(r"join_[A-Za-z0-9_-]+")


async def invited(lotse: LotseWorld, kim: Pocket, offer: str) -> Pocket:
    code = _CODE.search(all_said(await kim.tampers(f"ed.invite:{offer}")))
    assert code is not None
    return await lotse.joins(PROVIDER, code[0].removeprefix("join_"), "de")


async def test_a_provider_changes_own_offers_and_enters_new_ones(lotse: LotseWorld) -> None:
    kim = await lotse.coordinator()
    offer, provider = lotse.rows(
        "SELECT id, provider_id FROM offers WHERE external_id = 'deutsch-a1-kinderbetreuung-haar'"
    )[0]
    vhs = await invited(lotse, kim, offer)
    assert sentence("de", "ed.mine") in await vhs.labels()
    [own] = await vhs.taps(sentence("de", "ed.mine"))
    listed = [data.split(":")[1] for data in data_of(own) if data.startswith("ed:")]
    assert offer in listed
    marks = ",".join("?" * len(listed))
    assert lotse.rows(f"SELECT DISTINCT provider_id FROM offers WHERE id IN ({marks})", *listed) == [
        (provider,)
    ]

    [screen] = await vhs.taps(data=f"ed:{offer}")
    assert f"ed.field:{offer}:owner" not in data_of(screen)
    assert f"ed.invite:{offer}" not in data_of(screen)
    await vhs.taps(data=f"ed.field:{offer}:phone")
    [changed] = await vhs.says("089 6221 1234")
    assert lotse.rows("SELECT phone FROM offers WHERE id = ?", offer) == [("089 6221 1234",)]
    await vhs.taps(data=next(data for data in data_of(changed) if data.startswith("ed.undo:")))
    assert lotse.rows("SELECT phone FROM offers WHERE id = ?", offer) != [("089 6221 1234",)]
    refused = sentence("de", "error.not_found")
    assert refused in all_said(await vhs.tampers(f"ed.field:{offer}:owner")) or refused in all_said(
        await vhs.says("Ich selbst")
    )

    await vhs.tampers("ed.new")
    await vhs.taps(data="ed.topic:german_course")
    await vhs.taps(data="ed.kind:german_course")
    [whose] = await vhs.says("Deutsch am Samstag")
    assert [data for data in data_of(whose) if data.startswith("ed.by")] == [f"ed.by:{provider}"]
    await vhs.taps(data=f"ed.by:{provider}")
    await vhs.taps(data="ed.at:1")
    await vhs.taps(data="ed.when.none")
    [kept] = await vhs.taps(data="ed.phone.none")
    assert sentence("de", "ed.new_waits") in said(kept)
    new = lotse.rows("SELECT id, status FROM offers WHERE name = 'Deutsch am Samstag'")[0]
    assert new[1] == "draft"
    assert f"ed.publish:{new[0]}" not in data_of(kept)
    assert sentence("de", "error.not_allowed") in all_said(await vhs.tampers(f"ed.publish:{new[0]}"))
    assert lotse.rows("SELECT status FROM offers WHERE id = ?", new[0]) == [("draft",)]
    assert await kim.reads(), "whoever looks after offers there is told"


async def test_what_is_another_providers_does_not_exist(lotse: LotseWorld) -> None:
    kim = await lotse.coordinator()
    offer, provider = lotse.rows(
        "SELECT id, provider_id FROM offers WHERE external_id = 'deutsch-a1-kinderbetreuung-haar'"
    )[0]
    other = lotse.rows("SELECT id FROM offers WHERE provider_id <> ?", provider)[0][0]
    vhs = await invited(lotse, kim, offer)
    for data in (f"ed:{other}", f"ed.set:{other}:cost:fee", f"ed.publish:{other}"):
        assert sentence("de", "error.not_found") in all_said(await vhs.tampers(data))
    for data in ("ed.drafts", f"fr:{offer}", f"ed.invite:{offer}", "cl.list"):
        assert sentence("de", "error.not_allowed") in all_said(await vhs.tampers(data))
    # The next invitation for the same provider takes the place of this one's holder.
    code = _CODE.search(all_said(await kim.tampers(f"ed.invite:{offer}")))
    assert code is not None
    await lotse.joins(PROVIDER + 1, code[0].removeprefix("join_"), "de")
    assert sentence("de", "error.not_found") in all_said(await vhs.tampers(f"ed:{offer}"))
