"""The form of a site with the person it names."""

from __future__ import annotations

from sitebook.contacts.pickers import named_contact
from sitebook.sites.register import SITES

NewSiteForm = SITES.form(new=True)


class SiteForm(SITES.form(new=False)):  # type: ignore[misc]
    """With the default contact."""

    default_contact = named_contact("default_contact")
