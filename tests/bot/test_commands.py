"""Telegram's command menu: in the chosen language, also where Telegram knows no code for it, and by role."""

from playground.types import Json
from tests.bot.world import LotseWorld, sentence


def _menu(lotse: LotseWorld, user: int, phone_language: str) -> list[Json]:
    return lotse.server.state.profile.commands_for(user, phone_language)


async def test_the_menu_follows_the_language_that_was_chosen(lotse: LotseWorld) -> None:
    amina = await lotse.arrives(7101, "ckb")
    await amina.says("/menu")
    names = {row["command"]: row["description"] for row in _menu(lotse, amina.id, "ar")}
    assert names["stop"] == sentence("ckb", "command.stop")
    assert names["appointments"] == sentence("ckb", "menu.appointments")
    assert "clients" not in names

    # Whoever goes back to what the phone speaks needs no menu of their own any more.
    await amina.tampers("lang:en")
    await amina.says("/menu")
    assert lotse.rows("SELECT menu FROM persons") == [("",)]
    [stop] = [row for row in _menu(lotse, amina.id, "en") if row["command"] == "stop"]
    assert stop["description"] == sentence("en", "command.stop")


async def test_a_coordinators_menu_has_their_work_in_it(lotse: LotseWorld) -> None:
    jonas = await lotse.coordinator(language="de")
    await jonas.says("/menu")
    names = [row["command"] for row in _menu(lotse, jonas.id, "de")]
    assert {"day", "clients", "requests"} <= set(names)
    assert "goals" not in names
    [screen] = await jonas.says("/clients")
    assert screen["text"]


async def test_a_menu_that_telegram_refuses_costs_no_answer(lotse: LotseWorld) -> None:
    lotse.server.state.faults.add({"kind": "error", "code": 500, "times": None, "methods": ["setMyCommands"]})
    amina = await lotse.arrives(7102, "ckb")
    assert await amina.says("/menu")
    assert lotse.rows("SELECT menu FROM persons") == [("",)]
    lotse.server.state.faults.clear()
    await amina.says("/menu")
    assert lotse.rows("SELECT menu FROM persons") == [("ckb",)]
