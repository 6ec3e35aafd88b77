"""The reader's own file of the ECB decides whether foreign gifts were counted right."""

import datetime as dt

import pytest

from panah.core.rates import RateTable
from panah.verify.audit import Audit
from panah.verify.kept import Kept
from panah.verify.sources import open_source
from tests.loglab import Lab
from tests.verify.test_audit import TODAY

FILE = RateTable({dt.date(2021, 9, 3): {"USD": "1.1872", "JPY": "130.5"}})


@pytest.fixture
def lab(tmp_path):
    made = Lab(tmp_path).found()
    rate = FILE.rate("USD", "EUR", dt.date(2021, 9, 3))
    made.gift(10_000, 8_423, cur="USD", rate=rate.text, source=rate.source, day="2021-09-05")
    return made


def findings(lab):
    lab.publish()
    report = Audit(open_source(str(lab.folder)), Kept(), exports=False, rates=FILE).run(today=TODAY)
    return [(one.verdict, one.text()) for one in report.findings if "rate" in one.text() or "counted at" in one.text()]


def test_rates_of_the_file_hold(lab):
    assert findings(lab) == [("holds", "1 rates of foreign gifts are those of the ECB's file.")]


def test_a_bent_rate_fails_although_the_log_agrees_with_itself(lab):
    lab.gift(1_000, 8, cur="JPY", rate="0.0008", source="ecb:2021-09-03", day="2021-09-05")
    assert ("fails", "JPY was counted at 0.0008 on 2021-09-03; the ECB's file says 0.007662835.") in findings(lab)


def test_a_day_that_the_file_lacks_is_noted(lab):
    lab.gift(1_000, 8, cur="JPY", rate="0.0008", source="ecb:2021-09-04", day="2021-09-05")
    assert [verdict for verdict, _ in findings(lab)] == ["holds", "note"]
