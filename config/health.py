"""Whether the parts are there: for supervisors, load balancers and people."""

import asyncio

import redis.asyncio
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db.models.functions import Now
from django.http import HttpRequest
from ninja import Router, Schema, Status

from config.version import product_version
from executions.models import WorkerProcess

router = Router(tags=["health"])

PATIENCE_SECONDS = 3.0


class Health(Schema):
    status: str
    version: str
    postgres: bool
    redis: bool
    workers: int


@router.get("/health", auth=None, response={200: Health, 503: Health})
async def health(request: HttpRequest) -> Status[Health]:
    """200 if PostgreSQL and Redis answer, else 503. No workers is no fault of this process: see `workers`."""
    workers, pong = await asyncio.gather(_live_workers(), _redis_answers())
    found = Health(
        status="ok" if workers is not None and pong else "unavailable",
        version=product_version(),
        postgres=workers is not None,
        redis=pong,
        workers=workers or 0,
    )
    return Status(200 if found.status == "ok" else 503, found)


async def _live_workers() -> int | None:
    """How many worker processes hold a lease; None if PostgreSQL does not answer."""
    try:
        return await asyncio.wait_for(sync_to_async(_count_workers)(), PATIENCE_SECONDS)
    except Exception:  # noqa: BLE001 - whatever it is, the answer is no
        return None


def _count_workers() -> int:
    return WorkerProcess.objects.filter(stopped_at=None, expires_at__gt=Now()).count()


async def _redis_answers() -> bool:
    client = redis.asyncio.Redis.from_url(
        settings.REDIS_URL, socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS
    )
    try:
        return bool(await client.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        await client.aclose()
