"""What every head is sampled from: fields of the template, measured once and kept.

Measuring them takes half a minute, so they are kept on disk, under a name made from the code that measures
them: in ``hematoma-expansion`` below ``$XDG_CACHE_HOME`` or ``~/.cache``, 300 MB. Without a place to write,
each process measures them anew. They are rounded to half precision either way, so the heads are the same.
"""

import hashlib
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np
import torch

from .calvaria import shell_mm, temporal_muscle_share
from .neck import below_the_skull
from .skull import inner_table_mm
from .template import axes_mm
from .tissue import tissue
from .ventricles import walls

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MEASURED_BY = ("template", "skull", "ventricles", "tissue", "calvaria", "neck", "template_fields")


@dataclass(frozen=True)
class TemplateFields:
    """Fields of the template on a device; never written to.

    Attributes:
        around: float32 ``[5, z, y, x]``: distance outside the intracranial space and depth in it, mm;
            thickness of the skull; share of the temporal muscle; depth below the skin of face and neck.
        tissue: float32 ``[3, z, y, x]``, see :func:`.tissue.tissue`.
        walls: float32 ``[5, z, y, x]``, see :func:`.ventricles.walls`.
        nearest_ventricle: uint8 ``[z, y, x]``.
    """

    around: torch.Tensor
    tissue: torch.Tensor
    walls: torch.Tensor
    nearest_ventricle: torch.Tensor


@cache
def template_fields(device: torch.device) -> TemplateFields:
    """The fields on a device, kept for the next head."""
    kept = _cache_file()
    try:
        arrays = dict(np.load(kept, allow_pickle=False))
    except (OSError, ValueError, BadZipFile):
        arrays = _measured()
        _keep(arrays, kept)
    tensors = {name: torch.from_numpy(array).to(device) for name, array in arrays.items()}
    names = tensors.pop("nearest_ventricle")
    return TemplateFields(nearest_ventricle=names, **{name: half.float() for name, half in tensors.items()})


def _measured() -> dict[str, "NDArray[np.generic]"]:
    axes = [torch.from_numpy(axis) for axis in axes_mm()]
    mni_mm = torch.stack(torch.broadcast_tensors(*axes))
    drawn = [shell_mm(mni_mm), temporal_muscle_share(mni_mm), below_the_skull(mni_mm)]
    fields, nearest = walls()
    around = np.concatenate([inner_table_mm(), np.stack([field.numpy() for field in drawn])])
    halves = {"around": around, "tissue": tissue(), "walls": fields}
    return {name: field.astype(np.float16) for name, field in halves.items()} | {"nearest_ventricle": nearest}


def _cache_file() -> Path:
    code = b"".join((Path(__file__).parent / f"{name}.py").read_bytes() for name in _MEASURED_BY)
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return root / "hematoma-expansion" / f"template-{hashlib.sha256(code).hexdigest()[:16]}.npz"


def _keep(arrays: dict[str, "NDArray[np.generic]"], file: Path) -> None:
    """Write the fields, in place of those that older code measured; a place that refuses is no error."""
    part = file.with_name(f"{os.getpid()}.part.npz")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        np.savez(part, **arrays)
        for old in file.parent.glob("template-*.npz"):
            old.unlink(missing_ok=True)
        part.rename(file)
    except OSError:
        part.unlink(missing_ok=True)
