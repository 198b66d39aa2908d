"""Every address of Sitebook, one line an area."""

from django.urls import include, path

from sitebook.api import views
from sitebook.config import api
from sitebook.config.registers import REGISTERS, WITH_MORE_PAGES
from sitebook.config.views import home
from sitebook.server import outages
from sitebook.ui import errors

urlpatterns = [
    path("", home, name="home"),
    path("api/docs", views.docs, name="api-docs"),
    path("api/openapi.json", views.openapi, name="openapi"),
    path("api/v1/", api.operations),
    path("api/v1/<path:rest>", views.unknown, name="api-unknown"),
    path("", include("sitebook.customers.urls")),
    path("", include("sitebook.sites.urls")),
    path("", include("sitebook.contacts.urls")),
    path("", include("sitebook.handovers.urls")),
    path("", include("sitebook.erasure.urls")),
    path("", include("sitebook.assets.urls")),
    path("", include("sitebook.jobs.urls")),
    path("", include("sitebook.products.urls")),
    *(path("", include((each.urls(), each.path))) for each in REGISTERS if each not in WITH_MORE_PAGES),
    path("", include("sitebook.catalogue.urls")),
    path("", include("sitebook.records.urls")),
    path("", include("sitebook.values.urls")),
    path("", include("sitebook.search.urls")),
    path("", include("sitebook.access.urls")),
    path("", include("sitebook.bulk.urls")),
    path("", include("sitebook.files.urls")),
    path("", include("sitebook.notes.urls")),
    path("", include("sitebook.users.urls")),
    path("", include("sitebook.outbox.urls")),
    path("", include("sitebook.upkeep.urls")),
    path("", include("sitebook.firm.urls")),
    path("", include("sitebook.custom_fields.urls")),
    path("", include("sitebook.history.urls")),
    path("", include("sitebook.lists.urls")),
    path("", include("sitebook.ui.urls")),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = outages.failed
