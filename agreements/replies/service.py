"""Use cases about what clients say to their agreement, from both sides."""

from datetime import datetime

from agreements.access import CaseAccess
from agreements.casework import check_worked_on
from agreements.goals.repository import GoalsRepository
from agreements.goals.rules import content
from agreements.goals.types import AgreementView, Version
from agreements.pushes import Pushes
from agreements.replies import shown
from agreements.replies.repository import RepliesRepository
from agreements.replies.types import AgreementReply, Standing
from agreements.repository import AgreementsRepository
from agreements.service import AgreementsService
from agreements.types import Client, HelpReason, MilestoneStatus, Receipt
from db.engine import Transaction
from people.audit.types import Part
from people.errors import NotFoundError
from people.types import Actor


class RepliesService:
    """Never commits: `tx` is the caller's unit of work."""

    def __init__(
        self,
        repository: RepliesRepository,
        goals: GoalsRepository,
        cases: AgreementsRepository,
        agreements: AgreementsService,
        access: CaseAccess,
        pushes: Pushes,
    ) -> None:
        self._repository = repository
        self._goals = goals
        self._cases = cases
        self._agreements = agreements
        self._access = access
        self._pushes = pushes

    async def own(
        self,
        tx: Transaction,
        actor: Actor,
        client_id: str,
        now: datetime,
        *,
        language: str = "",
        number: int | None = None,
    ) -> Standing:
        """The person's own agreement, which is seen with it. Raises NotFoundError.

        With a `language` it is shown in that, the newest version or that with the `number`; what the client may agree to next is marked.
        """
        client = await self._access.theirs(tx, actor, client_id, Part.AGREEMENT)
        found = await self._standing(tx, client)
        if not found.view.versions:
            return found
        newest, *older = found.view.versions
        if language and number not in {version.number for version in older}:
            await self._mark(tx, newest, found.reply, language, now)
        elif found.reply is None:
            await self._repository.keep(tx, newest.agreement_id, now)
        return found

    async def _mark(
        self, tx: Transaction, newest: Version, reply: AgreementReply | None, language: str, now: datetime
    ) -> None:
        """Keep what stands on the phone now, unless it was agreed to: then that stays."""
        mark = shown.mark(newest, language)
        if reply is None or not (reply.confirmed or (reply.mark, reply.language) == (mark, language)):
            await self._repository.keep(tx, newest.agreement_id, now, mark=mark, language=language)

    async def of_client(self, tx: Transaction, actor: Actor, client_id: str) -> Standing:
        """The same for the coordinator. Raises NotFoundError."""
        return await self._standing(tx, await self._access.work_on(tx, actor, client_id, Part.AGREEMENT))

    async def confirm(
        self, tx: Transaction, actor: Actor, client_id: str, number: int, language: str, now: datetime
    ) -> Standing:
        """The client agrees to the newest version, whose number is said with it, as it was shown last or else reads in the `language`.

        Raises NotFoundError, also for an older one, and OnlyStoredError.
        """
        client = await self._access.theirs(tx, actor, client_id, Part.AGREEMENT, change=True)
        check_worked_on(client)
        version = await self._newest(tx, client, number)
        before = await self._repository.reply(tx, version.agreement_id)
        again = before is not None and before.confirmed
        if not again or _reworded(version, before):
            kept: dict[str, str | None] = {"mark": shown.mark(version, language), "language": language}
            if before is not None and before.mark is not None and not again:
                kept = {"mark": before.mark, "language": before.language}
            await self._repository.keep(tx, version.agreement_id, now, confirmed_at=now, **kept)
            await self._pushes.tell_coordinator(tx, client, version.agreement_id, now)
        return await self._standing(tx, client)

    async def wish_change(
        self, tx: Transaction, actor: Actor, client_id: str, number: int, reason: HelpReason, now: datetime
    ) -> Receipt:
        """The client wants the newest version changed: a request, with the reason. Raises NotFoundError, also for an older one."""
        client = await self._access.theirs(tx, actor, client_id, Part.AGREEMENT, change=True)
        version = await self._newest(tx, client, number)
        await self._repository.keep(tx, version.agreement_id, now, change_at=now)
        return await self._agreements.ask_change(tx, actor, client.id, version.agreement_id, reason, now)

    async def _newest(self, tx: Transaction, client: Client, number: int) -> Version:
        versions = await self._goals.versions(tx, client.id)
        if not versions or versions[0].number != number:
            raise NotFoundError
        return versions[0]

    async def _standing(self, tx: Transaction, client: Client) -> Standing:
        goals = await self._goals.goals(tx, client.id)
        milestones = await self._cases.milestones(tx, [client.id])
        tasks = await self._goals.tasks(tx, [client.id])
        links = await self._goals.links(tx, client.id)
        versions = await self._goals.versions(tx, client.id)
        view = AgreementView(client.id, content(goals, milestones, tasks, links), tuple(versions))
        reply = await self._repository.reply(tx, versions[0].agreement_id) if versions else None
        kept = tuple(found for found in milestones if found.status is not MilestoneStatus.DROPPED)
        reworded = bool(versions) and _reworded(versions[0], reply)
        return Standing(client, view, tuple(goals), kept, tuple(tasks), reply, reworded)


def _reworded(version: Version, reply: AgreementReply | None) -> bool:
    """Whether a version reads differently now than what was agreed to."""
    if reply is None or not reply.confirmed or reply.mark is None or reply.language is None:
        return False
    return shown.mark(version, reply.language) != reply.mark
