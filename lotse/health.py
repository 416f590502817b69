"""How the bot is, on loopback: alive, ready, and numbers for Prometheus; nothing about anybody."""

import asyncio
from collections.abc import AsyncIterator

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from prometheus_client.registry import REGISTRY
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.webhook import serve
from db.engine import StorageBusyError
from lotse.runtime import Lotse

# A long poll answers after 25 seconds at the latest.
LONGEST_SILENCE = 120.0


def health_app(lotse: Lotse, *, polling: bool) -> Starlette:
    """GET /healthz, /readyz and /metrics."""

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def ready(_request: Request) -> Response:
        wrong = [problem async for problem in _problems(lotse, polling=polling)]
        return PlainTextResponse("\n".join(wrong) or "ready", 503 if wrong else 200)

    async def metrics(_request: Request) -> Response:
        registry = CollectorRegistry()
        await _now(lotse, registry)
        body = generate_latest(REGISTRY) + generate_latest(registry)
        return Response(body, media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", metrics)])


async def serve_health(lotse: Lotse, *, polling: bool) -> None:
    """Listen until cancelled; returns at once where no port is set."""
    port = lotse.core.settings.health_port
    if port:
        await serve(health_app(lotse, polling=polling), port)


async def _problems(lotse: Lotse, *, polling: bool) -> AsyncIterator[str]:
    core = lotse.core
    try:
        await core.database.check()
    except StorageBusyError:
        yield "The database does not answer."
    if polling and core.clock.now().timestamp() - _last_fetch() > LONGEST_SILENCE:
        yield "Telegram does not answer."


def _last_fetch() -> float:
    return REGISTRY.get_sample_value("lotse_last_fetch_timestamp_seconds") or 0.0


async def _now(lotse: Lotse, registry: CollectorRegistry) -> None:
    """What is asked for only when somebody looks."""
    core, now = lotse.core, lotse.core.clock.now()
    boxes = Gauge("lotse_box_rows", "Rows of inbox and outbox.", ["box", "state"], registry=registry)
    oldest = Gauge(
        "lotse_oldest_due_seconds", "How long the oldest message that is due waits.", registry=registry
    )
    stale = Gauge("lotse_stale_offers", "Offers whose check is overdue.", registry=registry)
    answers = Gauge("lotse_database_answers", "1 when the database answered just now.", registry=registry)
    breaker = Gauge(
        "lotse_nlu_breaker",
        "1 for the state of the switch before the nlu service; nothing where that is not used.",
        ["state"],
        registry=registry,
    )
    saved = Gauge(
        "lotse_last_backup_timestamp_seconds", "When the newest backup was made.", registry=registry
    )
    tasks = Gauge("lotse_tasks", "What runs side by side in the bot at this moment.", registry=registry)
    tasks.set(len(asyncio.all_tasks()))
    saved.set(max((file.stat().st_mtime for file in core.settings.backups()), default=0.0))
    if lotse.nlu is not None:
        now_in = lotse.nlu.status().state
        for state in ("closed", "half_open", "open"):
            breaker.labels(state).set(now_in == state)
    try:
        async with core.database.read() as tx:
            counts = await core.delivery.counts(tx)
            due = await core.delivery.next_wake(tx)
            overdue = await core.freshness.due_count(tx, None, now)
    except StorageBusyError:
        answers.set(0)
        return
    answers.set(1)
    for box, rows in (("inbox", counts.inbox), ("outbox", counts.outbox)):
        for state, count in rows.items():
            boxes.labels(box, state).set(count)
    oldest.set(max(0.0, (now - due).total_seconds()) if due else 0)
    stale.set(overdue)
