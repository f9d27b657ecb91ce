"""The likelihood-ratio test of nested models."""

from ..errors import UsageError
from .significance import SignificanceTest

METHOD = "likelihood-ratio test"


def likelihood_ratio_test(smaller: float, larger: float, extra_parameters: int, n: int) -> SignificanceTest:
    """Twice the difference of the log-likelihoods, against chi-squared.

    Args:
        smaller: log-likelihood of the smaller model.
        larger: of the model that contains it, on the same patients.
        extra_parameters: how many more it has.
        n: patients.

    Raises:
        UsageError: no parameter more.
    """
    from scipy.stats import chi2

    if extra_parameters < 1:
        raise UsageError(f"{extra_parameters} more parameters; the larger model must have at least one more")
    # A larger model cannot fit worse; less than 0 is rounding.
    statistic = max(2 * (larger - smaller), 0.0)
    return SignificanceTest(
        statistic, float(chi2.sf(statistic, extra_parameters)), METHOD, n, extra_parameters
    )


def likelihood_ratio_of_aics(
    smaller: float, larger: float, extra_parameters: int, n: int
) -> SignificanceTest:
    """The same test from the two AICs, as papers print them: AIC = 2 parameters - 2 log-likelihood.

    Args:
        smaller: AIC of the smaller model.
        larger: AIC of the model that contains it.
        extra_parameters: how many more it has.
        n: patients.

    Raises:
        UsageError: no parameter more.
    """
    return likelihood_ratio_test(-smaller / 2, extra_parameters - larger / 2, extra_parameters, n)
