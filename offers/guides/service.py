"""Use cases about guide pages: the import, and the passage that answers a question."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from db.engine import Transaction
from offers import rules
from offers.guide_search import GuideIndex
from offers.guide_types import GuideHit, GuidePage
from offers.guides import integreat
from offers.guides.repository import GuidesRepository, Stamp, page_hash
from offers.types import ImportReport, RowError


class GuidesService:
    """Guide pages. Never commits: `tx` is the caller's unit of work. `refresh` comes before `search`."""

    def __init__(self, repository: GuidesRepository) -> None:
        self._repository = repository
        self._stamp: Stamp | None = None
        self._indexes: Mapping[str, GuideIndex] = {}

    async def changed_pages(self, tx: Transaction) -> tuple[Stamp, list[GuidePage]] | None:
        """All pages when they are not those of the search any more; one small query when they are."""
        stamp = await self._repository.stamp(tx)
        return None if stamp == self._stamp else (stamp, await self._repository.pages(tx))

    async def learn(self, stamp: Stamp, pages: Iterable[GuidePage]) -> None:
        """Build the search anew, in a thread and outside any transaction: a thousand pages take seconds."""
        self._indexes = await asyncio.to_thread(_indexes, list(pages))
        self._stamp = stamp

    def search(self, text: str, language: str, limit: int = 1) -> tuple[GuideHit, ...]:
        """The pages in this language that answer best, as of the last `learn`."""
        index = self._indexes.get(language)
        return index.search(text, limit=limit) if index else ()

    async def import_integreat(
        self,
        tx: Transaction,
        files: Mapping[str, bytes],
        now: datetime,
        *,
        dry_run: bool,
        prune: bool = False,
    ) -> ImportReport:
        """Bring the pages to what these files say, or nothing at all when one of their entries is wrong.

        Pages of the same region and language that are not in the files any more are named; they go only with `prune`.
        """
        pages: dict[str, GuidePage] = {}
        errors: list[RowError] = []
        for name, content in files.items():
            found, _, wrong = integreat.parse(name, content)
            pages |= {page.id: page for page in found}
            errors += wrong
        if errors:
            return ImportReport(0, 0, 0, (), tuple(errors))
        scope = sorted({(page.region, page.language) for page in pages.values()})
        stored = await self._repository.hashes(tx, scope)
        new = [page for page in pages.values() if page.id not in stored]
        changed = [p for p in pages.values() if p.id in stored and stored[p.id][1] != page_hash(p)]
        vanished = {id_: title for id_, (title, _) in stored.items() if id_ not in pages}
        if not dry_run:
            latest, _ = await self._repository.stamp(tx)
            moment = rules.next_moment(latest, now)
            await self._repository.put(tx, [*new, *changed], moment)
            if prune:
                await self._repository.remove(tx, list(vanished))
        return ImportReport(
            len(new),
            len(changed),
            len(pages) - len(new) - len(changed),
            tuple(sorted(vanished.values())),
            (),
            begun=tuple(page.title for page in new),
            altered=tuple(page.title for page in changed),
        )


def _indexes(pages: list[GuidePage]) -> Mapping[str, GuideIndex]:
    by_language: dict[str, list[GuidePage]] = defaultdict(list)
    for page in pages:
        by_language[page.language].append(page)
    return {language: GuideIndex(some) for language, some in by_language.items()}
