"""How far a measured volume may lie from the true one.

Rodriguez-Luna 2016 (Stroke 47:1124; five readers measured 40 baseline and 24 h scans twice) gives the minimum
detectable difference (MDD) between two measurements. For two independent errors of standard deviation SEM,
MDD = 1.96 x sqrt(2) x SEM, so SEM = MDD / 2.77.
"""

from dataclasses import dataclass
from math import cbrt, pi, sqrt
from typing import Literal

from ..errors import UsageError

MDD_PER_SEM = 2.77
ICH_MDD_ML = {"intra": 3.82, "inter": 5.83}
TOTAL_WITH_IVH_MDD_ML = 10.4


@dataclass(frozen=True)
class ErrorModel:
    """Independent normal errors of the measured volumes, and the limits of a certain answer.

    The standard error of a volume V > 0 is sqrt(sem^2 + (cv V)^2). A volume of exactly 0 has no error: the
    model describes how blood is outlined, not whether it is seen.

    Attributes:
        name: ``"intra-reader"``, ``"inter-reader"`` or ``"constant CV"``, for the record.
        ich_sem_ml: constant part for intraparenchymal blood.
        ivh_sem_ml: constant part for intraventricular blood.
        cv: part that grows with the volume, as a fraction of it.
        definite_at: an answer is definite from this probability on.
        no_at: it is a "no" up to this probability; between the two it is indeterminate.
    """

    name: str
    ich_sem_ml: float = 0.0
    ivh_sem_ml: float = 0.0
    cv: float = 0.0
    definite_at: float = 0.95
    no_at: float = 0.05

    def __post_init__(self) -> None:
        """Refuse values that are no error model.

        Raises:
            UsageError: a negative error, or limits that are not 0 <= no < definite <= 1.
        """
        if min(self.ich_sem_ml, self.ivh_sem_ml, self.cv) < 0:
            raise UsageError(
                f"error model {self.name}: a standard error or CV is negative; 0 or more is allowed"
            )
        if not 0 <= self.no_at < self.definite_at <= 1:
            raise UsageError(
                f"error model {self.name}: limits {self.no_at} and {self.definite_at}; "
                "0 <= no < definite <= 1 is allowed"
            )

    def ich_sd_ml(self, volume_ml: float) -> float:
        """Standard error of a measured intraparenchymal volume."""
        return _sd_ml(self.ich_sem_ml, self.cv, volume_ml)

    def ivh_sd_ml(self, volume_ml: float) -> float:
        """Standard error of a measured intraventricular volume."""
        return _sd_ml(self.ivh_sem_ml, self.cv, volume_ml)

    def certainty(self, probability: float) -> Literal["definite", "indeterminate", "no"]:
        """Where a probability of expansion lies between the two limits."""
        if probability >= self.definite_at:
            return "definite"
        return "no" if probability <= self.no_at else "indeterminate"

    def record(self) -> dict[str, float | str]:
        """What the result keeps of it."""
        return {
            "name": self.name,
            "ich_sem_ml": self.ich_sem_ml,
            "ivh_sem_ml": self.ivh_sem_ml,
            "cv": self.cv,
            "definite_at": self.definite_at,
            "no_at": self.no_at,
        }


def _sd_ml(sem_ml: float, cv: float, volume_ml: float) -> float:
    return sqrt(sem_ml**2 + (cv * volume_ml) ** 2) if volume_ml > 0 else 0.0


def reader_error(reader: Literal["intra", "inter"] = "intra") -> ErrorModel:
    """The published error of computer-assisted planimetry by readers.

    * ICH: the MDD of pure ICH volume in patients without IVH, the only one that is of ICH alone:
      3.82 mL intra-, 5.83 mL inter-reader; SEM 1.38 and 2.10 mL. Intra-reader is the default, because here
      one method measures both scans.
    * IVH: no MDD of IVH alone is published. Patients with IVH have an MDD of total volume of 10.4 mL (the
      abstract does not say which readers; it is above both general figures, so it is taken for either).
      What it has more than the inter-reader ICH figure is laid to the IVH, as independent errors add:
      sqrt(10.4^2 - 5.83^2) = 8.61 mL; SEM 3.11 mL.

    The figures for all patients (total volume, 6.68 and 7.72 mL) mix patients with and without IVH and are
    not used. Two limits: the errors of ICH and IVH are not quite independent (the border between them moves
    blood from one to the other), and the paper found larger errors in larger bleeds, which a constant leaves
    out; :func:`constant_cv` looks at that side.
    """
    ivh_mdd_ml = sqrt(TOTAL_WITH_IVH_MDD_ML**2 - ICH_MDD_ML["inter"] ** 2)
    return ErrorModel(
        name=f"{reader}-reader",
        ich_sem_ml=ICH_MDD_ML[reader] / MDD_PER_SEM,
        ivh_sem_ml=ivh_mdd_ml / MDD_PER_SEM,
    )


def constant_cv(cv: float) -> ErrorModel:
    """An error in proportion to the volume, the same fraction for ICH and IVH."""
    return ErrorModel(name="constant CV", cv=cv)


def false_expansion_probability(baseline_ml: float, threshold_ml: float, cv: float) -> float:
    """P(measured growth reaches the threshold | no true growth) = 1 - Phi(threshold / (sqrt(2) cv V0)).

    The table of decision sensitivity: the threshold is a fixed volume, also where it stands for 33 %.

    Args:
        baseline_ml: true volume of both scans, mL, above 0.
        threshold_ml: growth that counts as expansion, mL.
        cv: coefficient of variation of each measurement, above 0.
    """
    from scipy.special import ndtr

    return float(ndtr(-threshold_ml / (sqrt(2.0) * cv * baseline_ml)))


def sphere_boundary_change(volume_ml: float, shift_mm: float) -> float:
    """Relative change of a sphere's volume when its surface moves outwards by ``shift_mm``.

    How much of a volume hangs on where the edge is drawn: half a millimetre is 14.8 % of 5 mL.

    Args:
        volume_ml: volume of the sphere, above 0.
        shift_mm: shift of the surface; negative is inwards.
    """
    radius_mm = cbrt(3000.0 * volume_ml / (4.0 * pi))
    return float((1.0 + shift_mm / radius_mm) ** 3 - 1.0)
