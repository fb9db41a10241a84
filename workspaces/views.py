"""The pages before the pages: signing in, by password or link, signing out, changing the password.

They are whole without scripts. Whatever they are told to lead to afterwards lies on this host, or is not gone to.
"""

from typing import Any, Final

from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from workspaces.errors import LinkSpent, SignInRefused, TooManyTries
from workspaces.guessers import guesser_of, remember_browser
from workspaces.operations.change_password import change_password
from workspaces.operations.check_password import check_password
from workspaces.operations.count_tries import count_try, forgive_tries
from workspaces.operations.login_link import spend_login_link
from workspaces.operations.record_audit import record_audit

HOME: Final = "/"
BACKEND: Final = "django.contrib.auth.backends.ModelBackend"
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


@never_cache
@csrf_protect
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password. What went wrong is told without telling whether the name exists."""
    after = _after(request)
    if request.method != "POST":
        return redirect(after) if request.user.is_authenticated else _page(request, "sign_in", after=after)
    name = request.POST.get("username", "")
    try:
        user = check_password(
            request=request, name=name, password=request.POST.get("password", ""), guesser=guesser_of(request)
        )
    except SignInRefused as exc:
        return _page(request, "sign_in", status=403, after=after, name=name[:150], problem=str(exc))
    except TooManyTries as exc:
        response = _page(request, "sign_in", status=429, after=after, name=name[:150], problem=str(exc))
        response["Retry-After"] = str(exc.wait_seconds)
        return response
    login(request, user, backend=BACKEND)
    response = redirect(after)
    remember_browser(response, user)
    return response


@never_cache
@require_GET
def login_by_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Sign in whom the link was made for. A GET, because it is opened from a terminal; once, so that it may be one."""
    try:
        user = spend_login_link(secret=secret)
    except LinkSpent as exc:
        return _page(request, "link_spent", status=410, message=str(exc))
    login(request, user, backend=BACKEND)
    return redirect(_after(request))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, User):
        record_audit(workspace=None, by=request.user, verb="user.signed_out", target=request.user.get_username())
    logout(request)
    return redirect("sign-in")


@never_cache
@login_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's password, or set the first one. Every other session of the user ends."""
    user = request.user
    assert isinstance(user, User)
    after = _after(request)
    kind = PasswordChangeForm if user.has_usable_password() else SetPasswordForm
    form: Any = kind(user, request.POST or None)
    if request.method != "POST":
        return _page(request, "password", after=after, form=form)
    try:
        count_try("password", str(user.pk))
    except TooManyTries as exc:
        return _page(request, "password", status=429, after=after, form=kind(user), problem=str(exc))
    if not form.is_valid():
        return _page(request, "password", status=422, after=after, form=form)
    forgive_tries("password", str(user.pk))
    change_password(user=user, password=form.cleaned_data["new_password1"])
    update_session_auth_hash(request, user)
    return _page(request, "password_changed", after=after)


@never_cache
@require_GET
def operators_only(request: HttpRequest) -> HttpResponse:
    """Where the Django admin sends whoever may not see it."""
    after = _after(request)
    if not request.user.is_authenticated:
        return redirect(f"/login/?{urlencode({'next': after})}")
    if request.user.is_staff:
        return redirect(after)
    return _page(request, "operators_only", status=403)


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without the token that shows it is ours."""
    return _page(request, "form_too_old", status=403)


def _after(request: HttpRequest) -> str:
    """Where to go next: what `next` says, if it is of this host."""
    wanted = request.POST.get("next") or request.GET.get("next") or HOME
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else HOME


def _page(request: HttpRequest, page: str, *, status: int = 200, **told: Any) -> HttpResponse:
    response = render(request, f"workspaces/{page}.html", told, status=status)
    response["Content-Security-Policy"] = POLICY
    return response
