"""One run at a time in a folder."""

from pathlib import Path

import pytest

from HematomaExpansionLib.cohort.lock import only_run
from HematomaExpansionLib.errors import OutputError


def test_a_second_run_is_refused_until_the_first_has_ended(tmp_path: Path):
    with (
        only_run(tmp_path),
        pytest.raises(OutputError, match="another run is at work there"),
        only_run(tmp_path),
    ):
        pytest.fail("two runs in one folder")
    with only_run(tmp_path):
        assert (tmp_path / ".run").exists()
