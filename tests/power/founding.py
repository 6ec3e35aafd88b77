"""A founding under the recorder: `python -m tests.power.founding HOME`; prints `ack LOG-KEY 0` once it is founded."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from django.db import connections

from panah.site.gifts.queries import fund_rules
from panah.storage.writer import stop_writers
from tests.fundlab import make_open_fund
from tests.power.fund import NOW


def main() -> None:
    fund = make_open_fund(Path(sys.argv[1]), now=NOW)
    stop_writers()
    os.write(1, f"ack {fund_rules(fund).vkey} 0\n".encode())
    connections[fund.alias].close()


if __name__ == "__main__":
    main()
