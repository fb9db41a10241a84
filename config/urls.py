"""Which address answers what."""

from django.contrib import admin
from django.urls import path, re_path
from django.views.generic import RedirectView

from config.api import api
from config.hooks import call
from config.pages import page
from workspaces.views import login_by_link, operators_only, password, sign_in, sign_out

admin.site.site_header = admin.site.site_title = "Stepwell"
admin.site.index_title = "Operations"

urlpatterns = [
    path("api/v1/", api.urls),
    path("admin/login/", operators_only),  # everybody signs in at one place
    path("admin/logout/", sign_out),
    path("admin/password_change/", RedirectView.as_view(url="/password/")),
    path("admin/", admin.site.urls),
    path("hooks/<str:token>", call, name="hook"),
    path("login/", sign_in, name="sign-in"),
    path("login/<str:secret>/", login_by_link, name="login-by-link"),
    path("logout/", sign_out, name="sign-out"),
    path("password/", password, name="password"),
    re_path(r"^(?:executions|flows|environments|schedules|batches|analytics|workspace)(?:/.*)?$", page, name="page"),
    path("", RedirectView.as_view(url="/executions", query_string=True), name="home"),
]

handler404 = "config.problems.not_found_page"
