"""Everything that staff do with cases, put together: what the bot, the desk and the command line hold in their hands."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from agreements.access import CaseAccess
from agreements.campaigns.repository import CampaignsRepository
from agreements.campaigns.service import CampaignsService
from agreements.day.repository import DayRepository
from agreements.day.service import DayService
from agreements.feedback.repository import FeedbackRepository
from agreements.feedback.service import FeedbackService
from agreements.files.repository import FilesRepository
from agreements.files.service import FilesService
from agreements.goals.repository import GoalsRepository
from agreements.goals.service import GoalsService
from agreements.handover.repository import HandoverRepository
from agreements.handover.service import HandoverService
from agreements.holds.repository import HoldsRepository
from agreements.holds.service import HoldsService
from agreements.indicators.repository import IndicatorsRepository
from agreements.indicators.service import IndicatorsService
from agreements.placements.repository import PlacementsRepository
from agreements.placements.service import PlacementsService
from agreements.privacy.repository import PrivacyRepository
from agreements.pushes import Pushes
from agreements.reminders import Reminders
from agreements.reminding.service import TimesService
from agreements.replies.repository import RepliesRepository
from agreements.replies.service import RepliesService
from agreements.repository import AgreementsRepository
from agreements.restriction.service import RestrictionService
from agreements.series.repository import SeriesRepository
from agreements.series.service import SeriesService
from agreements.service import AgreementsService
from agreements.sharing.repository import SharingRepository
from agreements.sharing.service import SharingService
from agreements.team.repository import TeamRepository
from agreements.team.service import TeamService
from agreements.transfer.incoming import Incoming
from agreements.transfer.repository import TransferRepository
from agreements.transfer.service import TransferService
from db.crypto import Cipher
from delivery.service import DeliveryService
from offers.meetings.repository import MeetingsRepository
from offers.meetings.service import MeetingsService
from offers.service import OffersService
from people.service import PeopleService


@dataclass(frozen=True)
class Cases:
    """The use cases of case work beside agreements' milestones and appointments."""

    files: FilesService
    goals: GoalsService
    placements: PlacementsService
    day: DayService
    team: TeamService
    campaigns: CampaignsService
    transfer: TransferService
    indicators: IndicatorsService
    handover: HandoverService
    feedback: FeedbackService
    replies: RepliesService
    sharing: SharingService
    series: SeriesService
    holds: HoldsService
    restriction: RestrictionService
    times: TimesService


def build_cases(
    cipher: Cipher,
    repository: AgreementsRepository,
    people: PeopleService,
    delivery: DeliveryService,
    offers: OffersService,
    agreements: AgreementsService,
    reminders: Reminders,
    *,
    new_id: Callable[[], str],
    erased: Callable[[str, datetime], None],
) -> Cases:
    """One of each; `erased` is told the ids of cases that are gone for good."""
    access = CaseAccess(repository, people)
    pushes = Pushes(delivery, people.house, new_id=new_id)
    files, goals = FilesRepository(cipher), GoalsRepository(cipher)
    placements, day = PlacementsRepository(new_id=new_id), DayRepository()
    files_service = FilesService(files, repository, access, new_id=new_id)
    holds, sharing = HoldsRepository(cipher), SharingRepository(cipher)
    goals_service = GoalsService(goals, repository, access, pushes, holds, new_id=new_id)
    meetings = MeetingsService(MeetingsRepository(), delivery, pushes, new_id=new_id)
    transfer = TransferRepository(cipher)
    incoming = Incoming(
        transfer, repository, agreements, files_service, goals_service, holds, access, new_id=new_id
    )
    return Cases(
        files_service,
        goals_service,
        PlacementsService(placements, repository, files, access, offers, pushes, new_id=new_id),
        DayService(day, repository, files, goals, access, people, pushes),
        TeamService(TeamRepository(), files, day, access, people, pushes, new_id=new_id),
        CampaignsService(CampaignsRepository(cipher), repository, placements, access, pushes, new_id=new_id),
        TransferService(
            transfer, repository, files, goals, placements, incoming, offers, access, new_id=new_id
        ),
        IndicatorsService(IndicatorsRepository(cipher), files, offers, meetings, access),
        HandoverService(
            HandoverRepository(), repository, files, goals, placements, offers, access, pushes, new_id=new_id
        ),
        FeedbackService(FeedbackRepository(), offers, access, pushes, new_id=new_id),
        RepliesService(RepliesRepository(repository.cipher), goals, repository, agreements, access, pushes),
        SharingService(sharing, repository, agreements, pushes, new_id=new_id, new_code=people.new_code),
        SeriesService(SeriesRepository(), agreements, new_id=new_id),
        HoldsService(holds, PrivacyRepository(cipher), agreements, access, new_id=new_id, erased=erased),
        RestrictionService(repository, access, pushes, reminders, sharing),
        TimesService(repository, access, people, reminders),
    )
