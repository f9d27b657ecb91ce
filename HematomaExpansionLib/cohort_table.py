"""A cohort as a CSV file: read and validated whole, every problem named by line and column.

One line for each patient. Columns: ``patient``; any field of the clinical record, in its units; what the
baseline shows (``ich_ml``, ``ivh``, ``ivh_ml``, ``location``, the nine markers); the outcome
(``followup_ich_ml``, ``followup_ivh_ml``, ``expansion``); optional files relative to the table (``baseline``,
``followup``, ``followup_2``, ``followup_3``, each with its mask, as ``baseline_mask``); the hours from the
baseline to the later follow-ups (``followup_2_h``, ``followup_3_h``; to the first they are
``ct_to_followup_h``, of the clinical record); and ``split`` (train, test or external). Yes and no may be 1
and 0. An empty cell is not known, and so is a column that is absent.

The outcome is recomputed from the volumes under the definition that is asked for wherever they are known.
A stated ``expansion`` that no definition agrees with is refused as a contradiction; one that only differs
under the definition asked for is remarked, and the recomputed outcome counts.
"""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from io import StringIO
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from .clinical.record import MISSING, ClinicalRecord, YesNo
from .errors import InputRefused, UnreadableFile
from .markers.marker import Marker
from .prediction.outcome import Outcome
from .prediction.patient import Patient, Split
from .prediction.values import Known, known_values
from .scores.values import LOCATIONS, values_of_record
from .timing import LONGEST_FOLLOWUP_H
from .volumetry.expansion import Definition, Volumes

PATIENT = "patient"
CLINICAL = tuple(ClinicalRecord.model_fields)
VOLUMES = ("ich_ml", "ivh_ml", "followup_ich_ml", "followup_ivh_ml")
SIGNS = ("ivh", *(marker.value for marker in Marker))
SCANS = ("baseline", "followup", "followup_2", "followup_3")
FILES = tuple(name for scan in SCANS for name in (scan, f"{scan}_mask"))
LATER_HOURS = ("followup_2_h", "followup_3_h")
SPLITS: tuple[Split, ...] = ("train", "test", "external")
COLUMNS = (PATIENT, *CLINICAL, *VOLUMES, *SIGNS, "location", "expansion", *FILES, *LATER_HOURS, "split")
"""Every column that means something; others are named in a remark and not used."""

_EVERY_RULE = tuple(Outcome(one, inclusive) for one in Definition for inclusive in (True, False))
_Cell = TypeVar("_Cell")
_YES_NO: TypeAdapter[bool | None] = TypeAdapter(YesNo)


@dataclass(frozen=True)
class CohortRow:
    """One patient as the table says.

    Attributes:
        name: of the patient.
        values: by the names of :func:`.scores.values.kinds`; None where not known.
        volumes: at baseline and follow-up, mL.
        stated: the column ``expansion``; its definition is not known.
        split: None when the table has none.
        files: of :data:`FILES`, those that are given.
        clinical: the clinical record; every field is None where the table has nothing of it.
        later_hours: from the baseline to the later follow-ups, by :data:`LATER_HOURS`; None where not known.
    """

    name: str
    values: Mapping[str, Known]
    volumes: Volumes
    stated: bool | None
    split: Split | None
    files: Mapping[str, Path]
    clinical: ClinicalRecord
    later_hours: Mapping[str, float | None]


@dataclass(frozen=True)
class CohortTable:
    """A whole table.

    Attributes:
        path: the file.
        sha256: of the file.
        rows: in the file's order.
        simulated: whether the data dictionary beside the table (``NAME-dictionary.json``) says so; None
            without one.
        ceiling: best AUC for the simulated outcome that anything can reach, as the dictionary says.
        remarks: what was read but not used, in sentences.
    """

    path: Path
    sha256: str
    rows: tuple[CohortRow, ...]
    simulated: bool | None = None
    ceiling: float | None = None
    remarks: tuple[str, ...] = field(default=())

    def patients(self, outcome: Outcome) -> tuple[tuple[Patient, ...], tuple[str, ...]]:
        """The patients with the outcome under one definition, and remarks on how it was found.

        Args:
            outcome: the definition; the volumes decide where they are known, else the stated outcome.
        """
        patients, differ, stated_only = [], 0, 0
        for row in self.rows:
            judged = outcome.judged(row.volumes)
            differ += judged is not None and row.stated is not None and judged is not row.stated
            stated_only += judged is None and row.stated is not None
            patients.append(
                Patient(
                    name=row.name,
                    values=row.values,
                    expansion=row.stated if judged is None else judged,
                    split=row.split,
                    baseline=row.files.get("baseline"),
                    baseline_mask=row.files.get("baseline_mask"),
                )
            )
        unknown = sum(patient.expansion is None for patient in patients)
        counts = (
            (
                differ,
                f"the stated expansion is not {outcome.name} as recomputed from the volumes, which counts",
            ),
            (stated_only, "the volumes do not tell, and the stated expansion counts as it is"),
            (unknown, "the outcome is not known"),
        )
        said = tuple(f"In {count} of {len(patients)} patients {what}." for count, what in counts if count)
        return tuple(patients), (*self.remarks, *said)


def read_cohort(path: Path, check: Callable[[CohortRow], list[str]] | None = None) -> CohortTable:
    """Read and validate a cohort.

    Args:
        path: the table.
        check: what else must hold of a row: a problem as ``column: what is wrong``, for each; None for
            nothing.

    Raises:
        UnreadableFile: absent, not text, or no table.
        InputRefused: anything in it is wrong; the message lists every problem with its line and column.
    """
    try:
        content = path.read_bytes()
        lines = list(csv.reader(StringIO(content.decode("utf-8-sig"))))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFile(f"{path}: cannot be read as a table ({error})") from error
    names = [name.strip() for name in lines[0]] if lines else []
    _check_header(path, names)
    rows, problems, seen = [], [], dict[str, int]()
    for number, cells in enumerate(lines[1:], start=2):
        if not cells:
            continue
        if len(cells) != len(names):
            problems.append(f"line {number}: {len(cells)} cells for {len(names)} columns")
            continue
        line = _Line({name: cell.strip() for name, cell in zip(names, cells, strict=True)}, path.parent)
        row = line.row()
        if row.name and row.name in seen:
            line.problems.append(f"patient: {row.name} is in line {seen[row.name]} already; one line each")
        seen.setdefault(row.name, number)
        line.problems += check(row) if check is not None else []
        problems += [f"line {number}, {problem}" for problem in line.problems]
        rows.append(row)
    if not rows and not problems:
        problems.append("no patient; one line for each is needed")
    if problems:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise InputRefused(f"{path}: {count}: {'; '.join(problems)}")
    unused = [name for name in names if name not in COLUMNS]
    remarks = (f"Not used: {', '.join(unused)}.",) if unused else ()
    return CohortTable(path, sha256(content).hexdigest(), tuple(rows), *_simulated(path), remarks)


def _check_header(path: Path, names: Sequence[str]) -> None:
    from difflib import get_close_matches

    if PATIENT not in names:
        raise InputRefused(f"{path}: no column {PATIENT}; the first line names the columns")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputRefused(f"{path}: {', '.join(twice)}: given twice; each column once is allowed")
    for name in names:
        close = [] if name in COLUMNS else get_close_matches(name.lower(), COLUMNS, n=1, cutoff=0.8)
        if close:
            raise InputRefused(f"{path}: column {name}: no such column; {close[0]} is allowed")


def _simulated(path: Path) -> tuple[bool | None, float | None]:
    """What the simulator's data dictionary beside the table says: whether, and the best AUC there is."""
    dictionary = path.with_name(f"{path.stem}-dictionary.json")
    try:
        cohort = json.loads(dictionary.read_text(encoding="utf-8"))["cohort"]
        best = cohort.get("best_reachable_auc")
        return bool(cohort["simulated"]), None if best is None else float(best)
    except FileNotFoundError:
        return None, None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableFile(f"{dictionary}: is no data dictionary of a cohort ({error})") from error


class _Line:
    """The cells of one line, and what is wrong in them."""

    def __init__(self, cells: Mapping[str, str], folder: Path) -> None:
        self.cells = {name: "" if cell.lower() in MISSING else cell for name, cell in cells.items()}
        self.folder = folder
        self.problems: list[str] = []

    def row(self) -> CohortRow:
        """Everything that could be read."""
        name = self.cells[PATIENT]
        if not name:
            self.problems.append("patient: is empty; a name that no other line has is needed")
        ich, ivh_ml, later_ich, later_ivh = (self._read(column, _volume) for column in VOLUMES)
        signs = {sign: self._read(sign, _YES_NO.validate_python) for sign in SIGNS}
        signs["ivh"], ivh_ml = self._ivh(signs["ivh"], ivh_ml)
        location, split = self._read("location", _one_of(LOCATIONS)), self._read("split", _one_of(SPLITS))
        stated = self._read("expansion", _YES_NO.validate_python)
        volumes = Volumes(ich, later_ich, ivh_ml, later_ivh)
        self._check_stated(stated, volumes)
        record = self._record()
        values = known_values(values_of_record(record)) | signs
        values |= {"ich_ml": ich, "ivh_ml": ivh_ml, "location": location}
        values["total_ml"] = None if ich is None or ivh_ml is None else ich + ivh_ml
        return CohortRow(
            name=name,
            values=values,
            volumes=volumes,
            stated=stated,
            split=next((one for one in SPLITS if one == split), None),
            files=self._files(),
            clinical=record,
            later_hours={column: self._read(column, _hours) for column in LATER_HOURS},
        )

    def _read(self, name: str, read: Callable[[str], _Cell]) -> _Cell | None:
        text = self.cells.get(name, "")
        if not text:
            return None
        try:
            return read(text)
        except ValidationError as error:
            self.problems += [f"{name}: {_said(problem)}" for problem in error.errors()]
        except ValueError as error:
            self.problems.append(f"{name}: {error}")
        return None

    def _record(self) -> ClinicalRecord:
        """The clinical record; an empty one when it is wrong, so that the rest is read, too."""
        try:
            return ClinicalRecord.model_validate({f: self.cells[f] for f in CLINICAL if f in self.cells})
        except ValidationError as error:
            for problem in error.errors():
                where = f"{problem['loc'][0]}: " if problem["loc"] else ""
                self.problems.append(f"{where}{_said(problem)}")
            return ClinicalRecord()

    def _ivh(self, seen: bool | None, ivh_ml: float | None) -> tuple[bool | None, float | None]:
        """Presence and volume, each from the other where one is not given: no IVH is 0 mL."""
        if seen is None:
            return None if ivh_ml is None else ivh_ml > 0, ivh_ml
        if ivh_ml is not None and seen is not (ivh_ml > 0):
            allowed = "more than 0" if seen else "0"
            self.problems.append(f"ivh_ml: {ivh_ml:g} is not possible; {allowed} is allowed, as ivh says")
        return seen, 0.0 if seen is False else ivh_ml

    def _check_stated(self, stated: bool | None, volumes: Volumes) -> None:
        answers = {rule.judged(volumes) for rule in _EVERY_RULE}
        if stated is not None and answers == {not stated}:
            grown = "every" if not stated else "no"
            self.problems.append(
                f"expansion: {int(stated)} contradicts the volumes, by which {grown} definition is met; "
                "correct one of them, or leave the cell empty"
            )

    def _files(self) -> dict[str, Path]:
        files = {}
        for name in FILES:
            if self.cells.get(name):
                files[name] = self.folder / self.cells[name]
                if not files[name].exists():
                    self.problems.append(f"{name}: {files[name]} does not exist")
        return files


def _volume(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not (isfinite(number) and number >= 0):
        raise ValueError(f"{text} is no volume; 0 or more, in mL, is allowed")
    return number


def _hours(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not 0 < number < LONGEST_FOLLOWUP_H:
        raise ValueError(f"{text} is no time; more than 0 and less than {LONGEST_FOLLOWUP_H:g} h is allowed")
    return number


def _one_of(allowed: Sequence[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.lower() not in allowed:
            raise ValueError(f"{text} is not known; {', '.join(allowed)} is allowed")
        return text.lower()

    return read


def _said(problem: Any) -> str:
    """A problem of pydantic in the words of the one who raised it."""
    return str(problem["ctx"]["error"] if "error" in problem.get("ctx", {}) else problem["msg"])
