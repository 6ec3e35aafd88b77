"""Every bench after the other, never two at a time: `python -m benches.all [--check]`. About fifteen minutes.

Words after `all` go to each: `--rounds 3 --seconds 2` for a first look.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import sys
from pathlib import Path

from benches import desk, gifts, growth, intake, pages, paint, peers, postgres, seal, verify
from benches.ground import MissingError


def machine() -> str:
    """Say on what this runs."""
    told = Path("/proc/cpuinfo")
    names = [line.partition(":")[2].strip() for line in told.read_text().splitlines() if line.startswith("model name")]
    load = ", ".join(f"{number:.2f}" for number in os.getloadavg())
    python = platform.python_version()
    return f"{len(names)} x {names[0]}; Python {python}; {dt.datetime.now(dt.UTC).date()}; load average {load}"


def main() -> int:
    print(machine())
    words = sys.argv[1:]
    try:
        benches = (pages, gifts, intake, verify, paint, seal, desk, postgres, growth, peers)
        codes = [bench.main(words) for bench in benches]
    except MissingError as error:
        sys.exit(f"bench: {error}")
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
