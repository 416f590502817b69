"""The services of the catalogue, put together on the same repositories."""

from collections.abc import Callable
from dataclasses import dataclass

from offers.editing import EditingService
from offers.freshness import FreshnessService
from offers.repository import OffersRepository
from offers.responsible.repository import ResponsibleRepository
from offers.responsible.service import ResponsibleService
from offers.service import OffersService
from offers.translations.repository import TranslationsRepository
from offers.translations.service import TranslationsService
from offers.twins.repository import TwinsRepository
from offers.twins.service import TwinsService
from people.house.service import HouseService


@dataclass(frozen=True)
class CatalogueServices:
    """One of each."""

    offers: OffersService
    freshness: FreshnessService
    editing: EditingService
    responsible: ResponsibleService
    twins: TwinsService
    translations: TranslationsService


def build_catalogue(*, new_id: Callable[[], str], house: HouseService) -> CatalogueServices:
    """The house says how often an offer is checked, and how long one that nobody confirms is recommended yet."""
    repository, duties = OffersRepository(), ResponsibleRepository()
    twins, texts = TwinsRepository(), TranslationsRepository()
    return CatalogueServices(
        OffersService(repository, duties, twins, new_id=new_id, house=house),
        FreshnessService(repository, house),
        EditingService(repository, twins, new_id=new_id),
        ResponsibleService(duties, repository, new_id=new_id),
        TwinsService(twins, repository, duties, texts, new_id=new_id),
        TranslationsService(repository, texts, new_id=new_id),
    )
