"""The application the web server runs."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from sitebook.config.serving import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sitebook.config.settings")
application = get_wsgi_application()
# Load every page before the first visitor asks, then keep all that out of garbage collection's rounds.
len(get_resolver().url_patterns)
gc.collect()
gc.freeze()
end_with_parent()
