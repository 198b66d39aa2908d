"""Marker strings planted in the jobs of one customer."""

from __future__ import annotations

from sitebook.assets.models import Asset
from sitebook.catalogue.models import Resource, WorkType
from sitebook.customers.models import Customer
from sitebook.jobs.models import Job, JobAsset, JobLine, Visit, VisitResource
from sitebook.sites.models import Site


def plant_work(customer: Customer, site: Site, asset: Asset, *, text: str) -> None:
    """A job with an asset, a visit and a line."""
    said = {"description": f"{text} stands still", "contact_name": text, "customer_order": text, "said": text}
    work_type = WorkType.objects.order_by("pk")[0]
    job = Job.objects.create(customer=customer, site=site, asset=asset, work_type=work_type, sub_status=text, **said)
    job.refresh_from_db()
    part = {"job": job, "customer": customer}
    JobAsset.objects.create(asset=asset, note=text, **part)
    visit = Visit.objects.create(number=1, instructions=text, reason=text, **part)
    resource = Resource.objects.order_by("pk")[0]
    VisitResource.objects.create(visit=visit, customer=customer, resource=resource)
    JobLine.objects.create(kind="expense", name=f"{text} parking", reason=text, visit=visit, asset=asset, **part)
