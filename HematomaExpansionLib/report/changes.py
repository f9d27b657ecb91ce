"""What changed between the baseline and a follow-up, and what each definition of expansion says."""

from math import hypot

from ..result import Change, ExpansionAnswer, ScanResult
from ..volumetry.error_model import ErrorModel
from .content import Block, Bullets, Table, Text
from .wording import MISSING, NOT_TOLD, number, percent, signed, timepoint

_CERTAINTY = {"definite": "Definite", "indeterminate": "Indeterminate", "no": "No"}
_Z95 = 1.96


def change_blocks(baseline: ScanResult, followup: ScanResult, change: Change) -> tuple[Block, ...]:
    """Volumes side by side with their error band, the definitions with their answers, and growth."""
    reasons = dict.fromkeys(reason for answer in change.expansion for reason in answer.reasons)
    return (
        _volumes(baseline, followup, change),
        _definitions(change),
        Bullets(tuple(reasons), "Why"),
        Text(_growth(change)),
        Text(_registration(change)),
    )


def _volumes(baseline: ScanResult, followup: ScanResult, change: Change) -> Table:
    model = ErrorModel(**change.error_model)  # type: ignore[arg-type]  # the model's own record
    ich = _change_sd(baseline, followup, "ich", model)
    ivh = _change_sd(baseline, followup, "ivh", model)
    total = None if ich is None or ivh is None else hypot(ich, ivh)
    grown = f", {signed(change.ich_percent, 0)} %" if change.ich_percent is not None else ""
    rows = (
        (
            "ICH",
            _ml(baseline, "ich"),
            _ml(followup, "ich"),
            _delta(change.ich_ml) + grown,
            _band(change.ich_ml, ich),
        ),
        ("IVH", _ml(baseline, "ivh"), _ml(followup, "ivh"), _delta(change.ivh_ml), _band(change.ivh_ml, ivh)),
        (
            "Both",
            _total(baseline),
            _total(followup),
            _delta(change.total_ml),
            _band(change.total_ml, total),
        ),
    )
    elapsed = "" if change.hours is None else f", {number(change.hours)} h apart"
    name = timepoint(change.timepoint)
    note = (
        f"Error of measurement ({model.name}): standard error of a volume "
        f"{number(model.ich_sem_ml)} mL for ICH, {number(model.ivh_sem_ml)} mL for IVH"
    )
    note += f", and {100 * model.cv:g} % of it." if model.cv else "."
    header = ("mL", "Baseline", name, "Change", "95 % error band")
    return Table(f"{name} against baseline{elapsed}", header, rows, note)


def _change_sd(baseline: ScanResult, followup: ScanResult, key: str, model: ErrorModel) -> float | None:
    """Standard error of a change, mL: the errors of the two scans are independent."""
    before, after = baseline.volumes.get(key), followup.volumes.get(key)
    if before is None or after is None:
        return None
    sd = model.ich_sd_ml if key == "ich" else model.ivh_sd_ml
    return hypot(sd(before.ml), sd(after.ml))


def _ml(scan: ScanResult, key: str) -> str:
    found = scan.volumes.get(key)
    return NOT_TOLD if found is None else number(found.ml)


def _total(scan: ScanResult) -> str:
    return NOT_TOLD if scan.total_ml is None else number(scan.total_ml)


def _delta(ml: float | None) -> str:
    return f"{MISSING} not known" if ml is None else signed(ml)


def _band(change_ml: float | None, sd_ml: float | None) -> str:
    if change_ml is None or sd_ml is None:
        return f"{MISSING} not known"
    if sd_ml == 0:
        return f"{MISSING} no blood"
    return f"{signed(change_ml - _Z95 * sd_ml)} to {signed(change_ml + _Z95 * sd_ml)}"


def _definitions(change: Change) -> Table:
    model = change.error_model
    return Table(
        f"Expansion at {timepoint(change.timepoint).lower()} by each definition",
        ("Definition", "Answer", "P(expansion)", "Certainty", "Rule"),
        tuple(_definition(answer) for answer in change.expansion),
        "P(expansion): probability that the true volumes meet the rule, given the measured ones and the "
        f"error of measurement. Definite from {100 * float(model['definite_at']):g} %, no up to "
        f"{100 * float(model['no_at']):g} %; between them the answer lies within the error.",
        stacks=True,
    )


def _definition(answer: ExpansionAnswer) -> tuple[str, ...]:
    said = {True: "Yes", False: "No", None: f"{MISSING} cannot be told"}[answer.expanded]
    probability = f"{MISSING} not known" if answer.probability is None else percent(answer.probability)
    certainty = f"{MISSING} not known" if answer.certainty is None else _CERTAINTY[answer.certainty]
    return (answer.name, said, probability, certainty, answer.rule)


def _growth(change: Change) -> str:
    if change.registration is not None and not change.registration.trusted:
        return "Growth map: not shown, because the two scans could not be aligned well enough to read it."
    growth = change.growth
    if growth is None:
        return f"Growth map: {MISSING} not measured."
    return (
        f"Growth map (ICH + IVH): {number(growth.new_ml)} mL new, {number(growth.stable_ml)} mL stable, "
        f"{number(growth.resolved_ml)} mL resolved."
    )


def _registration(change: Change) -> str:
    found = change.registration
    if found is None:
        return f"Alignment to the baseline: {MISSING} not measured."
    trust = "trusted" if found.trusted else "NOT trusted"
    return (
        f"Alignment to the baseline: rotated {found.rotation_degrees:.1f}°, "
        f"moved {found.translation_mm:.1f} mm, skull overlap (Dice) {found.quality:.2f}, {trust}. "
        "It serves display and the growth map only."
    )
