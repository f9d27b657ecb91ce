"""What a training prepares once for each patient and keeps on disk from run to run."""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from HematomaExpansionLib.errors import InputRefused
from HematomaExpansionLib.files import folder_written_whole
from HematomaExpansionLib.prediction.patient import Patient

Make = Callable[[Patient], Mapping[str, NDArray[np.generic]]]
_STAMP = "stamp.json"


def prepare_patients(
    patients: Sequence[Patient], cache: Path, make: Make, workers: int = 1
) -> list[tuple[Patient, Path]]:
    """Prepare what is not prepared yet; a patient whose scan or mask cannot be used is named and left out.

    Args:
        patients: with baseline scans and masks in files.
        cache: one folder for each patient's name; another preparation needs another cache.
        make: the arrays of a patient by name; a function of a module, so that other processes find it.
        workers: processes.

    Returns:
        Each patient that could be prepared, with the folder of the arrays, ``NAME.npy`` each.
    """
    one = partial(_prepared, cache, make)
    if workers == 1:
        problems = [one(patient) for patient in patients]
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            problems = list(pool.map(one, patients))
    for problem in filter(None, problems):
        print(f"left out: {problem}", flush=True)
    return [
        (patient, cache / patient.name)
        for patient, problem in zip(patients, problems, strict=True)
        if not problem
    ]


def _prepared(cache: Path, make: Make, patient: Patient) -> str:
    """Prepare one patient; what is wrong with the images, empty for nothing."""
    folder, stamp = cache / patient.name, _stamp(patient)
    file = folder / _STAMP
    if file.is_file() and json.loads(file.read_text()) == stamp:
        return ""
    try:
        arrays = make(patient)
    except InputRefused as error:
        return f"{patient.name}: {error}"
    with folder_written_whole(folder) as temporary:
        for name, array in arrays.items():
            np.save(temporary / f"{name}.npy", array)
        (temporary / _STAMP).write_text(json.dumps(stamp))
    return ""


def _stamp(patient: Patient) -> dict[str, list[int]]:
    files = {"baseline": patient.baseline, "mask": patient.baseline_mask}
    return {
        kind: [file.stat().st_size, file.stat().st_mtime_ns]
        for kind, file in files.items()
        if isinstance(file, Path) and file.exists()
    }
