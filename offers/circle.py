"""Everything that helpers use beside search, put together: what the bot holds in its hands."""

from collections.abc import Callable
from dataclasses import dataclass

from db.crypto import Cipher
from delivery.service import DeliveryService
from offers.meetings.repository import MeetingsRepository
from offers.meetings.service import GuestNews, MeetingsService
from offers.repository import OffersRepository
from offers.reviews.keepers import Keepers
from offers.reviews.repository import ReviewsRepository
from offers.saved.repository import SavedRepository
from offers.saved.service import SavedService
from offers.service import OffersService
from offers.suggesting import SuggestingService
from people.service import PeopleService


@dataclass(frozen=True)
class Circle:
    """The use cases of volunteers and of whoever coordinates a circle."""

    meetings: MeetingsService
    saved: SavedService
    suggesting: SuggestingService


def build_circle(
    cipher: Cipher,
    people: PeopleService,
    delivery: DeliveryService,
    offers: OffersService,
    news: GuestNews,
    *,
    new_id: Callable[[], str],
) -> Circle:
    """One of each."""
    keepers = Keepers(ReviewsRepository(), people)
    return Circle(
        MeetingsService(MeetingsRepository(), delivery, news, new_id=new_id),
        SavedService(SavedRepository(cipher), offers, delivery, new_id=new_id),
        SuggestingService(OffersRepository(), keepers, people, delivery, new_id=new_id),
    )
