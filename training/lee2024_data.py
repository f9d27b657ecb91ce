"""The slices of a cohort as the networks of Lee 2024 see them, prepared once and mapped from disk."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.prediction.lee2024.slices import WINDOW_HU, grey_slices, mask_slices
from HematomaExpansionLib.prediction.patient import Patient

from .processes import Processes
from .scan_cache import Arrays, cached_for_all
from .shift_scale_rotate import draw_move, moved
from .task import Batch

GREYS = 255
"""Slices are kept in 8 bits: 0.4 HU a step, below the noise of any scan."""


@dataclass(frozen=True)
class PreparedSlices:
    """The slices of one patient.

    Attributes:
        patient: with the outcome.
        folder: where the arrays lie.
    """

    patient: Patient
    folder: Path

    @cached_property
    def grey(self) -> NDArray[np.uint8]:
        """``[z, y, x]``, 0-255, mapped from disk."""
        return np.load(self.folder / "grey.npy", mmap_mode="r")

    @cached_property
    def mask(self) -> NDArray[np.uint8]:
        """Share of each pixel that parenchymal blood fills, ``[z, y, x]``, 0-255, mapped from disk."""
        return np.load(self.folder / "mask.npy", mmap_mode="r")

    @cached_property
    def areas(self) -> NDArray[np.float64]:
        """Share of each slice that parenchymal blood covers ``[z]``, from pixels that are half full."""
        return np.mean(np.asarray(self.mask) > GREYS / 2, axis=(1, 2))

    def network_input(self) -> torch.Tensor:
        """All slices, ``[z, 1, y, x]``, 0-1."""
        return torch.from_numpy(np.array(self.grey)).float()[:, None] / GREYS


def prepare(
    these: Processes, patients: Sequence[Patient], size: int, cache: Path, workers: int
) -> list[PreparedSlices]:
    """Prepare what is not prepared yet, see :func:`.scan_cache.cached_for_all`.

    Args:
        these: the processes.
        patients: with baseline scans and masks.
        size: rows and columns of a slice.
        cache: folder of prepared patients, kept from run to run.
        workers: processes.
    """
    shown = {"paper": "lee2024", "size": size, "window_hu": WINDOW_HU}
    done = cached_for_all(these, patients, cache, partial(_slices, size), shown, workers)
    return [PreparedSlices(one.patient, one.folder) for one in done]


def _slices(size: int, patient: Patient) -> Arrays:
    import SimpleITK as sitk

    scan = patient.scan()
    blood = sitk.GetArrayFromImage(patient.labels(scan)) == Label.ICH
    return {
        name: (slices[:, 0] * GREYS).round().to(torch.uint8).numpy()
        for name, slices in (("grey", grey_slices(scan.hu, size)), ("mask", mask_slices(blood, size)))
    }


class Slices:
    """Slices of patients as examples of the training loop.

    Args:
        patients: whose slices.
        haematoma_only: leave out slices without parenchymal blood.
    """

    def __init__(self, patients: Sequence[PreparedSlices], haematoma_only: bool) -> None:
        """Find the slices."""
        self.patients = list(patients)
        self.places = [
            (number, z)
            for number, one in enumerate(self.patients)
            for z in range(len(one.grey))
            if one.areas[z] > 0 or not haematoma_only
        ]

    def __len__(self) -> int:
        """How many slices."""
        return len(self.places)

    def area_shares(self) -> list[float]:
        """Share of each slice in its patient's area of blood: as much as it counts in the nDL score."""
        total = [float(one.areas.sum()) for one in self.patients]
        return [float(self.patients[number].areas[z]) / total[number] for number, z in self.places]

    def balance(self) -> list[float]:
        """Weights that draw slices with a haematoma as often as those without."""
        shows = np.array([self.patients[number].areas[z] > 0 for number, z in self.places])
        with_blood = max(float(shows.mean()), 1 / len(shows))
        return np.where(shows, 1 / with_blood, 1 / max(1 - with_blood, 1 / len(shows))).tolist()

    def load(self, indices: Sequence[int]) -> Batch:
        """``grey [n, 1, y, x]`` and ``mask [n, y, x]`` 0-1, ``shows`` (blood) and ``expansion`` ``[n]``."""
        places = [self.places[index] for index in indices]
        grey = np.stack([self.patients[number].grey[z] for number, z in places])
        mask = np.stack([self.patients[number].mask[z] for number, z in places])
        expansion = [float(self.patients[number].patient.expansion is True) for number, _ in places]
        return {
            "grey": torch.from_numpy(grey).float()[:, None] / GREYS,
            "mask": torch.from_numpy(mask).float() / GREYS,
            "shows": torch.tensor([float(self.patients[number].areas[z] > 0) for number, z in places]),
            "expansion": torch.tensor(expansion),
        }

    def vary(self, batch: Batch, rngs: Sequence[np.random.Generator]) -> Batch:
        """Move slice and mask together; see :mod:`.shift_scale_rotate`."""
        both = torch.cat([batch["grey"], batch["mask"][:, None]], dim=1)
        both = moved(both, [draw_move(rng) for rng in rngs])
        return batch | {"grey": both[:, :1], "mask": both[:, 1]}
