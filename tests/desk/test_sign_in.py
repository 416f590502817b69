"""Coming in and staying out: password and digits, replay, guessing, the lock, links, foreign forms, single sign-on, the phone."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from desk.app import SECURITY_HEADERS
from people.types import Role
from tests.bot.world import LotseWorld, all_said, sentence
from tests.desk.world import PASSWORD, DeskWorld, Visitor


async def sign_in(desk: DeskWorld, visitor: Visitor, user: str, **other: str) -> httpx.Response:
    form = {"name": user, "password": PASSWORD, "code": desk.digits("kim"), "to": "/clients", **other}
    return await visitor.post("/sign-in", form)


async def test_the_right_three_open_and_the_digits_open_once(desk: DeskWorld) -> None:
    await desk.account("kim")
    visitor = desk.visitor()
    code = desk.digits("kim")
    came = await sign_in(desk, visitor, "KIM ", code=code)
    assert (came.status_code, came.headers["location"]) == (303, "/clients")
    cookie = came.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert (await visitor.get("/clients")).status_code == 200
    again = await sign_in(desk, desk.visitor(), "kim", code=code)
    assert again.status_code == 422
    assert "set-cookie" not in again.headers


@pytest.mark.parametrize("wrong", [{"password": "x"}, {"code": "000000"}, {"name": "nobody"}])
async def test_what_was_wrong_is_not_said(desk: DeskWorld, wrong: dict[str, str]) -> None:
    await desk.account("kim")
    answer = await sign_in(desk, desk.visitor(), "kim", **wrong)
    assert answer.status_code == 422
    assert sentence("de", "desk.error.sign_in") in answer.text


async def test_guessing_is_refused_unseen_and_waiting_helps(desk: DeskWorld) -> None:
    await desk.account("kim")
    for _ in range(5):
        await sign_in(desk, desk.visitor(), "kim", password="falsch")
    refused = await sign_in(desk, desk.visitor(), "kim")
    assert sentence("de", "desk.error.too_often") in refused.text
    desk.wall.ahead += timedelta(seconds=61)
    assert (await sign_in(desk, desk.visitor(), "kim")).status_code == 303


async def test_nobody_is_sent_to_another_site(desk: DeskWorld) -> None:
    await desk.account("kim")
    came = await sign_in(desk, desk.visitor(), "kim", to="//evil.example/")
    assert came.headers["location"] == "/"


async def test_an_hour_alone_locks_and_the_password_opens_where_one_was(desk: DeskWorld) -> None:
    actor = await desk.account("kim")
    visitor = await desk.signed_in(actor.id)
    desk.wall.ahead += timedelta(minutes=61)
    found = await visitor.get("/clients?q=x")
    assert found.headers["location"] == "/locked?to=/clients%3Fq%3Dx"
    page = await visitor.get(found.headers["location"])
    assert 'value="/clients?q=x"' in page.text
    assert (await visitor.post("/locked", {"password": "falsch", "to": "/"})).status_code == 422
    opened = await visitor.post("/locked", {"password": PASSWORD, "to": "/clients?q=x"})
    assert opened.headers["location"] == "/clients?q=x"
    assert (await visitor.get("/clients")).status_code == 200


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/today", {}), ("/messages", {"hx-request": "true", "hx-trigger": "lines"})],
)
async def test_what_the_page_does_by_itself_keeps_nobody_awake(
    desk: DeskWorld, path: str, headers: dict[str, str]
) -> None:
    visitor = await desk.signed_in((await desk.account("kim")).id)
    for _ in range(3):
        desk.wall.ahead += timedelta(minutes=25)
        await visitor.get(path, **headers)
    assert (await visitor.get("/clients")).headers.get("location", "").startswith("/locked")


async def test_a_working_day_later_the_session_is_over(desk: DeskWorld) -> None:
    visitor = await desk.signed_in((await desk.account("kim")).id)
    desk.wall.ahead += timedelta(hours=12, minutes=1)
    assert (await visitor.get("/clients")).headers["location"].startswith("/sign-in")


async def test_signing_out_ends_the_session_itself(desk: DeskWorld) -> None:
    visitor = await desk.signed_in((await desk.account("kim")).id)
    token = visitor.http.cookies["lotse-desk"]
    await visitor.post("/sign-out")
    visitor.http.cookies.set("lotse-desk", token, domain="127.0.0.1")
    assert (await visitor.get("/clients")).status_code == 303


async def test_forms_of_other_sites_and_without_token_do_nothing(desk: DeskWorld) -> None:
    visitor = await desk.signed_in((await desk.account("kim")).id)
    form = {"case_number": "LM-1", "language": "ar", "place": ""}
    assert (await visitor.post("/clients/new", form, origin="https://evil.example")).status_code == 403
    assert (await visitor.post("/clients/new", {**form, "csrf": "0" * 64})).status_code == 403
    assert (await visitor.post("/clients/new", {**form, "place": "x" * 300_000})).status_code == 413
    assert "LM-1" not in (await visitor.get("/clients")).text
    assert (await visitor.post("/clients/new", form)).status_code == 303


async def test_every_answer_says_what_a_browser_may_do(desk: DeskWorld) -> None:
    visitor = desk.visitor()
    for path in ("/sign-in", "/nowhere", "/static/desk.css", "/clients"):
        found = await visitor.get(path)
        assert all(found.headers.get(name) == value for name, value in SECURITY_HEADERS.items()), path
    pages = [
        (await visitor.get("/sign-in")).text,
        (await (await desk.signed_in((await desk.account("kim")).id)).get("/")).text,
    ]
    for page in pages:
        assert not re.search(r'"/static/[^"?]*"', page), "what is kept for a year is asked for by its version"
    page = pages[0]
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|\sstyle=|https?://(?!www\.w3\.org)", page)


async def test_only_a_file_of_the_desk_that_is_there_is_kept(desk: DeskWorld) -> None:
    visitor = desk.visitor()
    kept = {
        path: (await visitor.get(path)).headers["cache-control"]
        for path in ("/sign-in", "/static/icon.svg", "/static/nothing.svg")
    }
    assert "immutable" in kept["/static/icon.svg"]
    assert kept["/sign-in"] == kept["/static/nothing.svg"] == "no-store"


async def test_an_invitation_sets_password_and_authenticator_once(desk: DeskWorld) -> None:
    admin = await desk.signed_in((await desk.account("admin", Role.ADMINISTRATOR)).id)
    page = await admin.post("/people", {"name": "neu", "shown": "Neu", "role": "coordinator"})
    link = re.search(r"/welcome/[\w-]+", page.text)
    assert link
    visitor = desk.visitor()
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", (await visitor.get(link.group())).text)
    assert secret
    digits = pyotp.TOTP(secret.group(1)).at(int(desk.wall.now().timestamp()))
    weak = await visitor.post(link.group(), {"password": "zu kurz", "code": digits})
    assert sentence("de", "desk.error.password_weak") in weak.text
    came = await visitor.post(link.group(), {"password": PASSWORD, "code": digits})
    assert came.status_code == 303
    assert (await visitor.get("/clients")).status_code == 200
    assert (await desk.visitor().get(link.group())).status_code == 422


async def test_recovery_puts_out_whoever_is_in_and_closing_ends_everything(desk: DeskWorld) -> None:
    admin = await desk.signed_in((await desk.account("admin", Role.ADMINISTRATOR)).id)
    actor = await desk.account("kim")
    visitor = await desk.signed_in(actor.id)
    async with desk.lotse.core.database.read() as tx:
        account = next(a for a in await desk.lotse.core.accounts.everybody(tx) if a.name == "kim")
    assert "/welcome/" in (await admin.post(f"/people/{account.id}/recover")).text
    assert (await visitor.get("/clients")).status_code == 303
    await admin.post(f"/people/{account.id}/close")
    assert (await sign_in(desk, desk.visitor(), "kim")).status_code == 422
    async with desk.lotse.core.database.read() as tx:
        assert (await desk.lotse.core.people.actor(tx, actor.id)).roles == frozenset()


async def test_a_link_that_was_not_needed_sets_no_second_password(desk: DeskWorld) -> None:
    admin = await desk.signed_in((await desk.account("admin", Role.ADMINISTRATOR)).id)
    page = await admin.post("/people", {"name": "neu", "shown": "Neu", "role": "coordinator"})
    invited = re.search(r"/welcome/[\w-]+", page.text)
    async with desk.lotse.core.database.read() as tx:
        account = next(a for a in await desk.lotse.core.accounts.everybody(tx) if a.name == "neu")
    recovered = re.search(r"/welcome/[\w-]+", (await admin.post(f"/people/{account.id}/recover")).text)
    assert invited
    assert recovered
    visitor = desk.visitor()
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", (await visitor.get(recovered.group())).text)
    assert secret
    digits = pyotp.TOTP(secret.group(1)).at(int(desk.wall.now().timestamp()))
    assert (await visitor.post(recovered.group(), {"password": PASSWORD, "code": digits})).status_code == 303
    assert (await desk.visitor().get(invited.group())).status_code == 422


async def test_whoever_comes_back_gets_the_account_with_a_new_password(desk: DeskWorld) -> None:
    admin = await desk.signed_in((await desk.account("admin", Role.ADMINISTRATOR)).id)
    actor = await desk.account("kim")
    async with desk.lotse.core.database.read() as tx:
        account = next(a for a in await desk.lotse.core.accounts.everybody(tx) if a.name == "kim")
    await admin.post(f"/people/{account.id}/close")
    assert f"/people/{account.id}/open" in (await admin.get("/people")).text
    nothing = await admin.post(f"/people/{account.id}/open", {})
    assert nothing.status_code == 422
    link = re.search(
        r"/welcome/[\w-]+", (await admin.post(f"/people/{account.id}/open", {"role": "lead"})).text
    )
    assert link
    visitor = desk.visitor()
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", (await visitor.get(link.group())).text)
    assert secret
    digits = pyotp.TOTP(secret.group(1)).at(int(desk.wall.now().timestamp()))
    await visitor.post(link.group(), {"password": PASSWORD, "code": digits})
    assert (await visitor.get("/team")).status_code == 200
    async with desk.lotse.core.database.read() as tx:
        assert (await desk.lotse.core.people.actor(tx, actor.id)).roles == {Role.LEAD}


async def test_roles_of_the_circle_are_not_the_desks_to_end(desk: DeskWorld) -> None:
    admin = await desk.signed_in((await desk.account("admin", Role.ADMINISTRATOR)).id)
    actor = await desk.account("kim", Role.COORDINATOR)
    circle = {Role.VOLUNTEER, Role.CIRCLE_COORDINATOR}
    async with desk.lotse.core.database.write() as tx:
        roles = {*actor.roles, *circle}
        await desk.lotse.core.people.set_roles(tx, actor.id, roles, desk.wall.now(), by=None)
        account = next(a for a in await desk.lotse.core.accounts.everybody(tx) if a.name == "kim")
    await admin.post(f"/people/{account.id}/roles", {"role": "reviewer"})
    async with desk.lotse.core.database.read() as tx:
        assert (await desk.lotse.core.people.actor(tx, actor.id)).roles == {Role.REVIEWER, *circle}


async def test_a_phone_is_linked_after_the_desk_confirms_it(desk: DeskWorld) -> None:
    actor = await desk.account("kim")
    visitor = await desk.signed_in(actor.id)
    code = re.search(r"start desk_([\w-]+)", (await visitor.post("/me/phone")).text)
    assert code
    pocket = await desk.lotse.arrives(7401, "de")
    assert sentence("de", "desk.phone.claimed") in all_said(await pocket.opens(f"desk_{code.group(1)}"))
    assert Role.COORDINATOR not in (await pocket.actor()).roles
    assert "/me/phone/confirm" in (await visitor.get("/me")).text
    await visitor.post("/me/phone/confirm")
    assert (await pocket.actor()).id == actor.id
    assert await pocket.opens()


# --- the district's single sign-on


class Provider:
    """A small OpenID provider: whoever comes is `kim`, unless `claims` say something else."""

    def __init__(self) -> None:
        self.issuer = "https://sso.example"
        self.key = RSAKey.generate_key(2048, {"kid": "k1"})
        self.signing = self.key
        self.claims: dict[str, Any] = {}
        self.asked: dict[str, str] = {}
        routes = [
            Route("/.well-known/openid-configuration", self.configuration),
            Route("/token", self.token, methods=["POST"]),
            Route("/keys", self.keys),
        ]
        self.transport = httpx.ASGITransport(Starlette(routes=routes))

    async def configuration(self, _request: Request) -> JSONResponse:
        names = {"authorization_endpoint": "auth", "token_endpoint": "token", "jwks_uri": "keys"}
        return JSONResponse({"issuer": self.issuer, **{k: f"{self.issuer}/{v}" for k, v in names.items()}})

    async def token(self, _request: Request) -> JSONResponse:
        claims = {
            "iss": self.issuer, "aud": "lotse", "sub": "4711", "preferred_username": "kim",
            "nonce": self.asked["nonce"], "exp": self.now + 300, "iat": self.now, "auth_time": self.now, **self.claims,
        }  # fmt: skip
        return JSONResponse({"id_token": jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.signing)})

    async def keys(self, _request: Request) -> JSONResponse:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    now = 0


@pytest.fixture
async def provider(lotse: LotseWorld, monkeypatch: pytest.MonkeyPatch) -> Provider:
    found = Provider()
    lotse.settings.oidc_issuer = found.issuer
    lotse.settings.oidc_client_id = "lotse"
    lotse.settings.oidc_client_secret = SecretStr("geheim")
    real = httpx.AsyncClient
    monkeypatch.setattr(
        "lotse.desk.httpx",
        type("Http", (), {"AsyncClient": staticmethod(lambda **_: real(transport=found.transport))}),
    )
    return found


@pytest.fixture
async def sso_desk(provider: Provider, lotse: LotseWorld) -> AsyncIterator[DeskWorld]:
    world = DeskWorld(lotse)
    await world.start()
    provider.now = int(world.wall.now().timestamp())
    yield world
    await world.stop()


async def _through(
    desk: DeskWorld, provider: Provider, visitor: Visitor, state: str | None = None
) -> httpx.Response:
    away = await visitor.get("/sign-in/sso")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(away.headers["location"]).query).items()}
    provider.asked = asked
    return await visitor.get(f"/sign-in/back?code=c&state={state or asked['state']}")


async def test_whom_the_single_sign_on_vouches_for_comes_in(sso_desk: DeskWorld, provider: Provider) -> None:
    await sso_desk.account("kim")
    visitor = sso_desk.visitor()
    came = await _through(sso_desk, provider, visitor)
    assert came.status_code == 200
    assert (provider.asked["code_challenge_method"], provider.asked["response_type"]) == ("S256", "code")
    assert (await visitor.get("/clients")).status_code == 200
    provider.claims = {"preferred_username": "renamed"}
    assert (await _through(sso_desk, provider, sso_desk.visitor())).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"aud": "another"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"auth_time": 1},
        {"preferred_username": "nobody"},
        {"preferred_username": ""},
    ],
)
async def test_a_token_that_is_not_ours_opens_nothing(
    sso_desk: DeskWorld, provider: Provider, claims: dict[str, Any]
) -> None:
    await sso_desk.account("kim")
    provider.claims = claims
    assert (await _through(sso_desk, provider, sso_desk.visitor())).status_code == 422


async def test_the_lock_asks_the_single_sign_on_who_sits_there(
    sso_desk: DeskWorld, provider: Provider
) -> None:
    """The provider remembers for days who signed in; the desk was locked because somebody left."""
    await sso_desk.account("kim")
    visitor = sso_desk.visitor()
    await _through(sso_desk, provider, visitor)
    sso_desk.wall.ahead += timedelta(hours=1, minutes=5)
    assert (await visitor.get("/clients")).headers["location"].startswith("/locked")
    provider.claims = {"auth_time": provider.now, "exp": provider.now + 9_000}
    assert (await _through(sso_desk, provider, visitor)).status_code == 422
    assert provider.asked["max_age"] == "3600"
    assert (await visitor.get("/clients")).headers["location"].startswith("/locked")
    provider.claims["auth_time"] = provider.now + 3_900
    assert (await _through(sso_desk, provider, visitor)).status_code == 200
    assert (await visitor.get("/clients")).status_code == 200


async def test_a_foreign_key_or_another_browsers_state_opens_nothing(
    sso_desk: DeskWorld, provider: Provider
) -> None:
    await sso_desk.account("kim")
    assert (await _through(sso_desk, provider, sso_desk.visitor(), "another")).status_code == 422
    provider.signing = RSAKey.generate_key(2048, {"kid": "k1"})
    assert (await _through(sso_desk, provider, sso_desk.visitor())).status_code == 422
