"""A patient prepared by the processes of torchrun, as a command: FOLDER/log says who did what."""

import os
import sys
from functools import partial
from pathlib import Path

import numpy as np

from HematomaExpansionLib.prediction.patient import Patient
from training.processes import processes
from training.scan_cache import Arrays, cached_for_all


def make(log: Path, patient: Patient) -> Arrays:
    with log.open("a") as stream:
        stream.write(f"prepared in {os.environ['RANK']}\n")
    return {"grey": np.arange(4)}


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    with processes("cpu") as these:
        (one,) = cached_for_all(
            these, [Patient(name="p")], folder / "cache", partial(make, folder / "log"), {}
        )
        with (folder / "log").open("a") as stream:
            stream.write(f"{one.array('grey').sum()} found in {these.rank}\n")
