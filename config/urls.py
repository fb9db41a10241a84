"""Which address answers what."""

from django.contrib import admin
from django.urls import path, re_path
from django.views.generic import RedirectView

from config.api import api
from config.pages import page
from workspaces.views import login_by_link

admin.site.site_header = admin.site.site_title = "Stepwell"
admin.site.index_title = "Operations"

urlpatterns = [
    path("api/v1/", api.urls),
    path("admin/", admin.site.urls),
    path("login/<str:secret>/", login_by_link, name="login-by-link"),
    re_path(r"^(?:executions|flows|environments)(?:/.*)?$", page, name="page"),
    path("", RedirectView.as_view(url="/executions"), name="home"),
]

handler404 = "config.problems.not_found_page"
