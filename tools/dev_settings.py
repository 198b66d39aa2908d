"""Settings for who changes Sitebook: pages of faults, templates and static files as they lie in the checkout."""

from sitebook.config.settings import *  # noqa: F403
from sitebook.config.settings import STORAGES

DEBUG = True
INTERNAL_IPS = ["127.0.0.1"]
STORAGES |= {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
