"""What is true of one simulated patient."""

from dataclasses import dataclass

LOCATIONS = ("lobar", "deep", "infratentorial")
MARKERS = (
    "hypodensity",
    "black_hole",
    "swirl",
    "blend",
    "fluid_level",
    "irregular_shape",
    "heterogeneous_density",
    "satellite",
    "island",
)
"""The markers by the names of the library, written down again so that numpy is all this package needs."""


@dataclass(frozen=True)
class Patient:
    """Everything that is true of one patient; what a file leaves out is decided when it is written.

    Attributes:
        clinical: value of each clinical field by its name in the clinical record; yes and no as bool.
        ich_ml: parenchymal blood at baseline.
        ivh_ml: intraventricular blood at baseline; 0 for none.
        location: one of :data:`LOCATIONS`.
        markers: those of :data:`MARKERS` that are present.
        risk: true probability of expansion, 0-1; None before it is drawn.
        expansion: revised expansion of Ning 2025: parenchymal growth of at least 6 mL or 33 %, IVH growth of
            at least 1 mL, or new IVH; None before it is drawn.
        followup_ich_ml: parenchymal blood at follow-up; None before it is drawn.
        followup_ivh_ml: intraventricular blood at follow-up; None before it is drawn.
    """

    clinical: dict[str, float | str | bool]
    ich_ml: float
    ivh_ml: float
    location: str
    markers: frozenset[str]
    risk: float | None = None
    expansion: bool | None = None
    followup_ich_ml: float | None = None
    followup_ivh_ml: float | None = None
