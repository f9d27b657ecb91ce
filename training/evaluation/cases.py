"""The scans that back-ends are measured on, and what is true of them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from HematomaExpansionLib.ct.anatomy import locate_anatomy
from HematomaExpansionLib.ct.reader import read_ct
from HematomaExpansionLib.ct.scan import HeadCT
from HematomaExpansionLib.errors import InputRefused, MissingInput, UnreadableFile
from HematomaExpansionLib.labels import APPEARANCE, Label
from HematomaExpansionLib.segmentation.mask_grid import place_on_scan

from ..paste import paste

if TYPE_CHECKING:
    from numpy.typing import NDArray

BASELINE = "baseline"


class Kind(StrEnum):
    """Where the truth of a scan comes from; every figure and table says it."""

    SIMULATED = "simulated"
    PASTED = "pasted bleeds"
    CLEAN = "clean"


@dataclass(frozen=True)
class Scan:
    """One scan with its truth.

    Attributes:
        kind: where the truth comes from.
        patient: scans of one patient are resampled together. Each case pasted into a head counts as one.
        time_point: ``"baseline"``, ``"followup-1"`` and so on.
        ct: the head CT.
        truth: uint8 of :class:`Label`, ``[z, y, x]`` on its grid.
        classes: the classes that the truth tells; of any other nothing is known.
    """

    kind: Kind
    patient: str
    time_point: str
    ct: HeadCT
    truth: "NDArray[np.uint8]"
    classes: frozenset[Label]


@dataclass(frozen=True)
class Refused:
    """A scan that cannot be read as a head CT, and why."""

    name: str
    reason: str


def simulated(folder: Path) -> Iterator[Scan | Refused]:
    """The scans of the case folders in a folder, as ``training.simulate`` and ``training.paste`` write them.

    Raises:
        MissingInput: when there is no case, or labels that its truth names are not there.
        UnreadableFile: when a truth cannot be read.
        MaskError: when labels do not lie on their scan's grid.
    """
    files = sorted(folder.glob("*/truth.json"))
    if not files:
        raise MissingInput(f"{folder}: no case folder with a truth.json in it")
    for file in files:
        try:
            truth = json.loads(file.read_text())
            keys = set(truth["label_values"])
            scans = [(entry["name"], entry["image"], entry["labels"]) for entry in truth["scans"]]
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableFile(
                f"{file}: not the truth of a case ({type(error).__name__}: {error})"
            ) from error
        given = Kind(truth.get("kind", Kind.SIMULATED))
        patient = f"{folder.name}/{file.parent.name}"
        classes = frozenset(label for label, look in APPEARANCE.items() if look.key in keys)
        for name, image, labels in scans:
            try:
                ct = read_ct(file.parent / image)
            except InputRefused as error:
                yield Refused(f"{patient} {name}", str(error))
                continue
            there = _labels(file.parent / labels, ct)
            kind = Kind.CLEAN if truth.get("real_host") and not there.any() else given
            yield Scan(kind, patient, name, ct, there, classes)


def pasted(host: Path, seed: int, cases: int) -> Iterator[Scan]:
    """Bleeds pasted into a head, or the one that is there already where a ``_mask`` lies beside the file.

    Args:
        host: head CT without blood. With ``NAME_mask.nii.gz`` beside ``NAME.nii.gz`` it is taken as it is,
            with the mask as its ICH.
        seed: of the bleeds.
        cases: how many.
    """
    ct = read_ct(host)
    name = _stem(host)
    both = frozenset({Label.ICH, Label.IVH})
    mask = host.with_name(f"{name}_mask.nii.gz")
    if mask.is_file():
        yield Scan(Kind.PASTED, name, BASELINE, ct, _labels(mask, ct), both)
        return
    import SimpleITK as sitk

    for case in paste(ct, locate_anatomy(ct), seed, cases):
        patient = f"{name} {case.name}"
        truth = sitk.GetArrayFromImage(case.labels)
        yield Scan(Kind.PASTED, patient, BASELINE, replace(ct, image=case.image, name=patient), truth, both)


def clean(file: Path) -> Scan:
    """A head CT that is known to hold no blood."""
    ct = read_ct(file)
    truth = np.zeros(ct.image.GetSize()[::-1], dtype=np.uint8)
    return Scan(Kind.CLEAN, _stem(file), BASELINE, ct, truth, frozenset(APPEARANCE))


def _labels(file: Path, ct: HeadCT) -> "NDArray[np.uint8]":
    import SimpleITK as sitk

    if not file.is_file():
        raise MissingInput(f"{file}: the truth of {ct.name} is not there")
    return place_on_scan(sitk.ReadImage(str(file)), ct, file.name).astype(np.uint8)


def _stem(file: Path) -> str:
    return file.resolve().name.removesuffix(".gz").removesuffix(".nii").removesuffix(".nrrd")
