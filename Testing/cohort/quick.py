"""A cohort whose analysis takes 50 ms: everything about it is real but the analysis of each patient.

    python -m Testing.cohort.quick COHORT.csv OUT [--resume]

A scan is a file with the volume of its bleed in it; anything else is broken.
"""

import argparse
import os
import shutil
import tempfile
import time
from pathlib import Path

from HematomaExpansionLib.cohort.batch import plan_batch, run_batch
from HematomaExpansionLib.cohort.case import Case, read_cases
from HematomaExpansionLib.cohort.dependencies import Dependencies, case_dependencies, write_dependencies
from HematomaExpansionLib.cohort.one_case import TEMPORARY, Failure, Outcome, put_in_place
from HematomaExpansionLib.cohort.tables import write_failures, write_results
from HematomaExpansionLib.result import StudyResult
from HematomaExpansionLib.study import Options

TEMPLATE = "template.json"
"""Beside the scans: the result of which each patient's is a copy with another volume."""
OPTIONS = Options(segmenter="threshold")


def quick_case(case: Case, _options: Options, of_options: Dependencies, patients: Path) -> Outcome:
    """Write a result with the volume that the scan holds; note in ``tries.txt`` that it was done."""
    scan = case.scans[0]
    time.sleep(0.05)
    with (scan.parent / "tries.txt").open("a") as stream:
        stream.write(f"{case.name} {os.getpid()}\n")
    try:
        ml = float(scan.read_text())
    except ValueError:
        return Outcome(case.name, Failure(case.name, "reading", f"{scan.name}: is no scan"))
    result = StudyResult.model_validate_json((scan.parent / TEMPLATE).read_text())
    first = result.scans[0]
    volumes = first.volumes | {"ich": first.volumes["ich"].model_copy(update={"ml": ml})}
    result = result.model_copy(update={"scans": [first.model_copy(update={"volumes": volumes})]})
    temporary = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=patients))
    try:
        (temporary / "result.json").write_text(result.model_dump_json())
        write_dependencies(temporary, case_dependencies(case, of_options))
        put_in_place(temporary, patients / case.name)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return Outcome(case.name, None)


def main() -> None:
    """Run the cohort as the command does, without the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("table", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--resume", action="store_true")
    arguments = parser.parse_args()
    _, cases = read_cases(arguments.table)
    plan = plan_batch(cases, arguments.out, OPTIONS, arguments.resume)
    found = run_batch(plan, OPTIONS, 2, analyse=quick_case)
    write_results(found.results, arguments.out / "results.csv")
    write_failures(found.failures, arguments.out / "failures.csv")


if __name__ == "__main__":
    main()
