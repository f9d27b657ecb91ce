"""What a cohort says as a whole: flow of patients, volumes, expansion, markers, scores, predictions."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from ..files import written_whole
from ..report.content import Answer, Block, Bullets, Content, Section, Table, Text
from ..report.headline import decisive_change
from ..report.html import html_report
from ..report.pdf import pdf_report
from ..report.wording import MISSING, SHORT, number
from ..result import DISCLAIMER, StudyResult
from .figures import change_figure, volume_figure
from .one_case import Failure
from .summary import Count, counted, ml_of, quartiles

_MARKERS_NOTE = (
    "Read automatically at the baseline. The interval is Wilson's. "
    "Not told: indeterminate, or no parenchymal blood to have a sign."
)
_SPREAD = ("", "Patients", "Median", "Quartiles", "Range")


def write_cohort_report(
    results: Mapping[str, StudyResult], failures: Sequence[Failure], remarks: Sequence[str], out: Path
) -> list[Path]:
    """Write ``cohort.html`` and ``cohort.pdf``.

    Args:
        results: by patient.
        failures: the patients without a result.
        remarks: what a reader must know of the table and the run, in sentences.
        out: folder.

    Raises:
        OutputError: the folder cannot be written.
    """
    content = cohort_content(results, failures, remarks)
    with written_whole(out / "cohort.html") as file:
        file.write_text(html_report(content), encoding="utf-8")
    with written_whole(out / "cohort.pdf") as file:
        file.write_bytes(pdf_report(content))
    return [out / "cohort.html", out / "cohort.pdf"]


def cohort_content(
    results: Mapping[str, StudyResult], failures: Sequence[Failure], remarks: Sequence[str]
) -> Content:
    """Content of the cohort's report."""
    studies = list(results.values())
    sections = [Section("Flow of patients", (_flow(studies, failures), *_failed(failures)))]
    if studies:
        sections += [
            Section("Volumes", _volumes(studies)),
            Section("Change and expansion", _expansion(studies)),
            Section("Markers at the baseline", (_markers(studies),)),
            Section("Scores at the baseline", (_scores(studies),)),
        ]
    if any(study.predictions for study in studies):
        sections.append(Section("Predictions from the baseline", _predictions(studies)))
    sections.append(Section("Remarks", (Bullets(tuple(remarks)) if remarks else Text("None."),)))
    if studies:
        sections.append(Section("Provenance", (_provenance(studies),)))
    total = len(studies) + len(failures)
    return Content(
        title="Intracerebral haemorrhage on head CT: a cohort",
        subtitle=_subtitle(studies, total),
        disclaimer=DISCLAIMER,
        headline=_headline(studies, total),
        answers=_answers(studies, failures),
        notice=f"{len(failures)} of {total} patients have no result: see Flow of patients."
        if failures
        else "",
        sections=tuple(sections),
    )


def _subtitle(studies: Sequence[StudyResult], total: int) -> str:
    backends = sorted({scan.segmentation.backend for study in studies for scan in study.scans})
    software = sorted({f"{study.software.name} {study.software.version}" for study in studies})
    return " ".join(
        [f"{total} patients."]
        + ([f"Segmented by {', '.join(backends)}."] if backends else [])
        + ([f"{', '.join(software)}."] if software else [])
    )


def _headline(studies: Sequence[StudyResult], total: int) -> str:
    answered = counted(_expanded(study, "che") for study in studies)
    grown = f"; {SHORT['che']} in {answered.said}" if answered.known else "; expansion is not known of any"
    return f"{len(studies)} of {total} patients analysed{grown}."


def _answers(studies: Sequence[StudyResult], failures: Sequence[Failure]) -> tuple[Answer, ...]:
    total = len(studies) + len(failures)
    ich = [ml for ml in (ml_of(study.scans[0], "ich") for study in studies) if ml is not None]
    blood = f"{number(median(ich))} mL" if ich else "Not known"
    judged = [counted(_expanded(study, definition) for study in studies) for definition in SHORT]
    shares = sorted(count.share for count in judged if count.share is not None)
    grew = (
        " to ".join(dict.fromkeys(f"{100 * share:.0f} %" for share in (shares[0], shares[-1])))
        if shares
        else "Not known"
    )
    judged_by = f"By the four definitions; {judged[0].known} patients could be judged by cHE."
    return (
        Answer("How many?", f"{len(studies)} of {total}", "patients have a result.", "plain"),
        Answer("How much blood?", blood, f"Median ICH at the baseline, of {len(ich)} patients.", "plain"),
        Answer("How many grew?", grew, judged_by, "plain"),
    )  # fmt: skip


def _flow(studies: Sequence[StudyResult], failures: Sequence[Failure]) -> Table:
    empty = sum(ml_of(study.scans[0], "ich") == 0 for study in studies)
    several = sum(len(study.changes) > 1 for study in studies)
    with_followup = [study for study in studies if study.changes]
    rows = [
        ("In the table", str(len(studies) + len(failures)), ""),
        ("Not analysed", str(len(failures)), _stages(failures)),
        ("Analysed", str(len(studies)), ""),
        ("Without parenchymal blood at the baseline", str(empty), ""),
        ("With a follow-up", str(len(with_followup)), f"{several} of them with several" if several else ""),
    ]  # fmt: skip
    rows += [
        (f"Judged by {short}", str(counted(_expanded(study, definition) for study in studies).known), "")
        for definition, short in SHORT.items()
    ]
    return Table("", ("", "Patients", ""), tuple(rows))


def _stages(failures: Sequence[Failure]) -> str:
    stages = [failure.stage for failure in failures]
    return "; ".join(f"{stages.count(stage)} in {stage}" for stage in dict.fromkeys(stages))


def _failed(failures: Sequence[Failure]) -> tuple[Block, ...]:
    if not failures:
        return ()
    rows = tuple((failure.patient, failure.stage, failure.reason) for failure in failures)
    return (
        Table(
            "Patients without a result",
            ("Patient", "Stage", "Reason"),
            rows,
            stacks=True,
            shares=(0.2, 0.2, 0.6),
        ),
    )


def _volumes(studies: Sequence[StudyResult]) -> tuple[Block, ...]:
    first = [study.scans[0] for study in studies]
    rows = [
        ("ICH, mL", *quartiles([ml_of(scan, "ich") for scan in first])),
        ("IVH, mL", *quartiles([ml_of(scan, "ivh") for scan in first])),
        ("IVH where there is any, mL", *quartiles([ml for ml in (ml_of(s, "ivh") for s in first) if ml])),
        ("ICH + IVH, mL", *quartiles([scan.total_ml for scan in first])),
        ("Oedema, mL", *quartiles([ml_of(scan, "oedema") for scan in first])),
    ]
    note = "At the baseline. Patients are those of whom the volume is known."
    table = Table("", _SPREAD, tuple(rows), note, stacks=True)
    figure = volume_figure(studies)
    return (table, *([figure] if figure else []))


def _expansion(studies: Sequence[StudyResult]) -> tuple[Block, ...]:
    changes = [change for change in map(decisive_change, studies) if change is not None]
    if not changes:
        return (Text("No patient has a follow-up."),)
    growth = Table(
        "Change to the follow-up with the most ICH",
        _SPREAD,
        (
            ("Hours", *quartiles([change.hours for change in changes])),
            ("ICH, mL", *quartiles([change.ich_ml for change in changes])),
            ("ICH, %", *quartiles([change.ich_percent for change in changes])),
            ("IVH, mL", *quartiles([change.ivh_ml for change in changes])),
            ("ICH + IVH, mL", *quartiles([change.total_ml for change in changes])),
        ),
        stacks=True,
    )
    rates = Table(
        "Expansion",
        ("", "Expanded", "Share", "95 % interval"),
        tuple((short, *_cells(counted(_expanded(s, d) for s in studies))) for d, short in SHORT.items()),
        "Of the patients who can be judged by the definition. The interval is Wilson's.",
        stacks=True,
    )
    figure = change_figure(studies)
    return (growth, rates, Bullets(_rules(studies), "The definitions"), *([figure] if figure else []))


def _rules(studies: Sequence[StudyResult]) -> tuple[str, ...]:
    """Each definition in words, as the results state it."""
    answers = [answer for study in studies for change in study.changes for answer in change.expansion]
    return tuple(
        dict.fromkeys(f"{answer.name[0].upper()}{answer.name[1:]}: {answer.rule}." for answer in answers)
    )


def _expanded(study: StudyResult, definition: str) -> bool | None:
    change = decisive_change(study)
    answers = [] if change is None else change.expansion
    return next((answer.expanded for answer in answers if answer.definition == definition), None)


def _markers(studies: Sequence[StudyResult]) -> Table:
    from ..markers.finding import State
    from ..markers.marker import Marker

    yes_no = {State.PRESENT: True, State.ABSENT: False}
    rows = []
    for marker in Marker:
        values = [
            next((m.value for m in s.scans[0].markers.markers if m.marker is marker), None) for s in studies
        ]
        count = counted(None if value is None else yes_no.get(value) for value in values)
        rows.append((marker.value.replace("_", " ").capitalize(), *_cells(count), str(count.unknown)))
    header = ("", "Present", "Share", "95 % interval", "Not told")
    return Table("", header, tuple(rows), _MARKERS_NOTE, stacks=True)


def _cells(count: Count) -> tuple[str, str, str]:
    return f"{count.yes} of {count.known}", count.percent, count.interval


def _scores(studies: Sequence[StudyResult]) -> Table:
    found: dict[str, list[int | None]] = {}
    for study in studies:
        for score in study.scores.scores:
            if score.timepoint == study.scans[0].timepoint:
                found.setdefault(score.name, []).append(score.points)
    rows = []
    for name, points in found.items():
        known = sorted(point for point in points if point is not None)
        middle = f"{median(known):g}" if known else MISSING
        span = f"{known[0]} to {known[-1]}" if known else MISSING
        rows.append((name, str(len(known)), middle, span, str(len(studies) - len(known))))
    note = "A score that lacks an item is not computed; each patient's scores.csv names what is missing."
    return Table("", ("", "Computed", "Median", "Range", "Not computed"), tuple(rows), note, stacks=True)


def _predictions(studies: Sequence[StudyResult]) -> tuple[Block, ...]:
    said = [prediction for study in studies for prediction in study.predictions]
    rows = []
    for model in dict.fromkeys(prediction.model for prediction in said):
        own = [prediction for prediction in said if prediction.model == model]
        probabilities = quartiles([p.probability and 100 * p.probability for p in own])
        expected = counted(p.expected for p in own)
        rows.append((model, *probabilities, f"{expected.yes} of {expected.known}"))
    header = ("Model", "Patients", "Median, %", "Quartiles, %", "Range, %", "Expansion expected")
    table = Table("", header, tuple(rows), stacks=True)
    return table, Bullets(
        tuple(dict.fromkeys(f"{p.model}: {p.warning}" for p in said)), "What to know of them"
    )


def _provenance(studies: Sequence[StudyResult]) -> Table:
    """Each distinct way in which results came about; the patients' own reports say all of it."""
    scans = [scan.segmentation for study in studies for scan in study.scans]
    weights = {f"{name}: {sha256}" for found in scans for name, sha256 in found.weights_sha256.items()}
    models = {f"{p.model} {p.version}: {p.weights_sha256}" for study in studies for p in study.predictions}
    rows = {
        "Software": {f"{study.software.name} {study.software.version}" for study in studies},
        "Python": {study.software.python for study in studies},
        "Segmented by": {f"{found.backend} on {found.device}" for found in scans},
        "Weights, SHA-256": weights,
        "Models, SHA-256": models,
    }
    return Table(
        "", ("", ""), tuple((name, "\n".join(sorted(said)) or "none") for name, said in rows.items())
    )
