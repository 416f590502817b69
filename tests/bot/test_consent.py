"""The consent on the phone: read in one's language, answered, taken back with one tap, found again among the stored data."""

import pytest

from agreements.handover.rules import SAID
from agreements.handover.types import Part, State
from tests.bot.world import CLIENT, LotseWorld, all_said, data_of, said, sentence

ASKED = (Part.PERSON, Part.EDUCATION, Part.AGREEMENT)


@pytest.mark.parametrize("language", ["ar", "ti"])
async def test_somebody_is_asked_says_yes_and_takes_it_back(lotse: LotseWorld, language: str) -> None:
    katrin = await lotse.coordinator()
    amira, client_id = await lotse.client(katrin, language=language, reminders=False)
    staff, service = await katrin.actor(), lotse.core.cases.handover
    async with lotse.core.database.write() as tx:
        consent = await service.ask(tx, staff, client_id, [part.value for part in ASKED], lotse.clock.now())
    await lotse.quiet()
    push = await amira.last()
    # The push says nothing of what it is about.
    assert sentence(language, "push.message") in said(push)
    assert "Jobcenter" not in said(push)
    [question] = await amira.taps(data=f"consent:{consent.id}")
    text = said(question)
    wanted = ["consent.ask", "consent.why", "consent.free", *(SAID[part] for part in ASKED)]
    assert all(sentence(language, key) in text for key in wanted)
    assert not any(sentence(language, SAID[part]) in text for part in Part if part not in ASKED)

    [yes] = await amira.taps(data=f"consent.is:{consent.id}:yes")
    assert sentence(language, "consent.free") not in said(yes)
    assert data_of(yes)[0] == f"consent.off:{consent.id}"
    # Days later it is found among what is stored, not only far up in the chat.
    [stored] = await amira.tampers("privacy")
    assert data_of(stored)[0] == f"consent:{consent.id}"
    await amira.taps(data=f"consent:{consent.id}")
    [gone] = await amira.tampers(f"consent.off:{consent.id}")
    assert sentence(language, "consent.revoked") in said(gone)
    [stored] = await amira.tampers("privacy")
    assert f"consent:{consent.id}" not in data_of(stored)
    assert sentence(language, "mydata.consents", number=1) in all_said(await amira.tampers("mydata"))
    async with lotse.core.database.read() as tx:
        look = await service.look(tx, staff, client_id, lotse.clock.now())
    assert [state for _, state in look.consents] == [State.REVOKED]


async def test_a_no_is_written_down_and_changes_nothing_else(lotse: LotseWorld) -> None:
    katrin = await lotse.coordinator()
    amira, client_id = await lotse.client(katrin, language="en", reminders=False)
    async with lotse.core.database.write() as tx:
        consent = await lotse.core.cases.handover.ask(
            tx, await katrin.actor(), client_id, ["work"], lotse.clock.now()
        )
    await lotse.quiet()
    await amira.taps(data=f"consent:{consent.id}")
    [no] = await amira.taps(data=f"consent.is:{consent.id}:no")
    assert sentence("en", "consent.refused") in said(no)
    assert not any(data.startswith("consent") for data in data_of(no))
    # What is answered is answered: a second tap on the old button changes nothing.
    await amira.tampers(f"consent.is:{consent.id}:yes")
    async with lotse.core.database.read() as tx:
        look = await lotse.core.cases.handover.look(tx, await katrin.actor(), client_id, lotse.clock.now())
    assert [state for _, state in look.consents] == [State.REFUSED]
    stranger = await lotse.arrives(CLIENT + 50)
    assert sentence("en", "error.not_found") in all_said(await stranger.tampers(f"consent:{consent.id}"))
