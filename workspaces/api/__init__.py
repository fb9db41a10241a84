"""Who is calling, and whoever runs a workspace: its members, its tokens, what was done in it."""

from ninja import Router

from workspaces.api import audit, me, members, tokens, workspaces

router = Router(tags=["workspaces"])
for part in (me, workspaces, members, tokens, audit):
    router.add_router("", part.router)

__all__ = ["router"]
