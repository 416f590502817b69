"""Everything that staff do with cases, put together: what the bot, the desk and the command line hold in their hands."""

from collections.abc import Callable
from dataclasses import dataclass

from agreements.access import CaseAccess
from agreements.files.repository import FilesRepository
from agreements.files.service import FilesService
from agreements.repository import AgreementsRepository
from db.crypto import Cipher
from people.service import PeopleService


@dataclass(frozen=True)
class Cases:
    """The use cases of case work beside agreements and appointments."""

    files: FilesService


def build_cases(
    cipher: Cipher, repository: AgreementsRepository, people: PeopleService, *, new_id: Callable[[], str]
) -> Cases:
    """One of each."""
    access = CaseAccess(repository, people.accessor)
    files = FilesRepository(cipher)
    return Cases(FilesService(files, repository, access, new_id=new_id))
