"""What a patient's result depends on: a changed input or option is noticed, and nothing else is redone."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from .. import __version__
from ..cohort_table import SCANS
from ..resources import resource
from ..segmentation.bundled import FOLDER as BUNDLED_MODEL
from ..study import Options
from .case import Case

FILE = "case.json"
"""In the folder of each patient."""

Dependencies = Mapping[str, str]
"""What a result depends on, by a name that a reader understands, each as a hash or a short text."""


def option_dependencies(options: Options) -> dict[str, str]:
    """Software, options and models: the same for all patients.

    Raises:
        ModelError: the bundled model is not among the installed resources.
    """
    record = options.record()
    said = {
        f"option {name}": json.dumps(record[name])
        for name in ("segmenter", "mapping", "blast_models", "device")
    }
    models = sorted(hash_of(folder) for folder in options.models)
    bundled = hash_of(resource(*BUNDLED_MODEL)) if options.segmenter == "bundled" else ""
    return {"software version": __version__, **said, "models": " ".join(models), "bundled segmenter": bundled}


def case_dependencies(case: Case, of_options: Dependencies) -> dict[str, str]:
    """Everything one patient's result depends on; every file is read.

    Raises:
        OSError: a file cannot be read.
    """
    scans = dict(zip(SCANS, map(hash_of, case.scans), strict=False))
    masks = {f"{name}_mask": hash_of(mask) for name, mask in zip(SCANS, case.masks, strict=False)}
    clinical = hashlib.sha256(case.clinical.model_dump_json().encode()).hexdigest()
    return {**of_options, **scans, **masks, "clinical record": clinical, "hours": json.dumps(case.hours)}


def changed(folder: Path, now: Dependencies) -> list[str] | None:
    """Names of what differs from when the result in a folder was made; None where there is no result."""
    try:
        before = json.loads((folder / FILE).read_text(encoding="utf-8"))["depends_on"]
        return sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        return [FILE]


def write_dependencies(folder: Path, found: Dependencies) -> None:
    """Store them beside the result."""
    text = json.dumps({"depends_on": dict(found)}, indent=2)
    (folder / FILE).write_text(text + "\n", encoding="utf-8")


def hash_of(path: Path) -> str:
    """SHA-256 of a file, or of every file in a folder with its place in it; other names change nothing.

    Raises:
        OSError: a file cannot be read.
    """
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file())
    elif path.suffix.lower() == ".nhdr":  # its voxels are in another file of the same stem
        files = sorted(path.parent.glob(f"{path.stem}.*"))
    else:
        return _file_hash(path)
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(path if path.is_dir() else path.parent).as_posix()}\n".encode())
        digest.update(f"{_file_hash(file)}\n".encode())
    return digest.hexdigest()


def _file_hash(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
