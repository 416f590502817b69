"""What a page's handler gets: who asks, in which language, the open transaction, the use cases; and what it gives back."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from agreements.cases import Cases
from agreements.service import AgreementsService
from db.engine import Database, Transaction
from desk.errors import BotUnknownError, FieldMissingError
from i18n.messages import Words
from offers.circle import Circle
from offers.editing import EditingService
from offers.freshness import FreshnessService
from offers.responsible.service import ResponsibleService
from offers.reviews.service import ReviewRounds
from offers.service import OffersService
from offers.translations.service import TranslationsService
from offers.twins.service import TwinsService
from people.accounts.passwords import Passwords
from people.accounts.service import AccountsService
from people.accounts.types import SignedIn
from people.errors import NotFoundError
from people.house.service import HouseService
from people.service import PeopleService
from people.types import Actor

if TYPE_CHECKING:
    from desk.app import Desk

_DIGITS = 4
"""No form of the desk asks for a longer number."""


@dataclass
class Bot:
    """The bot that the desk's links lead to; its name is empty until Telegram has said it."""

    username: str = ""

    def link(self, payload: str) -> str:
        """What opens the bot with this payload. Raises BotUnknownError."""
        if not self.username:
            raise BotUnknownError
        return f"https://t.me/{self.username}?start={payload}"


@dataclass(frozen=True)
class House:
    """What is true of this desk: its district, its address, the bot, and whether the clock may be moved."""

    district: str
    url: str
    bot: Bot
    sample: bool = False

    @property
    def secure(self) -> bool:
        """Whether browsers reach it by https."""
        return self.url.startswith("https://")


@dataclass(frozen=True)
class Services:
    """The use cases, as the composition root made them."""

    database: Database
    people: PeopleService
    accounts: AccountsService
    passwords: Passwords
    offers: OffersService
    freshness: FreshnessService
    editing: EditingService
    reviews: ReviewRounds
    responsible: ResponsibleService
    twins: TwinsService
    translations: TranslationsService
    agreements: AgreementsService
    cases: Cases
    circle: Circle

    @property
    def house(self) -> HouseService:
        """The settings of the house."""
        return self.people.house


@dataclass
class Turn:
    """One request on its way. `desk` is what lives as long as the process. `wall` is the machine's time, by which sessions and codes go; `now` is what case work goes by. `form` is empty for a GET; `context` is what a route prepared for its handler; `signed` is None on the few pages that need nobody."""

    request: Request
    desk: "Desk"
    services: Services
    house: House
    now: datetime
    wall: datetime
    words: Words
    signed: SignedIn | None
    token: str = ""
    form: FormData = field(default_factory=FormData)
    context: dict[str, Any] = field(default_factory=dict)
    tx: Transaction = field(init=False)

    @property
    def actor(self) -> Actor:
        """Who asks. Raises NotFoundError where nobody is signed in."""
        return self.who.actor

    @property
    def who(self) -> SignedIn:
        """The account and session behind the request. Raises NotFoundError where nobody is signed in."""
        if self.signed is None:
            raise NotFoundError
        return self.signed

    @property
    def language(self) -> str:
        """The language of the page."""
        return self.words.language

    @property
    def partial(self) -> bool:
        """Whether htmx asks for a piece of the page."""
        headers = self.request.headers
        return headers.get("hx-request") == "true" and headers.get("hx-boosted") != "true"

    def part(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    def query(self, name: str) -> str:
        """A value of the address, empty where it is not there."""
        return self.request.query_params.get(name, "")

    async def uploads(self, name: str) -> dict[str, bytes]:
        """The files of a field by their names. Raises FieldMissingError where none was chosen."""
        files = {
            upload.filename: await upload.read()
            for upload in self.form.getlist(name)
            if not isinstance(upload, str) and upload.filename
        }
        if not files:
            raise FieldMissingError
        return files

    async def upload(self, name: str) -> tuple[str, bytes]:
        """Name and content of the one file of a field, the last where there are several. Raises FieldMissingError."""
        return list((await self.uploads(name)).items())[-1]

    def typed(self, name: str) -> str:
        """A field of the form as text, empty where it is not there."""
        value = self.form.get(name, "")
        return value if isinstance(value, str) else ""

    def chosen(self, name: str) -> list[str]:
        """Every value of a field that may be there several times."""
        return [value for value in self.form.getlist(name) if isinstance(value, str)]

    def number(self, name: str) -> int | None:
        """A field as a whole number, None where it is empty. Raises FieldMissingError for anything but a few digits."""
        value = self.typed(name).strip()
        if not value:
            return None
        if not value.isdecimal() or len(value) > _DIGITS:
            raise FieldMissingError
        return int(value)

    def day(self, name: str) -> date | None:
        """A field as a date, None where it is none."""
        try:
            return date.fromisoformat(self.typed(name))
        except ValueError:
            return None


@dataclass(frozen=True)
class Page:
    """A template and what it shows; `address` is what a browser may ask for again where the page comes of a form."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    address: str = ""


@dataclass(frozen=True)
class Go:
    """On to another page of the desk, with a sentence about what was done: the end of an id `desk.done.…`."""

    path: str
    done: str = ""


CSV = "text/csv; charset=utf-8"
HTML = "text/html; charset=utf-8"
JSON = "application/json"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"


@dataclass(frozen=True)
class File:
    """A file to keep or to print."""

    content: bytes
    media_type: str
    name: str


Answer = Page | Go | File | Response
Handler = Callable[[Turn], Awaitable[Answer]]
