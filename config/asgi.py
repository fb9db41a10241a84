"""The ASGI application: pages and API over HTTP, live events over WebSocket."""

import os
from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path, re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_asgi_application()

from config.backpressure import with_backpressure  # noqa: E402 - models can be imported from here on
from executions.consumers import ExecutionSocket, ListSocket, NothingHere  # noqa: E402

# Django's `path` is typed for views; Channels gives it applications.
to_list: Any = ListSocket.as_asgi()
to_execution: Any = ExecutionSocket.as_asgi()
to_nothing: Any = NothingHere.as_asgi()
routes: list[Any] = [
    path("ws/executions/", to_list),
    path("ws/executions/<int:execution_id>/", to_execution),
    re_path("", to_nothing),
]
sockets: Any = with_backpressure(URLRouter(routes))
application = ProtocolTypeRouter({"http": pages, "websocket": sockets})
