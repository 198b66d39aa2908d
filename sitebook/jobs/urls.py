"""Addresses of jobs and visits."""

from django.urls import path

from sitebook.jobs.pages import jobs, lines, panels, quick, verbs, visits
from sitebook.jobs.register import JOBS

app_name = "jobs"
urlpatterns = [
    path("jobs/sites-to-pick/", jobs.sites_to_pick, name="sites-to-pick"),
    path("jobs/about/", quick.about, name="about-to-pick"),
    path("jobs/full/", quick.full, name="full"),
    path("jobs/assets-to-pick/", quick.assets, name="assets-to-pick"),
    path("jobs/activities-to-pick/", quick.activities, name="activities-to-pick"),
    path("jobs/why-not/", quick.why_not, name="why-not"),
    path("customers/<int:pk>/jobs/", panels.customer_jobs, name="customer-jobs"),
    path("sites/<int:pk>/jobs/", panels.site_jobs, name="site-jobs"),
    path("assets/<int:pk>/jobs/", panels.asset_jobs, name="asset-jobs"),
    *JOBS.urls(record=jobs.overview, new=quick.new),
    *verbs.urls(),
    *visits.urls(),
    path("jobs/<int:pk>/assets/new/", jobs.add_asset, name="add-asset"),
    path("jobs/<int:pk>/lines/new/", lines.new, name="new-line"),
    path("job-assets/<int:pk>/", jobs.asset_outcome, name="asset-outcome"),
    path("job-assets/<int:pk>/remove/", jobs.drop_asset, name="drop-asset"),
    path("job-lines/<int:pk>/", lines.edit, name="line"),
    path("job-lines/<int:pk>/remove/", lines.remove, name="remove-line"),
]
