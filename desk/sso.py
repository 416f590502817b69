"""The district's single sign-on by OpenID Connect: authorization code with PKCE; what comes back is checked before anybody is let in."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry
from starlette.responses import RedirectResponse, Response

from desk.turn import Turn
from people.accounts.errors import SignInError

log = structlog.get_logger(__name__)

_COOKIE = "lotse-sso"
_MINUTES = 10
_LONGEST = 500
_ALGORITHMS = ("RS256", "PS256", "ES256")
_LEEWAY = 60


@dataclass(frozen=True)
class Provider:
    """What the operator sets: who signs people in, as whom Lotse asks, and which claim holds the user name."""

    issuer: str
    client_id: str
    client_secret: str
    name_claim: str = "preferred_username"


class SingleSignOn:
    """One provider. Nothing is asked of it before somebody signs in."""

    def __init__(
        self,
        provider: Provider,
        desk_url: str,
        client: Callable[[], httpx.AsyncClient],
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._provider = provider
        self._back = f"{desk_url.rstrip('/')}/sign-in/back"
        self._client = client
        self._now = now
        self._secure = desk_url.startswith("https://")
        self._found: dict[str, Any] | None = None

    @property
    def issuer(self) -> str:
        """Who vouches."""
        return self._provider.issuer

    async def begin(self, turn: Turn) -> Response:
        """On to the provider. What binds the way back to this browser stays in a cookie for ten minutes. Raises SignInError."""
        try:
            async with self._client() as client:
                endpoint = (await self._discover(client))["authorization_endpoint"]
        except (httpx.HTTPError, KeyError, ValueError) as error:
            raise self._refused(error) from error
        kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
        kept["to"] = turn.query("to")[:_LONGEST]
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(kept["verifier"].encode()).digest()).rstrip(b"=").decode()
        )
        asked = {
            "response_type": "code",
            "client_id": self._provider.client_id,
            "redirect_uri": self._back,
            "scope": "openid profile",
            "state": kept["state"],
            "nonce": kept["nonce"],
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        response = RedirectResponse(f"{endpoint}?{urlencode(asked)}", status_code=303)
        value = base64.urlsafe_b64encode(json.dumps(kept).encode()).decode()
        # Lax, because the way back begins at the provider's site.
        response.set_cookie(
            _COOKIE,
            value,
            max_age=_MINUTES * 60,
            httponly=True,
            secure=self._secure,
            samesite="lax",
            path="/sign-in",
        )
        return response

    async def finish(self, turn: Turn) -> tuple[str, str]:
        """The subject and the user name that the provider vouches for; where to go on stays in the turn as `to`. Raises SignInError."""
        try:
            kept = json.loads(base64.urlsafe_b64decode(turn.request.cookies.get(_COOKIE, "")))
            if not hmac.compare_digest(str(kept["state"]), turn.query("state")):
                raise SignInError
            turn.context["to"] = str(kept.get("to", ""))
            async with self._client() as client:
                claims = await self._claims(client, turn.query("code"), kept)
            return str(claims["sub"]), str(claims.get(self._provider.name_claim, ""))
        except (httpx.HTTPError, JoseError, ValueError, KeyError, TypeError) as error:
            raise self._refused(error) from error

    def forget(self, response: Response) -> Response:
        """Take the ten-minute cookie from the browser."""
        response.delete_cookie(_COOKIE, path="/sign-in", httponly=True, secure=self._secure, samesite="lax")
        return response

    async def _claims(self, client: httpx.AsyncClient, code: str, kept: dict[str, str]) -> dict[str, Any]:
        found = await self._discover(client)
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "code_verifier": kept["verifier"],
        }
        auth = (self._provider.client_id, self._provider.client_secret)
        answer = await client.post(found["token_endpoint"], data=sent, auth=auth)
        answer.raise_for_status()
        keys = KeySet.import_key_set((await client.get(found["jwks_uri"])).raise_for_status().json())
        token = jwt.decode(answer.json()["id_token"], keys, algorithms=list(_ALGORITHMS))
        registry = JWTClaimsRegistry(
            now=int(self._now().timestamp()),
            leeway=_LEEWAY,
            iss={"essential": True, "value": self._provider.issuer},
            aud={"essential": True, "value": self._provider.client_id},
            nonce={"essential": True, "value": kept["nonce"]},
            exp={"essential": True},
            sub={"essential": True},
        )
        registry.validate(token.claims)
        return dict(token.claims)

    async def _discover(self, client: httpx.AsyncClient) -> dict[str, Any]:
        if self._found is None:
            address = f"{self._provider.issuer.rstrip('/')}/.well-known/openid-configuration"
            found = (await client.get(address)).raise_for_status().json()
            if found["issuer"] != self._provider.issuer:
                raise ValueError("the provider calls itself something else")
            self._found = found
        return self._found

    def _refused(self, error: Exception) -> SignInError:
        log.warning("desk.sso_failed", error=type(error).__name__)
        return SignInError()
