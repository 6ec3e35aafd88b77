"""What a process does before it may hold secrets: nothing of its memory goes to a disk or to another program.

No core dumps (setrlimit(2)), not readable by other programs of the same person (prctl(2), PR_SET_DUMPABLE), files of
its
own readable by their owner alone. Where a system lacks one of these, the rest still holds; docs/threats.md says which.
Not promised: swap. Only the disk's own encryption helps there.
"""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4


def harden() -> None:
    """Do all that this system knows."""
    os.umask(0o077)
    if sys.platform != "win32":
        _no_core_dumps()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _no_core_dumps() -> None:
    import resource  # noqa: PLC0415 - Windows has no such module

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
