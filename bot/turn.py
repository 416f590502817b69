"""One update on its way through the bot: who, in which words, with which services, and what they will see."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from telegram import Update
from telegram.ext import CallbackContext, ExtBot

from agreements.cases import Cases
from agreements.pictures import shown
from agreements.privacy.service import PrivacyService
from agreements.reminders import Reminders
from agreements.service import AgreementsService
from agreements.types import Client
from bot.screens import Screen
from db.engine import Transaction
from delivery.service import DeliveryService
from i18n.messages import Words
from nlu.emergency import EmergencyRule
from nlu.types import Understanding
from offers.circle import Circle
from offers.editing import EditingService
from offers.freshness import FreshnessService
from offers.guides.service import GuidesService
from offers.responsible.service import ResponsibleService
from offers.reviews.service import ReviewRounds
from offers.service import OffersService
from offers.translations.service import TranslationsService
from people.accounts.service import AccountsService
from people.rules import DRAFT_LIFE
from people.service import PeopleService
from people.types import Actor, Draft


def _nothing(_: str) -> bool:
    return False


@dataclass(frozen=True)
class House:
    """What the district fills in: names and numbers that stand in texts; `has_page` is whether an offer's page was published."""

    district: str
    contact_name: str
    contact_phone: str
    bot_username: str = ""
    public_url: str = ""
    has_page: Callable[[str], bool] = _nothing

    def deep_link(self, payload: str) -> str:
        """The address that opens the bot with a start payload."""
        return f"https://t.me/{self.bot_username}?start={payload}"

    def page(self, language: str, offer_id: str) -> str:
        """The published page of an offer in a language, for people without Telegram; empty where none is published."""
        if not self.public_url or not self.has_page(offer_id):
            return ""
        return f"{self.public_url.rstrip('/')}/{language}/offer-{offer_id}.html"


@dataclass(frozen=True)
class Services:
    """The use cases that handlers call."""

    people: PeopleService
    accounts: AccountsService
    offers: OffersService
    guides: GuidesService
    freshness: FreshnessService
    editing: EditingService
    reviews: ReviewRounds
    responsible: ResponsibleService
    translations: TranslationsService
    circle: Circle
    agreements: AgreementsService
    cases: Cases
    reminders: Reminders
    delivery: DeliveryService
    privacy: PrivacyService
    emergency: EmergencyRule
    house: House


@dataclass
class Turn:
    """Everything a handler needs. A handler returns screens; the runner commits them with the effect.

    `other_language` is the one that a question was surely written in, when it is not the chosen one.
    `picture` is that of the case which the screens are about, where the chat stands for several.
    `calls_away`: a command or a tap, which ends the dialogues that wait for typed text, but those `in_hand` (their kinds), which the
    handler went on with.
    `farewell` is said after the commit and kept nowhere: for somebody whose record the commit removes.
    """

    update: Update
    services: Services
    tx: Transaction
    actor: Actor
    words: Words
    now: datetime
    drafts: Mapping[str, Draft]
    understanding: Understanding | None = None
    other_language: str | None = None
    screens: list[Screen] = field(default_factory=list)
    farewell: Screen | None = None
    failure: Exception | None = None
    handled: bool = False
    picture: str = ""
    calls_away: bool = False
    in_hand: set[str] = field(default_factory=set)

    @property
    def language(self) -> str:
        """The language that the answer is written in."""
        return self.words.language

    @property
    def asked_in(self) -> str:
        """The language that the question is written in, as far as it could be told."""
        return self.other_language or self.language

    @property
    def text(self) -> str:
        """What the person wrote, empty for taps and media."""
        message = self.update.message
        return (message.text or "") if message else ""

    @property
    def review_days(self) -> int:
        """After how many days an offer is to be checked, as the house has it now."""
        return self.services.people.house.current.review_days

    @property
    def tapped_message(self) -> int | None:
        """The message whose button was tapped."""
        query = self.update.callback_query
        return query.message.message_id if query and query.message else None

    def about(self, client: Client) -> None:
        """What is shown from here on is this case's."""
        self.picture = shown(client.picture)

    async def draft(self, kind: str, step: str, life: timedelta = DRAFT_LIFE, /, **data: Any) -> None:
        """Keep the next step of a dialogue, or what was asked a moment ago, for so long; `data` may have any names."""
        self.in_hand.add(kind)
        await self.services.people.put_draft(self.tx, self.actor, kind, step, data, self.now, life=life)
        self.drafts = {**self.drafts, kind: Draft(kind, step, data)}

    async def end_draft(self, kind: str) -> None:
        """End a dialogue."""
        self.in_hand.add(kind)
        await self.services.people.drop_draft(self.tx, self.actor, kind)
        self.drafts = {other: draft for other, draft in self.drafts.items() if other != kind}


Screens = Screen | Sequence[Screen]
Handler = Callable[..., Awaitable[Screens]]
"""`async def handler(turn, *args) -> Screens`; `args` are the parts of a tap after the route's name."""


class TurnContext(CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """python-telegram-bot's context, with the turn that the runner made for this update."""

    @property
    def turn(self) -> Turn:
        """The turn of the update under way."""
        return self._turn

    @classmethod
    def from_update(cls, update: object, application: Any) -> "TurnContext":
        """Called by the application for each update."""
        return super().from_update(update, application).with_turn(update, application)

    @classmethod
    def from_error(
        cls, update: object, error: Exception, application: Any, *args: Any, **kwargs: Any
    ) -> "TurnContext":
        """Called by the application when a handler raised."""
        return super().from_error(update, error, application, *args, **kwargs).with_turn(update, application)

    def with_turn(self, update: object, application: Any) -> "TurnContext":
        """This context with the turn of its update."""
        if isinstance(update, Update):
            self._turn = application.bot_data["turns"][update.update_id]
        return self

    _turn: Turn
