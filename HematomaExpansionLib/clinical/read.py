"""Reading clinical records from JSON, YAML and CSV."""

import csv
import json
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..errors import ClinicalError, UnreadableFile
from ..yaml_file import read_yaml
from .record import ClinicalRecord

PATIENT = "patient"
"""Column of a CSV file with several patients that names each."""

_FIELDS = tuple(ClinicalRecord.model_fields)


def read_clinical(path: Path, patient: str | None = None) -> ClinicalRecord:
    """Read the record of one patient.

    JSON and YAML hold one mapping of fields to values. CSV holds one line of fields and one line for each
    patient; several patients are told apart by the column ``patient``. Such a table may have other columns,
    as volumes or outcomes, unless their names look like misspelt fields.

    Args:
        path: ``.json``, ``.yaml``, ``.yml`` or ``.csv``.
        patient: which patient of a CSV file with several.

    Raises:
        UnreadableFile: absent or not of its format.
        ClinicalError: an unknown field, or an impossible or contradictory value; the message names file,
            field, value and what is allowed.
    """
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return _record(f"{path}", _row(path, patient))
    if suffix == ".json":
        content = _json(path)
    elif suffix in (".yaml", ".yml"):
        content = read_yaml(path).content
    else:
        raise UnreadableFile(f"{path}: {suffix or 'no suffix'}; .json, .yaml, .yml or .csv is allowed")
    if patient is not None:
        raise ClinicalError(f"{path}: patient {patient} cannot be chosen; only a .csv holds several patients")
    if content is None:
        content = {}
    if not isinstance(content, dict):
        raise ClinicalError(
            f"{path}: holds a {type(content).__name__}; a mapping of fields to values is allowed"
        )
    return _record(f"{path}", content)


def _record(source: str, content: dict[str, Any]) -> ClinicalRecord:
    for name in content:
        if name not in _FIELDS:
            raise ClinicalError(f"{source}: {name}: no such field{_meant(str(name))}")
    try:
        return ClinicalRecord.model_validate(content)
    except ValidationError as error:
        raise ClinicalError(
            f"{source}: {'; '.join(_sentence(problem) for problem in error.errors())}"
        ) from error


def _sentence(problem: Any) -> str:
    """``field: value and what is allowed``; a contradiction names its fields itself."""
    said = problem["ctx"]["error"] if "error" in problem.get("ctx", {}) else problem["msg"]
    return f"{problem['loc'][0]}: {said}" if problem["loc"] else str(said)


def _meant(name: str) -> str:
    close = _close(name)
    return f"; {close} is allowed" if close else f"; allowed are {', '.join(_FIELDS)}"


def _close(name: str) -> str | None:
    return next(iter(get_close_matches(name.lower(), _FIELDS, n=1, cutoff=0.8)), None)


def _json(path: Path) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        for name in names:
            if names.count(name) > 1:
                raise UnreadableFile(f"{path}: {name} is given twice")
        return dict(pairs)

    try:
        return json.loads(_text(path), object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise UnreadableFile(f"{path}: line {error.lineno}: not JSON ({error.msg})") from error


def _row(path: Path, patient: str | None) -> dict[str, Any]:
    rows = list(csv.reader(StringIO(_text(path))))
    names = [name.strip() for name in rows[0]] if rows else []
    if not names or len(set(names)) < len(names):
        raise UnreadableFile(f"{path}: the first line must name each column once")
    for name in names:
        close = None if name in _FIELDS else _close(name)
        if close is not None:
            raise ClinicalError(f"{path}: column {name}: no such field; {close} is allowed")
    if not set(names) & set(_FIELDS):
        raise ClinicalError(f"{path}: no column is a clinical field; allowed are {', '.join(_FIELDS)}")
    records = []
    for number, cells in enumerate(rows[1:], start=2):
        if cells and len(cells) != len(names):
            raise UnreadableFile(f"{path}: line {number}: {len(cells)} cells for {len(names)} columns")
        records += [dict(zip(names, cells, strict=True))] if cells else []
    chosen = _chosen(path, records, patient)
    return {name: value for name, value in chosen.items() if name in _FIELDS}


def _chosen(path: Path, records: list[dict[str, str]], patient: str | None) -> dict[str, str]:
    if patient is None and len(records) == 1:
        return records[0]
    if patient is None:
        raise ClinicalError(f"{path}: holds {len(records)} patients; name one of its column {PATIENT}")
    found = [record for record in records if record.get(PATIENT, "").strip() == patient]
    if len(found) != 1:
        raise ClinicalError(
            f"{path}: {len(found)} lines have {patient} in the column {PATIENT}; one is allowed"
        )
    return found[0]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UnreadableFile(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{path}: is not UTF-8 text ({error.reason})") from error
