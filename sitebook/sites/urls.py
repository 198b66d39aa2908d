"""Addresses of sites."""

from django.urls import path

from sitebook.access.permissions import Permission
from sitebook.contacts.pages import duplicates
from sitebook.files import views as documents
from sitebook.records.pages import archive
from sitebook.registers import maps
from sitebook.registers.views import words_path
from sitebook.sites.models import Site
from sitebook.sites.pages import areas, exports, sites, status
from sitebook.sites.register import SITES

ARCHIVE = archive.Place(model=Site, path="sites", help="sites")

app_name = "sites"
urlpatterns = [
    path("sites/", sites.sites, name="list"),
    path("sites/new/", sites.new, name="new"),
    path("sites/pick/", sites.pick, name="pick"),
    path("sites/twins/", duplicates.likely, {"what": "site"}, name="twins"),
    words_path(SITES),
    *maps.urls(SITES),
    path("sites/<int:pk>/", sites.site, name="site"),
    path("sites/<int:pk>/areas/", areas.areas, name="areas"),
    path("sites/<int:pk>/areas/add/<str:what>/", areas.add, name="area-add"),
    path("areas/<int:pk>/edit/", areas.edit_area, name="area-edit"),
    path("areas/<int:pk>/remove/", areas.drop_area, name="area-remove"),
    path("positions/<int:pk>/edit/", areas.edit_position, name="position-edit"),
    path("positions/<int:pk>/remove/", areas.drop_position, name="position-remove"),
    path("sites/export.<str:ending>", exports.export_sites, {"as_shown": False}, name="export"),
    path("sites/shown.<str:ending>", exports.export_sites, {"as_shown": True}, name="shown"),
    path("sites/<int:pk>/activate/", status.activate, name="activate"),
    path("sites/<int:pk>/rest/", status.rest, name="rest"),
    path("sites/<int:pk>/close/", status.close, name="close"),
    path("sites/<int:pk>/history/", sites.site_history, name="history"),
    path("sites/<int:pk>/edit/", sites.edit, name="edit"),
    path("sites/<int:pk>/documents/", documents.of_site, name="documents"),
    *archive.urls(ARCHIVE, needs=Permission.ARCHIVE_SITES),
]
