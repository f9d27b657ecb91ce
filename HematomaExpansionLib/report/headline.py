"""The first thing read: one sentence and three answers. How much blood, where, did it grow?"""

from ..result import Change, ExpansionAnswer, ScanResult, StudyResult
from .content import Answer
from .wording import MISSING, SHORT, midline, number, percent, place, shares, signed, timepoint

_COUNTS = {2: "two", 3: "three", 4: "four"}


def headline(result: StudyResult) -> str:
    """One sentence that answers how much blood there is, where, and whether it grew."""
    baseline = result.scans[0]
    change = decisive_change(result)
    if change is None:
        scan, verdict = baseline, "one scan, so whether it grew is not known"
    else:
        scan, verdict = _scan(result, change.timepoint), _verdict(change.expansion)
    parts = [_amount("ich", "ICH", baseline, scan, change), _amount("ivh", "IVH", baseline, scan, change)]
    located = baseline.location or scan.location
    if located is not None:
        parts.append(place(located))
    if all(_ml(s, key) == 0 for s in (baseline, scan) for key in ("ich", "ivh")):
        parts.append("no blood found")
    return f"{', '.join(parts)}: {verdict}."


def answers(result: StudyResult) -> tuple[Answer, ...]:
    """The three questions with their answers, for the scan the headline speaks of."""
    change = decisive_change(result)
    scan = result.scans[0] if change is None else _scan(result, change.timepoint)
    return (_how_much(scan), _where(result.scans[0], scan), _grew(change))


def decisive_change(result: StudyResult) -> Change | None:
    """The comparison with the follow-up of the most ICH, which decides (Lee 2024); else the last."""
    if not result.changes:
        return None
    for change in result.changes:
        if change.timepoint == result.largest_followup:
            return change
    return result.changes[-1]


def _scan(result: StudyResult, name: str) -> ScanResult:
    return next(scan for scan in result.scans if scan.timepoint == name)


def _ml(scan: ScanResult, key: str) -> float | None:
    found = scan.volumes.get(key)
    return None if found is None else found.ml


def _amount(key: str, name: str, baseline: ScanResult, scan: ScanResult, change: Change | None) -> str:
    before, after = _ml(baseline, key), _ml(scan, key)
    if before is None and after is None:
        return f"{name} {MISSING} (not told)"
    if change is None:
        return f"{name} {number(after or 0.0)} mL"
    text = f"{name} {MISSING if before is None else number(before)}"
    text += f" → {MISSING if after is None else number(after)} mL"
    if key != "ich" or change.ich_ml is None or before == after == 0:
        return text
    growth = f"{signed(change.ich_ml)} mL"
    if change.ich_percent is not None:
        growth += f", {signed(change.ich_percent, 0)} %"
    return f"{text} ({growth})"


def _verdict(answered: list[ExpansionAnswer]) -> str:
    known = [answer for answer in answered if answer.expanded is not None]
    yes = [answer for answer in known if answer.expanded]
    total = _COUNTS.get(len(answered), str(len(answered)))
    if not known:
        return "whether it expanded cannot be told"
    no = [answer for answer in known if not answer.expanded]
    if len(yes) == len(answered):
        said = f"expansion by all {total} definitions"
    elif len(no) == len(answered):
        said = f"no expansion by any of the {total} definitions"
    elif yes:
        said = f"expansion by {_names(yes)}" + (f", not by {_names(no)}" if no else "")
    else:
        said = f"no expansion by {_names(no)}"
    untold = len(answered) - len(known)
    return f"{said} ({_certainty(known)})" + (
        f"; {untold} of {total} definitions cannot be told" if untold else ""
    )


def _names(answered: list[ExpansionAnswer]) -> str:
    *first, last = (SHORT[answer.definition] for answer in answered)
    return f"{', '.join(first)} and {last}" if first else last


def _certainty(known: list[ExpansionAnswer]) -> str:
    """How far the measurement error lets the answers stand; answers without a probability say nothing."""
    judged = [answer for answer in known if answer.certainty is not None]
    doubtful = [answer for answer in judged if answer.certainty != ("definite" if answer.expanded else "no")]
    if not judged:
        return "certainty not known"
    if not doubtful:
        return "definite"
    if len(doubtful) == len(judged):
        return "indeterminate"
    return f"{len(doubtful)} of {len(judged)} answers indeterminate"


def _how_much(scan: ScanResult) -> Answer:
    known = [(name, _ml(scan, key)) for name, key in (("ICH", "ich"), ("IVH", "ivh"))]
    told = ", ".join(f"{number(ml)} mL {name}" for name, ml in known if ml is not None)
    if scan.total_ml is None:
        untold = " and ".join(name for name, ml in known if ml is None)
        detail = f"{untold}: not told by this back-end, so the total is not known."
    else:
        detail = f"ICH and IVH together: {number(scan.total_ml)} mL."
    return Answer("How much blood?", told or "Not known", f"{timepoint(scan.timepoint)}. {detail}")


def _where(baseline: ScanResult, scan: ScanResult) -> Answer:
    located = baseline if baseline.location is not None else scan
    shift = f"Midline shift ({timepoint(scan.timepoint).lower()}): {midline(scan)}."
    if located.location is None:
        told = _ml(located, "ich")
        return Answer("Where?", "No ICH" if told == 0 else "Not known", shift)
    text = f"{timepoint(located.timepoint)}: {shares(located.location)}. {shift}"
    return Answer("Where?", place(located.location).capitalize(), text)


def _grew(change: Change | None) -> Answer:
    question = "Did it grow?"
    if change is None:
        return Answer(question, "Not known", "There is one scan only.", "unknown")
    known = [answer for answer in change.expansion if answer.expanded is not None]
    yes = sum(bool(answer.expanded) for answer in known)
    grown = "Change not known" if change.ich_ml is None else f"ICH {signed(change.ich_ml)} mL"
    detail = grown if change.hours is None else f"{grown} in {number(change.hours)} h"
    if not known:
        return Answer(question, "Not known", f"{detail}; no definition can be answered.", "unknown")
    detail += f"; {yes} of {len(change.expansion)} definitions met"
    if len(known) < len(change.expansion):
        detail += f", {len(change.expansion) - len(known)} cannot be told"
    chances = sorted(answer.probability for answer in known if answer.probability is not None)
    if chances:
        span = dict.fromkeys((percent(chances[0]), percent(chances[-1])))
        detail += f"; P(expansion) {' to '.join(span)}"
    said = {0: "No", len(known): "Yes"}.get(yes, "By some definitions")
    return Answer(question, f"{said} ({_certainty(known)})", f"{detail}.", "yes" if yes else "no")
