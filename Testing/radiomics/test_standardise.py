"""z-scores from training cases only."""

import numpy as np
import pytest

from HematomaExpansionLib.errors import MissingInput, UsageError
from HematomaExpansionLib.radiomics.standardise import fit_standardisation

NAMES = ("a", "constant", "b", "rounded", "gone")
TRAINING = np.array(
    [[1.0, 5.0, 10.0, 0.1 + 0.2, 1.0], [3.0, 5.0, 30.0, 0.3, np.nan], [5.0, 5.0, 50.0, 0.3, 2.0]]
)


def test_mean_and_spread_are_those_of_training() -> None:
    found = fit_standardisation(TRAINING, NAMES)
    assert found.names == ("a", "b")
    assert (found.mean, found.n) == ((3.0, 30.0), 3)
    # Variance of 1, 3, 5 divided by n: 8/3.
    assert found.sd == pytest.approx([(8 / 3) ** 0.5, 10 * (8 / 3) ** 0.5])
    assert found.dropped == {
        "constant": "the same in all training cases",
        "rounded": "the same in all training cases",
        "gone": "no value in 1 of 3 training cases",
    }


def test_other_cases_do_not_move_it_and_columns_go_by_name() -> None:
    fitted = fit_standardisation(TRAINING, NAMES)
    new = np.array([[50.0, 3.0], [np.nan, 1.0]])
    scores = fitted.apply(new, ("b", "a"))
    root = (8 / 3) ** 0.5
    assert scores == pytest.approx(np.array([[0.0, 2 / root], [-2 / root, np.nan]]), nan_ok=True)


def test_a_feature_that_is_not_there_is_named() -> None:
    fitted = fit_standardisation(TRAINING, NAMES)
    with pytest.raises(MissingInput, match="1 of 2 features are missing, the first is b"):
        fitted.apply(np.zeros((1, 1)), ("a",))


@pytest.mark.parametrize("shape", [(0, 5), (3, 4), (5,)])
def test_no_cases_or_another_number_of_columns_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(UsageError, match="training values have shape"):
        fit_standardisation(np.zeros(shape), NAMES)
