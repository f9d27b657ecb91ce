"""P(growth) in cases with a closed form, and against a seeded simulation."""

import numpy as np
import pytest
from scipy.stats import norm

from HematomaExpansionLib.volumetry.probability import Measured, probability_of_growth


@pytest.mark.parametrize("certain", [True, False])
def test_far_from_zero_it_is_the_normal_distribution_of_the_difference(certain: bool) -> None:
    probability = probability_of_growth(
        Measured(40.0, 1.5, certain), Measured(45.0, 2.0, certain), lambda v0: v0 + 6.0
    )
    assert probability == pytest.approx(norm.sf((6 - 5) / 2.5), abs=1e-9)


@pytest.mark.parametrize(
    ("after", "sd", "expected"),
    [(0.0, 0.0, 0.0), (2.0, 0.0, 1.0), (0.0 + 3.0, 3.0, norm.cdf(1)), (6.0, 3.0, norm.cdf(2))],
)
def test_new_blood_where_there_was_none_is_the_probability_that_it_is_real(
    after: float, sd: float, expected: float
) -> None:
    assert probability_of_growth(
        Measured(0.0, 0.0, False), Measured(after, sd, False), lambda v0: v0
    ) == pytest.approx(expected)


def test_blood_that_is_certain_cannot_be_none() -> None:
    assert Measured(1.0, 2.0, certain=True).probability_of_none() == 0.0
    assert Measured(1.0, 2.0, certain=True).probability_above(0.0) == 1.0
    assert Measured(1.0, 2.0, certain=False).probability_of_none() == pytest.approx(norm.cdf(-0.5))


@pytest.mark.parametrize("certain", [True, False])
def test_small_volumes_agree_with_a_simulation(certain: bool) -> None:
    def needed(v0: float) -> float:
        return v0 + min(2.0, 0.5 * v0) if v0 > 0 else 2.0

    random = np.random.default_rng(20240901)
    draws = random.normal([3.0, 4.0], [2.0, 1.5], size=(400_000, 2))
    if certain:
        draws = draws[(draws > 0).all(axis=1)]
    v0, v1 = np.maximum(draws, 0).T
    simulated = np.mean(v1 > np.where(v0 > 0, v0 + np.minimum(2.0, 0.5 * v0), 2.0))
    exact = probability_of_growth(Measured(3.0, 2.0, certain), Measured(4.0, 1.5, certain), needed, (4.0,))
    assert exact == pytest.approx(simulated, abs=0.003)
