"""One page of a list, and the way to the next."""

from typing import Any
from urllib.parse import urlencode

from examples.shop.messages import Json, Request, Response, answer


def page(rows: list[Json], *, limit: int, key: str, request: Request, **more: Any) -> Response:
    """
    The answer for `rows`, of which there may be `limit + 1`.

    The extra one is not shown: it only tells that there is a next page, which begins `after` the last `key`.
    """
    items = rows[:limit]
    next_url = None
    if len(rows) > limit:
        next_url = f"{request.path}?{urlencode({**request.query, 'after': items[-1][key]})}"
    return answer({"items": items, "count": len(items), "next": next_url, **more})
