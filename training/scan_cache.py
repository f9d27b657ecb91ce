"""What a network is shown of each patient, prepared once and mapped from disk, not read into memory."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from HematomaExpansionLib.errors import InputRefused
from HematomaExpansionLib.files import folder_written_whole
from HematomaExpansionLib.prediction.patient import Patient

from .processes import Processes
from .worker_processes import mapped

Arrays = dict[str, NDArray[Any]]
_STAMP = "stamp.json"


@dataclass(frozen=True)
class Cached:
    """The prepared arrays of one patient.

    Attributes:
        patient: with the outcome.
        folder: where the arrays lie.
        risk: learnt instead of the outcome where it is given, see :mod:`.stated_risk`.
    """

    patient: Patient
    folder: Path
    risk: float | None = None

    @property
    def learnt(self) -> float:
        """The probability of expansion to learn: 1 or 0 of a known outcome, or the risk."""
        return float(self.patient.expansion is True) if self.risk is None else self.risk

    def array(self, name: str) -> NDArray[Any]:
        """One of the arrays, mapped from disk."""
        return np.load(self.folder / f"{name}.npy", mmap_mode="r")


def cached(
    patients: Sequence[Patient],
    cache: Path,
    make: Callable[[Patient], Arrays],
    settings: Mapping[str, Any],
    workers: int = 1,
) -> list[Cached]:
    """Prepare what is not prepared yet; a patient who cannot be is named and left out.

    Args:
        patients: with files of scan and mask.
        cache: kept from run to run; other settings have other folders in it, and a patient whose files have
            changed is prepared anew.
        make: the arrays of one patient, by name; a function of a module, or a partial of one, so that it can
            be sent to other processes.
        settings: everything that ``make`` depends on, JSON-able.
        workers: processes.
    """
    key = sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:12]
    results = list(mapped(partial(_prepared, cache / key, make), patients, workers, chunk=4))
    for reason in results:
        if isinstance(reason, str):
            print(f"left out: {reason}", flush=True)
    return [one for one in results if isinstance(one, Cached)]


def cached_for_all(
    these: Processes,
    patients: Sequence[Patient],
    cache: Path,
    make: Callable[[Patient], Arrays],
    settings: Mapping[str, Any],
    workers: int = 1,
) -> list[Cached]:
    """:func:`cached` in processes that train together: the first one prepares, the others find it done."""
    found = cached(patients, cache, make, settings, workers) if these.first else None
    these.agree(0)
    return cached(patients, cache, make, settings) if found is None else found


def _prepared(cache: Path, make: Callable[[Patient], Arrays], patient: Patient) -> Cached | str:
    """The patient's arrays, or why there are none."""
    folder, stamp = cache / patient.name, _stamp(patient)
    try:
        is_current = json.loads((folder / _STAMP).read_text()) == stamp
    except FileNotFoundError:
        is_current = False
    if not is_current:
        try:
            arrays = make(patient)
        except InputRefused as error:
            return f"{patient.name}: {error}"
        with folder_written_whole(folder) as temporary:
            for name, values in arrays.items():
                np.save(temporary / f"{name}.npy", values)
            (temporary / _STAMP).write_text(json.dumps(stamp))
    return Cached(patient, folder)


def _stamp(patient: Patient) -> dict[str, list[int]]:
    files = {"baseline": patient.baseline, "baseline_mask": patient.baseline_mask}
    return {
        kind: [file.stat().st_size, file.stat().st_mtime_ns]
        for kind, file in files.items()
        if isinstance(file, Path) and file.exists()
    }
