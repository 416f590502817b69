"""Somebody who works for the district leaves: one step ends every right, at the command line as at the desk."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from db.crypto import Cipher, Keyring
from db.engine import Database
from db.tables import metadata
from lotse import cli, log
from lotse.clock import SystemClock
from people.accounts.errors import CodeInvalidError, SignInError
from people.accounts.repository import AccountsRepository
from people.accounts.service import AccountsService
from people.accounts.types import Secrets
from people.audit.types import Part
from people.errors import InvitationInvalidError, NotFoundError
from people.types import Role
from tests.db.agreements_world import World


def test_one_command_ends_every_right(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = Keyring.generate()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOTSE_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("LOTSE_KEYS", ring.to_json())
    monkeypatch.setattr(log, "configure", lambda **_: None)
    ids = (f"l{number}" for number in range(10**6))

    async def make() -> tuple[World, AccountsService, dict[str, str]]:
        world = World(Database(sqlite_url), Cipher(ring), lambda: next(ids))
        world.now = SystemClock().now()
        accounts = AccountsService(
            AccountsRepository(world.cipher),
            world.people,
            new_id=lambda: next(ids),
            new_code=lambda: next(ids),
        )
        told = {}
        async with world.database.write() as tx:
            account = await accounts.create(tx, None, "jonas", "Jonas", [Role.COORDINATOR], world.now)
            code = await accounts.code(tx, account.code, world.now)
            session = await accounts._open(tx, code.account, world.now)
            secrets = Secrets("hash", "secret", 1)
            await accounts._repository.set_secrets(tx, code.account.id, secrets)
            await accounts._repository.set_subject(tx, code.account.id, "issuer\0subject")
            jonas = await world.people.actor(tx, account.account.person_id)
            chat = world.people._repository._chat(jonas.id, 4711)
            await world.people._repository.change(tx, jonas.id, **chat)
            told |= {"code": account.code, "session": session.token, "person": jonas.id}
        client = await world.client(jonas)
        katrin, other, _ = await world.case()
        async with world.database.write() as tx:
            told["invitation"] = (await world.people.invite(tx, jonas, Role.VOLUNTEER, world.now)).code
            told["client_code"] = (await world.agreements.invite_client(tx, jonas, client.id, world.now)).code
            await world.team.add_deputy(tx, katrin, jonas.id, world.now, other.id)
            told |= {"other": other.id, "client": client.id}
            assert (await world.agreements.get_client(tx, jonas, other.id)).id == other.id
            assert await accounts.signed_in(tx, session.token, world.now) is not None
        return world, accounts, told

    async def check(world: World, accounts: AccountsService, told: dict[str, str]) -> None:
        admin = await world.person(Role.ADMINISTRATOR)
        async with world.database.write() as tx:
            assert await accounts.signed_in(tx, told["session"], world.now) is None
            with pytest.raises(CodeInvalidError):
                await accounts.code(tx, told["code"], world.now)
            jonas = await world.people.actor(tx, told["person"])
            assert jonas.roles == frozenset()
            assert await world.people.find(tx, 4711) is None
            kept = metadata.tables["desk_accounts"].c
            secret = select(kept.password_sealed, kept.totp_sealed, kept.subject_hash)
            assert (await tx.execute(secret)).all() == [(None, None, None)]
            codes = metadata.tables["desk_codes"].c
            assert (await tx.execute(select(codes.totp_sealed))).all() == [(None,)]
            with pytest.raises(SignInError):
                await accounts.sign_in_external(tx, "issuer", "subject", "jonas", world.now)
            assert (await tx.execute(secret)).all() == [(None, None, None)]
            assert await world.people.address(tx, jonas.id) is None
            for case in (told["other"], told["client"]):
                with pytest.raises(NotFoundError):
                    await world.agreements.get_client(tx, jonas, case)
            stranger = await world.people.meet(tx, 99, "en", world.now)
            for code in (told["invitation"], told["client_code"]):
                with pytest.raises(InvitationInvalidError):
                    await world.people.look_up(tx, stranger, code, world.now)
            events = [(event.part, event.shown) for event in await accounts.events(tx, admin)]
            assert (Part.ACCOUNT_CLOSED, "Jonas") in events
            deputies = metadata.tables["client_deputies"]
            assert (await tx.execute(select(deputies).where(deputies.c.person_id == jonas.id))).all() == []
        await world.database.close()

    world, accounts, told = asyncio.run(make())
    asyncio.run(world.database.close())
    result = CliRunner().invoke(cli.app, ["admin", "leave", "jonas"])
    assert result.exit_code == 0, result.output
    assert "1 cases are still theirs" in " ".join(result.output.split())
    asyncio.run(check(world, accounts, told))
    assert CliRunner().invoke(cli.app, ["admin", "leave", "nobody"]).exit_code == 2
