"""Jobs with their assets, visits and lines."""

from sitebook.jobs.models.job import Job
from sitebook.jobs.models.job_asset import JobAsset
from sitebook.jobs.models.line import JobLine
from sitebook.jobs.models.visit import Visit
from sitebook.jobs.models.visit_people import VisitResource

__all__ = ["Job", "JobAsset", "JobLine", "Visit", "VisitResource"]
