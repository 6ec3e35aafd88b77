"""What the server runs: published files first, from memory; Django for the few pages that need it.

Importing this module starts the funds' threads, once per process. An interrupted process leaves
nothing half-done: starting up completes what was cut off (`site/running.py`).
"""

from __future__ import annotations

import atexit
import ctypes
import multiprocessing
import os
import signal
import sys
from multiprocessing.util import Finalize

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "panah.settings.site")

import django
from django.conf import settings

django.setup(set_prefix=False)

from panah.site import home, running  # noqa: E402
from panah.site.entry import entry  # noqa: E402
from panah.site.gifts.hooks import before  # noqa: E402
from panah.site.pages import PageStore  # noqa: E402
from panah.site.relay import doorway  # noqa: E402
from panah.site.relay.views import before as relay  # noqa: E402

_PR_SET_PDEATHSIG = 1  # prctl(2)
_M_ARENA_MAX = -8  # malloc.h


def _follow_server() -> None:
    """Let the server alone end this worker.

    Ctrl-C in a terminal reaches the whole process group, and the server then sends SIGTERM too: two signals at
    once can leave granian 2.8's worker waiting for ever. So the worker leaves the group; it still ends when the
    server is killed.
    """
    if multiprocessing.parent_process() is None:
        return  # imported by a test or another server: not ours to change
    os.setpgrp()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _share_memory() -> None:
    """Let threads take memory from two heaps instead of one each (mallopt(3), glibc).

    What a thread gave back stays in its own heap, and after an hour 32 heaps have each kept their largest page. The
    interpreter lets one thread at a time ask for memory anyway.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 2)


def _start() -> PageStore:
    _follow_server()
    _share_memory()
    site = home.read_site(settings.PANAH_HOME)
    home.use(site)
    door: list[doorway.Doorway] = []

    def stop() -> None:
        while door:
            door.pop().stop()
        running.stop()

    # A worker of the server ends through multiprocessing, which runs no atexit functions; whichever comes first.
    atexit.register(stop)
    Finalize(None, stop, exitpriority=10)
    funds = [entry.fund for entry in running.start(site.home, settings.PANAH_DATABASE, site.address_of)]
    door += filter(None, [doorway.listen(site.home)])
    return PageStore(
        [(site.prefix(fund.slug).rstrip("/"), fund.public) for fund in funds],
        relay(before(entry(settings.PANAH_DATABASE))),
        own={fund.public: fund.own for fund in funds},
    )


application = _start()
