"""The papers' follow-up windows."""

import pytest

from HematomaExpansionLib.volumetry.window import window_warnings


@pytest.mark.parametrize(
    ("hours", "named"),
    [
        (6.0, ["Zhong 2021"]),
        (20.0, []),
        (24.0, []),
        (24.1, ["Lee 2024", "Zhong 2021"]),
        (72.0, ["Lee 2024", "Zhong 2021"]),
        (80.0, ["Lee 2024", "Zhong 2021", "Ning 2025 and Lu 2024"]),
    ],
)
def test_papers_whose_window_is_missed(hours: float, named: list[str]) -> None:
    warnings = window_warnings(hours)
    assert len(warnings) == len(named)
    assert all(f"window of {name} (" in warning for name, warning in zip(named, warnings, strict=True))


def test_unknown_and_reversed_times() -> None:
    assert "not known" in window_warnings(None)[0]
    assert "12.0 h before the baseline" in window_warnings(-12.0)[0]
