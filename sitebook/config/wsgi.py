"""The application the web server runs."""

import gc
import multiprocessing
import os
import threading

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver


def end_with_parent() -> None:
    """In the web server's process: end when the one that started it was killed, or it would hold the port."""
    if (parent := multiprocessing.parent_process()) is not None:

        def wait() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=wait, daemon=True, name="parent-watch").start()


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sitebook.config.settings")
application = get_wsgi_application()
# Load every page before the first visitor asks, then keep all that out of garbage collection's rounds.
len(get_resolver().url_patterns)
gc.collect()
gc.freeze()
end_with_parent()
