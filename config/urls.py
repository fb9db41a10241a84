"""Which address answers what."""

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

from config.api import api
from workspaces.views import login_by_link

admin.site.site_header = admin.site.site_title = "Stepwell"
admin.site.index_title = "Operations"

urlpatterns = [
    path("api/v1/", api.urls),
    path("admin/", admin.site.urls),
    path("login/<str:secret>/", login_by_link, name="login-by-link"),
    # The pages of the product come here; until then these lead to the admin's.
    path("executions/<int:object_id>/", RedirectView.as_view(pattern_name="admin:executions_execution_change")),
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
]

handler404 = "config.problems.not_found_page"
