"""Addresses of this area."""

from django.urls import path

from sitebook.customers.pages import archiving, contacts, customers, people, sites

app_name = "customers"
urlpatterns = [
    path("customers/", customers.customers, name="list"),
    path("customers/new/", customers.new, name="new"),
    path("customers/pick/", customers.pick, name="pick"),
    path("customers/bulk/", customers.bulk, name="bulk"),
    path("customers/<int:pk>/", customers.customer, name="customer"),
    path("customers/<int:pk>/sites/", customers.customer_sites, name="customer-sites"),
    path("customers/<int:pk>/history/", customers.customer_history, name="customer-history"),
    path("customers/<int:pk>/edit/", customers.edit, name="edit"),
    path("customers/<int:pk>/archive/", archiving.archive_customer, name="archive"),
    path("customers/<int:pk>/restore/", archiving.restore_customer, name="restore"),
    path("customers/<int:pk>/contacts/", people.customer_contacts, name="customer-contacts"),
    path("contacts/", contacts.contacts, name="contacts"),
    path("contacts/new/", contacts.new, name="contact-new"),
    path("contacts/pick/", people.pick, name="contact-pick"),
    path("contacts/bulk/", contacts.bulk, name="contact-bulk"),
    path("contacts/roles/new/", people.give_role, name="role-new"),
    path("contacts/roles/<int:pk>/end/", people.end_role, name="role-end"),
    path("contacts/<int:pk>/", contacts.contact, name="contact"),
    path("contacts/<int:pk>/history/", contacts.contact_history, name="contact-history"),
    path("contacts/<int:pk>/edit/", contacts.edit, name="contact-edit"),
    path("contacts/<int:pk>/archive/", archiving.archive_contact, name="contact-archive"),
    path("contacts/<int:pk>/restore/", archiving.restore_contact, name="contact-restore"),
    path("sites/", sites.sites, name="sites"),
    path("sites/new/", sites.new, name="site-new"),
    path("sites/pick/", sites.pick, name="site-pick"),
    path("sites/bulk/", sites.bulk, name="site-bulk"),
    path("sites/<int:pk>/", sites.site, name="site"),
    path("sites/<int:pk>/contacts/", people.site_contacts, name="site-contacts"),
    path("sites/<int:pk>/history/", sites.site_history, name="site-history"),
    path("sites/<int:pk>/edit/", sites.edit, name="site-edit"),
    path("sites/<int:pk>/archive/", archiving.archive_site, name="site-archive"),
    path("sites/<int:pk>/restore/", archiving.restore_site, name="site-restore"),
    path("archived/<str:act>/undo/", archiving.undo, name="undo-archive"),
]
