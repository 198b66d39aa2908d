"""Addresses of customers."""

from django.urls import path

from sitebook.access.permissions import Permission
from sitebook.contacts.pages import duplicates
from sitebook.customers.models import Customer
from sitebook.customers.pages import customers, exports, groups
from sitebook.files import views as documents
from sitebook.records.pages import archive

ARCHIVE = archive.Place(model=Customer, path="customers", help="customers")

app_name = "customers"
urlpatterns = [
    path("customers/", customers.customers, name="list"),
    path("customers/new/", customers.new, name="new"),
    path("customers/pick/", customers.pick, name="pick"),
    path("customers/pick-distributor/", customers.pick_distributor, name="distributors"),
    path("customers/twins/", duplicates.likely, {"what": "customer"}, name="twins"),
    path("customers/<int:pk>/", customers.customer, name="customer"),
    path("customers/<int:pk>/sites/", customers.customer_sites, name="customer-sites"),
    path("customers/<int:pk>/history/", customers.customer_history, name="history"),
    path("customers/<int:pk>/edit/", customers.edit, name="edit"),
    path("customers/<int:pk>/documents/", documents.of_customer, name="documents"),
    *archive.urls(ARCHIVE, needs=Permission.ARCHIVE_CUSTOMERS),
    path("customers/export.<str:ending>", exports.export_customers, {"as_shown": False}, name="export"),
    path("customers/shown.<str:ending>", exports.export_customers, {"as_shown": True}, name="shown"),
    path("customers/<int:pk>/group/", groups.put_under, name="group"),
    path("customers/<int:pk>/group/leave/", groups.take_out, name="group-leave"),
]
