"""What case work pushes to clients and coordinators: never more than that there is news, and where it opens."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from agreements import rules
from agreements.reminding.repository import RemindingRepository
from agreements.reminding.types import Case
from agreements.types import Client, Reminder
from db.engine import Transaction
from delivery.service import DeliveryService
from delivery.types import Kind, Outgoing, Push
from people.house.service import HouseService

STAFF_NEWS_FOR = timedelta(hours=12)
MESSAGE_FOR = timedelta(days=3)


REMINDERS = (Push.REMINDER, Push.AGAIN)


class Pushes:
    """Puts pushes into the outbox and takes them back."""

    def __init__(self, delivery: DeliveryService, house: HouseService, *, new_id: Callable[[], str]) -> None:
        self._delivery = delivery
        self._house = house
        self._new_id = new_id
        self._times = RemindingRepository(house)

    async def remind(
        self, tx: Transaction, people: Mapping[str, str], reminders: Sequence[Reminder], now: datetime
    ) -> dict[str, str]:
        """Queue the messages of reminders, whose people are given by the reminders' ids; returns the messages' ids by those."""
        messages = [
            Outgoing(
                f"reminder:{reminder.id}",
                people[reminder.id],
                Kind.PUSH,
                _content(Push.AGAIN if reminder.again else Push.REMINDER, reminder.id, reminder.client_id),
                reminder.occurrence,
                not_after=reminder.not_after,
                urgent=reminder.urgent,
            )
            for reminder in reminders
        ]
        queued = await self._delivery.enqueue_many(tx, messages, now)
        keys = {f"reminder:{reminder.id}": reminder.id for reminder in reminders}
        return {keys[key]: message_id for key, message_id in queued.items()}

    async def withdraw_reminder(self, tx: Transaction, reminder: Reminder, now: datetime) -> None:
        """Take a reminder's message back unless it has left."""
        await self._delivery.cancel(tx, f"reminder:{reminder.id}", "replanned", now)

    async def tell_client(
        self,
        tx: Transaction,
        client: Client,
        push: Push,
        ref: str,
        now: datetime,
        *,
        not_after: datetime | None = None,
        in_time_for: datetime | None = None,
    ) -> None:
        """Tell the linked person that there is news; an older push about the same thing that has not left is replaced.

        What would come too late after the person's quiet times, for `not_after` or before that for `in_time_for`, goes out within them.
        """
        # A date of an offer concerns several, each of whom is told once.
        key = f"{push.value}:{ref}:{client.id}:" if push is Push.OFFER_DATE else f"{push.value}:{ref}:"
        content = _content(push, ref, client.id)
        await self._tell(tx, client.person_id, key, content, now, not_after, in_time_for)

    async def after_quiet(self, tx: Transaction, person_id: str | None, moment: datetime) -> datetime:
        """The point in time itself, or the end of the person's quiet times that it falls into; for nobody, of the house's."""
        return (await self.after_quiet_of(tx, [person_id] if person_id else [], moment))[0]

    async def after_quiet_of(
        self, tx: Transaction, person_ids: Collection[str], moment: datetime
    ) -> list[datetime]:
        """The same for each of several people."""
        own = await self._times.quiet_of(tx, person_ids)
        night = rules.night_of(self._house.current)
        return [rules.after_quiet(moment, own.get(person_id, night)) for person_id in person_ids or ("",)]

    async def tell_guest(
        self,
        tx: Transaction,
        person_id: str,
        ref: str,
        now: datetime,
        *,
        push: Push = Push.MEETING,
        not_after: datetime,
        in_time_for: datetime | None = None,
    ) -> None:
        """Tell somebody who comes to a meeting, or remembers an offer, that its date changed; what has not left is replaced.

        It is in time for them as it is for the client in `tell_client`.
        """
        key = f"{push.value}:{ref}:{person_id}:"
        await self._tell(tx, person_id, key, _content(push, ref, None), now, not_after, in_time_for)

    async def ask_feedback(self, tx: Transaction, person_id: str, ask_id: str, now: datetime) -> None:
        """Ask somebody how a course was; `ask_id` is what opens."""
        content = {"push": Push.FEEDBACK.value, "ref": ask_id}
        key, until = f"{Push.FEEDBACK.value}:{ask_id}", now + MESSAGE_FOR
        await self._delivery.enqueue(
            tx, Outgoing(key, person_id, Kind.PUSH, content, now, not_after=until), now
        )

    async def tell_coordinator(self, tx: Transaction, client: Client | Case, ref: str, now: datetime) -> None:
        """Tell the coordinator that there is news: `ref` is the id of a request, milestone, reminder or client."""
        message = Outgoing(
            f"news:{ref}:{self._new_id()}",
            client.coordinator_id,
            Kind.PUSH,
            {"push": Push.NEWS.value, "ref": ref},
            now,
        )
        await self._delivery.enqueue(tx, message, now)

    async def tell_staff(
        self, tx: Transaction, person_id: str, why: str, now: datetime, due_at: datetime
    ) -> None:
        """Tell a member of staff that something waits in their day; once for each `why`."""
        content = {"push": Push.DAY.value, "ref": "today"}
        message = Outgoing(
            f"{why}:{person_id}", person_id, Kind.PUSH, content, due_at, not_after=due_at + STAFF_NEWS_FOR
        )
        await self._delivery.enqueue(tx, message, now)

    async def tell_helper(
        self,
        tx: Transaction,
        person_id: str,
        share_id: str,
        now: datetime,
        not_after: datetime,
        *,
        in_time_for: datetime | None = None,
    ) -> None:
        """Tell whoever comes along that there is news about the appointment; it goes to them, not to the client's chat.

        It is in time for them as it is for the client in `tell_client`.
        """
        key = f"{Push.SHARED.value}:{share_id}:"
        content = _content(Push.SHARED, share_id, None)
        await self._tell(tx, person_id, key, content, now, not_after, in_time_for)

    async def take_back(self, tx: Transaction, push: Push, ref: str, now: datetime) -> bool:
        """Take back what the client was to be told of and has not left; returns whether some of it has."""
        await self._delivery.cancel(tx, f"{push.value}:{ref}:", "taken_back", now)
        return await self.has_arrived(tx, push, ref)

    async def has_arrived(self, tx: Transaction, push: Push, ref: str) -> bool:
        """Whether the client was told of this; known for two weeks."""
        return await self._delivery.has_arrived(tx, f"{push.value}:{ref}:")

    async def missed(self, tx: Transaction, person_id: str) -> list[tuple[str, str]]:
        """Of what somebody was not told because the chat was blocked or paused, and not told since: each push and its ref."""
        keys = [key.split(":") for key in await self._delivery.missed(tx, person_id)]
        return [(key[0], key[1]) for key in keys if len(key) > 1]

    async def message(
        self,
        tx: Transaction,
        key: str,
        person_id: str,
        ref: str,
        due_at: datetime,
        now: datetime,
        *,
        client_id: str | None,
    ) -> None:
        """Queue one recipient's share of a message to many; `ref` is the recipient's row, `client_id` None for a volunteer."""
        content = _content(Push.MESSAGE, ref, client_id)
        message = Outgoing(key, person_id, Kind.PUSH, content, due_at, not_after=due_at + MESSAGE_FOR)
        await self._delivery.enqueue(tx, message, now)

    async def withdraw_messages(self, tx: Transaction, prefix: str, reason: str, now: datetime) -> int:
        """Take back what has not left yet; returns how many."""
        return await self._delivery.cancel(tx, prefix, reason, now)

    async def forget(self, tx: Transaction, person_id: str, now: datetime) -> None:
        """Take back everything that waits for a person."""
        await self._delivery.cancel_pushes(tx, person_id, "forgotten", now)

    async def _tell(
        self,
        tx: Transaction,
        person_id: str | None,
        key: str,
        content: Mapping[str, str],
        now: datetime,
        not_after: datetime | None,
        in_time_for: datetime | None = None,
    ) -> None:
        """Queue news in the place of what has not left under the same key, as urgently as that; nobody is told what is over."""
        urgent_at = await self._delivery.urgent_at(tx, key)
        await self._delivery.cancel(tx, key, "replaced", now)
        if person_id is None or (not_after is not None and not_after <= now):
            return
        due_at, urgent = now, False
        until = min(filter(None, (not_after, in_time_for)), default=None)
        if until is not None:
            urgent = await self.after_quiet(tx, person_id, now) >= until
            morning = await self.after_quiet(tx, None, now)
            # Hours of one's own give way before the night does.
            due_at = morning if urgent and morning < until else now
        if urgent_at is not None:
            # What it replaces could not wait: whoever has not heard that does not know the day that this one is about.
            urgent, due_at = True, max(now, min(urgent_at, due_at) if urgent else urgent_at)
        message = Outgoing(
            key + self._new_id(), person_id, Kind.PUSH, content, due_at, not_after=not_after, urgent=urgent
        )
        await self._delivery.enqueue(tx, message, now)


def _content(push: Push, ref: str, client_id: str | None) -> dict[str, str]:
    """What a push to a client carries: `case` says whose it is, so that it goes nowhere else and shows the right picture."""
    return {"push": push.value, "ref": ref} | ({"case": client_id} if client_id else {})
