"""TRIPOD+AI, CLAIM and CLEAR, filled in with what the run knows; the rest is left to the authors."""

import csv
from pathlib import Path

from HematomaExpansionLib.files import written_whole
from HematomaExpansionLib.prediction.column import RADIOMICS
from HematomaExpansionLib.prediction.model_bundle import INTENDED_USE
from training.classical.cohort import EXTERNAL, TEST
from training.classical.fitted import PACKAGES, sets_of
from training.classical.performance import performance

from .run import Run

ITEMS = Path(__file__).parent / "checklist_items"
CHECKLISTS = {
    "tripod-ai": "TRIPOD+AI (Collins GS, Moons KGM, Dhiman P, et al. BMJ 2024;385:e078378)",
    "claim": "CLAIM, 2024 update (Tejani AS, Klontzas ME, Gatti AA, et al. Radiol Artif Intell 2024)",
    "clear": "CLEAR (Kocak B, Baessler B, Bakas S, et al. Insights Imaging 2023;14:75)",
}
OPEN = "To be reported by the authors"
"""Where the run knows nothing."""


def write_checklists(run: Run) -> list[Path]:
    """Write the three checklists as Markdown; items are in our own short words.

    Raises:
        OutputError: the folder cannot be written.
    """
    facts = _facts(run)
    return [_write(run, name, title, facts) for name, title in CHECKLISTS.items()]


def _write(run: Run, name: str, title: str, facts: dict[str, str]) -> Path:
    with (ITEMS / f"{name}.csv").open(newline="", encoding="utf-8") as stream:
        items = list(csv.DictReader(stream))
    answers = [item["answer"].format(**facts).strip().rstrip(";") or OPEN for item in items]
    known = sum(answer != OPEN for answer in answers)
    lines = [
        f"# {title}",
        "",
        f"{run.study.paper}, {run.source} patients. {known} of {len(items)} items are filled in from the "
        "run; the others need the authors.",
        "",
        "| section | item | what is asked | answer |",
        "| --- | --- | --- | --- |",
    ]
    for item, answer in zip(items, answers, strict=True):
        cells = (item["section"], item["number"], item["item"], answer.replace("|", "\\|"))
        lines.append(f"| {' | '.join(cells)} |")
    path = run.out / f"checklist-{name}.md"
    with written_whole(path) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _facts(run: Run) -> dict[str, str]:
    """What stands for each name in the answers; empty where the run does not know."""
    cohort, study = run.cohort, run.study
    fitted = {name: model for name, model in run.models.items() if model.predictor is not None}
    inputs = {name: model.predictor.inputs for name, model in fitted.items() if model.predictor is not None}
    features = {name: [one for one in asked if one.startswith(RADIOMICS)] for name, asked in inputs.items()}
    with_features = {name: kept for name, kept in features.items() if kept}
    sets = "; ".join(
        f"{name} {len(of)} patients, {sum(one.expansion is True for one in of)} expanded"
        for name, of in sets_of(cohort)
    )
    flow = ", ".join(f"{count} {why}" for why, count in cohort.excluded.items()) or "nobody"
    simulated = cohort.simulated
    performances = "; ".join(
        f"{name} AUC {performance(model, cohort.of(TEST)).auc.text()}"
        for name, model in run.models.items()
        if not model.unavailable
    )
    thresholds = "; ".join(
        f"{name} {model.threshold.probability:.3f} ({model.threshold.rule})"
        for name, model in run.models.items()
        if model.threshold is not None
    )
    return {
        "citation": study.citation,
        "population": study.population.text,
        "intended": INTENDED_USE,
        "models": ", ".join(fitted) or "no model could be fitted",
        "data": f"{cohort.path.name}: {cohort.read} {cohort.source} patients",
        "dates": "Not applicable: the patients are simulated" if simulated else "",
        "design": "Simulation" if simulated else "",
        "ethics": "Not needed: the patients are simulated" if simulated else "",
        "sharing": "Anyone can simulate the cohort again by the same seed" if simulated else "",
        "annotators": "Truth of the simulator" if simulated else "",
        "outcome": f"{study.outcome.rule}, recomputed from the volumes of both scans where they are known",
        "predictors": "; ".join(f"{name}: {', '.join(asked)}" for name, asked in inputs.items()),
        "sample": sets,
        "missing": f"{run.missing}; training patients left out: "
        + ", ".join(f"{name} {_left_out(run, name)}" for name in fitted),
        "division": f"{cohort.split_rule} ({sets})",
        "thresholds": thresholds,
        "bundles": ", ".join(f"models/{name}" for name in fitted),
        "flow": f"{cohort.read} read; left out: {flow}; {sets}",
        "table1": "See the table of characteristics (Table 1)",
        "performance": f"Test set: {performances}",
        "external": "On the cohort's external set"
        if cohort.of(EXTERNAL)
        else "None: the cohort has no external set",
        "limits": "The patients are simulated: nothing here is accuracy on patients" if simulated else "",
        "seed": str(run.seed),
        "software": _versions(),
        "radiomics": "PyRadiomics; every setting in Resources/radiomics"
        if with_features
        else "No radiomics in this run",
        "features": "; ".join(f"{name}: {len(kept)} kept" for name, kept in with_features.items())
        or "No radiomics in this run",
        "selection": "LASSO (Ning 2025) or forward selection (Lu 2024) on training patients"
        if with_features
        else "No radiomics in this run",
    }


def _left_out(run: Run, name: str) -> int:
    predictor = run.models[name].predictor
    return 0 if predictor is None else int(predictor.state().parameters["left_out"])


def _versions() -> str:
    from importlib.metadata import version

    return ", ".join(f"{name} {version(name)}" for name in PACKAGES)
