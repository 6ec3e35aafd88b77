"""Runs one command and writes what it cost: `python -S meter.py RESULT COMMAND…`.

A process of its own, because a child's peak memory begins with its parent's: this one is as small as can be.
"""

import os
import sys

if __name__ == "__main__":
    pid = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
    _, status, usage = os.wait4(pid, 0)
    with open(sys.argv[1], "w") as result:  # noqa: PTH123 - pathlib would make this process larger
        result.write(f"{usage.ru_utime + usage.ru_stime} {usage.ru_maxrss / 1024}")
    sys.exit(os.waitstatus_to_exitcode(status))
