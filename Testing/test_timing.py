"""Where the hours between the scans come from."""

from datetime import UTC, datetime

import pytest

from HematomaExpansionLib.clinical import ClinicalRecord
from HematomaExpansionLib.timing import hours_of_scans

FIRST, LATER = datetime(2026, 3, 1, 4, tzinfo=UTC), datetime(2026, 3, 2, 0, tzinfo=UTC)
RECORD = ClinicalRecord(ct_to_followup_h=18.0)


@pytest.mark.parametrize(
    ("given", "record", "acquired", "hours", "said"),
    [
        ((), None, [FIRST], [0.0], ""),
        ((), None, [FIRST, LATER], [0.0, 20.0], ""),
        ((), None, [FIRST, None], [0.0, None], ""),
        ((), None, [None, LATER], [0.0, None], ""),
        ((), RECORD, [None, None], [0.0, 18.0], ""),
        ((), RECORD, [FIRST, LATER], [0.0, 18.0], "which counts; the scans say 20.0 h"),
        ((), ClinicalRecord(ct_to_followup_h=20.4), [FIRST, LATER], [0.0, 20.4], ""),
        ((), ClinicalRecord(age_years=70), [FIRST, LATER], [0.0, 20.0], ""),
        ((6.0,), RECORD, [FIRST, LATER], [0.0, 6.0], ""),
        ((), RECORD, [FIRST], [0.0], "not used, there is no follow-up"),
        ((), RECORD, [FIRST, LATER, None], [0.0, 20.0, None], "not used, there are 2 follow-ups"),
    ],
)
def test_given_then_recorded_then_acquired(given, record, acquired, hours, said):
    found, warnings = hours_of_scans(given, record, acquired)
    assert found == hours
    assert len(warnings) == bool(said)
    assert all(said in warning for warning in warnings)
