"""Groups of the report for the change since the baseline and the definitions of expansion."""

from typing import TYPE_CHECKING

from ...result import Change
from .codes import private
from .groups import group, measurement

if TYPE_CHECKING:
    from highdicom.sr import MeasurementsAndQualitativeEvaluations

CERTAINTY = {
    "definite": "probability at or above the upper limit",
    "indeterminate": "probability between the limits",
    "no": "probability at or below the lower limit",
}


def change_groups(change: Change) -> "list[MeasurementsAndQualitativeEvaluations]":
    """The change in one group, then one for each definition; an answer that is not known is not given."""
    from highdicom.sr import QualitativeEvaluation
    from pydicom.sr.codedict import codes

    numbers = [
        *measurement(private("ich_change", "Change of ICH since baseline"), change.ich_ml, "mL"),
        *measurement(private("ich_change_%", "Change of ICH, of the baseline"), change.ich_percent, "%"),
        *measurement(private("ivh_change", "Change of IVH since baseline"), change.ivh_ml, "mL"),
        *measurement(private("total_change", "Change of ICH and IVH since baseline"), change.total_ml, "mL"),
    ]
    if change.registration is not None:
        dice = private("skull_dice", "Dice of the two skulls after registration")
        numbers += measurement(dice, change.registration.quality, "1")
    made = group("change since baseline", change.timepoint, numbers)
    for answer in change.expansion:
        said = []
        if answer.expanded is not None:
            met = codes.SCT.Yes if answer.expanded else codes.SCT.No
            said.append(QualitativeEvaluation(private("expansion", "Haematoma expansion"), met))
        if answer.certainty is not None:
            certainty = private(answer.certainty, CERTAINTY[answer.certainty])
            said.append(QualitativeEvaluation(private("certainty", "Certainty of the answer"), certainty))
        made += group(
            f"definition {answer.definition}",
            change.timepoint,
            measurement(codes.DCM.Probability, answer.probability, "1"),
            said,
            private(answer.definition, answer.name),
        )
    return made
