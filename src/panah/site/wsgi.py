"""What the server runs: published files first, from memory; Django for the few pages that need it.

Importing this module starts the funds' threads, once per process. An interrupted process leaves
nothing half-done: starting up completes what was cut off (`site/running.py`).
"""

from __future__ import annotations

import atexit
import os
from multiprocessing.util import Finalize

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "panah.settings.site")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

_django = get_wsgi_application()

from panah.site import home, running  # noqa: E402
from panah.site.pages import PageStore  # noqa: E402


def _start() -> PageStore:
    site = home.read_site(settings.PANAH_HOME)
    home.use(site)
    # A worker of the server ends through multiprocessing, which runs no atexit functions; whichever comes first.
    atexit.register(running.stop)
    Finalize(None, running.stop, exitpriority=10)
    funds = [entry.fund for entry in running.start(site.home, settings.PANAH_DATABASE, site.address_of)]
    return PageStore([(site.prefix(fund.slug).rstrip("/"), fund.public) for fund in funds], _django)


application = _start()
