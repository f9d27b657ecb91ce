import pytest

from HematomaExpansionLib.report.wording import number, percent, plain, signed, timepoint


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "0"),
        (0.04, "< 0.1"),
        (-0.04, "> \N{MINUS SIGN}0.1"),
        (0.05, "0.1"),
        (14.24, "14.2"),
        (-3.06, "\N{MINUS SIGN}3.1"),
    ],
)
def test_number(value: float, said: str):
    assert number(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.0, "0"), (0.02, "0.0"), (-0.02, "0.0"), (10.4, "+10.4"), (-0.5, "\N{MINUS SIGN}0.5")],
)
def test_signed(value: float, said: str):
    assert signed(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.0, "< 1 %"), (0.009, "< 1 %"), (0.01, "1 %"), (0.224, "22 %"), (0.99, "99 %"), (1.0, "> 99 %")],
)
def test_percent(value: float, said: str):
    assert percent(value) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [("baseline", "Baseline"), ("followup-1", "Follow-up 1"), ("followup-12", "Follow-up 12")],
)
def test_timepoint(name: str, said: str):
    assert timepoint(name) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "none"),
        (True, "yes"),
        (0.5, "0.5"),
        (3, "3"),
        ([45, 95.0], "45, 95"),
        ({"1": "ich", "grow": False}, "1: ich; grow: no"),
        ({}, "none"),
        ("mask", "mask"),
    ],
)
def test_plain(value: object, said: str):
    assert plain(value) == said
