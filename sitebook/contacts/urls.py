"""Addresses of contacts."""

from django.urls import path

from sitebook.access.permissions import Permission
from sitebook.contacts.models import Contact
from sitebook.contacts.pages import contacts, duplicates, exports, parties, people
from sitebook.files import views as documents
from sitebook.records.pages import archive

ARCHIVE = archive.Place(model=Contact, path="contacts", help="contacts")

app_name = "contacts"
urlpatterns = [
    path("customers/<int:pk>/contacts/", people.customer_contacts, name="customer-contacts"),
    path("contacts/", contacts.contacts, name="list"),
    path("contacts/new/", contacts.new, name="new"),
    path("contacts/pick/", people.pick, name="pick"),
    path("contacts/twins/", duplicates.likely, {"what": "contact"}, name="twins"),
    path("contacts/roles/new/", people.give_role, name="role-new"),
    path("contacts/roles/<int:pk>/end/", people.end_role, name="role-end"),
    path("contacts/<int:pk>/", contacts.contact, name="contact"),
    path("contacts/<int:pk>/history/", contacts.contact_history, name="history"),
    path("contacts/<int:pk>/edit/", contacts.edit, name="edit"),
    path("contacts/<int:pk>/documents/", documents.of_contact, name="documents"),
    *archive.urls(ARCHIVE, needs=Permission.ARCHIVE_CONTACTS),
    path("sites/<int:pk>/contacts/", people.site_contacts, name="site-contacts"),
    path("contacts/export.<str:ending>", exports.export_contacts, {"as_shown": False}, name="export"),
    path("contacts/shown.<str:ending>", exports.export_contacts, {"as_shown": True}, name="shown"),
    path("sites/<int:pk>/parties/new/", parties.new, name="party-new"),
    path("parties/<int:pk>/change/", parties.change, name="party-change"),
    path("parties/<int:pk>/end/", parties.end, name="party-end"),
]
