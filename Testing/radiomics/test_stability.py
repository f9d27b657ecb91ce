"""Which features are alike whoever drew the mask."""

import numpy as np
import pytest

from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.radiomics.features import Features
from HematomaExpansionLib.radiomics.stability import stable_features
from HematomaExpansionLib.statistics.icc import IccForm

# Shrout and Fleiss, Psychol Bull 1979;86:420, Table 2: six subjects, four readers.
READINGS = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])


def features(**values: float | None) -> Features:
    return Features(values, "own", "", "ich", {}, ())


def ratings(columns: dict[str, np.ndarray]) -> list[dict[str, Features]]:
    """One table a reader; columns are ``[case, reader]``, NaN is no value."""
    cases, readers = next(iter(columns.values())).shape
    return [
        {
            f"case {case}": features(
                **{
                    name: None if np.isnan(table[case, reader]) else float(table[case, reader])
                    for name, table in columns.items()
                }
            )
            for case in range(cases)
        }
        for reader in range(readers)
    ]


@pytest.mark.parametrize(
    ("form", "expected"),
    [(IccForm.ONE_SINGLE, 0.17), (IccForm.TWO_SINGLE, 0.29), (IccForm.THREE_SINGLE, 0.71)],
)
def test_the_published_example_at_any_size_of_the_feature(form: IccForm, expected: float) -> None:
    found = stable_features(ratings({"tiny": READINGS * 1e-9, "huge": READINGS * 1e9 + 1e9}), 0.5, form)
    assert found.icc["tiny"].value == pytest.approx(expected, abs=0.005)
    assert found.icc["huge"].value == pytest.approx(found.icc["tiny"].value, rel=1e-6)
    assert found.stable == (("tiny", "huge") if expected > 0.5 else ())
    assert (found.cases, found.ratings, found.form) == (6, 4, form)


def test_what_is_kept_and_why_not() -> None:
    first = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    columns = {
        "alike": np.stack([first, first + np.resize([0.1, -0.1], 6)], 1),
        "equal": np.stack([first, first], 1),
        "shifted": np.stack([first, first + 4], 1),
        "constant": np.full((6, 2), 3.7),
        "unknown": np.full((6, 2), np.nan),
        "partly": np.stack([first, first + 0.1], 1),
    }
    columns["partly"][2, 1] = np.nan
    found = stable_features(ratings(columns))
    assert found.stable == ("alike", "equal", "partly")
    assert found.rejected["constant"].startswith("not available: every measurement is the same")
    assert found.rejected["unknown"].startswith("not available: it needs two subjects")
    # Between cases: 3.5 twice the variance 3.5 of 1 to 6; the readers differ by 4: 3.5 / (3.5 + 8).
    assert found.rejected["shifted"] == "0.30 is not above 0.8"
    assert (found.icc["partly"].n, found.icc["partly"].missing) == (5, 1)


def test_the_threshold_itself_is_not_enough() -> None:
    found = stable_features(ratings({"alike": READINGS}), threshold=0.0)
    assert found.stable == ("alike",)
    again = stable_features(ratings({"alike": READINGS}), threshold=float(found.icc["alike"].value or 0))
    assert again.stable == ()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([{"a": features(x=1.0)}], "two ratings of each case; there is 1"),
        (
            [{"a": features(x=1.0)}, {"b": features(x=1.0)}],
            "rating 2 and the first have different cases: a, b",
        ),
    ],
)
def test_ratings_that_are_no_pairs_are_refused(given: list[dict[str, Features]], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        stable_features(given)
