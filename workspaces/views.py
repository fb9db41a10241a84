"""The page behind a login link."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from workspaces.errors import LinkSpent
from workspaces.operations.login_link import spend_login_link


@never_cache
@require_GET
def login_by_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Sign in whom the link was made for. A GET, because it is opened from a terminal; once, so that it may be one."""
    try:
        user = spend_login_link(secret=secret)
    except LinkSpent as exc:
        return render(request, "workspaces/login_link_spent.html", {"message": str(exc)}, status=410)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("/")
