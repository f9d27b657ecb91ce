"""Ning's 851 features of a bleed of 30 mL in 512 x 512 x 32, ours against plain PyRadiomics, in one run.

    python -m Testing.benchmarks.radiomics [--ml V] [--threads N]

Each runs in a process of its own, so that its peak memory is its own; what is timed is the extraction, the
packages imported and the scan in memory. Three pairs:

* Ning's procedure: the whole scan is resampled and filtered;
* the same settings as PyRadiomics takes them by itself: it resamples no more than the surroundings of the
  mask. That is faster than ours, which has one grid for a scan whatever its mask is;
* without resampling: PyRadiomics filters the whole scan.
"""

import argparse
import multiprocessing
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import SimpleITK as sitk

SPACING_MM = (0.449, 0.449, 5.0)
SHAPE = (32, 512, 512)
WANTED_S, WANTED_MB, FEATURES = 4.0, 1024.0, 851


@dataclass(frozen=True)
class Run:
    """One extraction.

    Attributes:
        seconds: of the extraction.
        mb: peak memory of its process, MB.
        values: of the features, by name.
    """

    seconds: float
    mb: float
    values: dict[str, float]


@dataclass(frozen=True)
class Comparison:
    """Both ways of extracting the features of one case.

    Attributes:
        name: of the settings.
        ours: this project.
        plain: PyRadiomics by itself.
    """

    name: str
    ours: Run
    plain: Run

    @property
    def ratio(self) -> float:
        """Our time by PyRadiomics' time."""
        return self.ours.seconds / self.plain.seconds

    @property
    def identical(self) -> bool:
        """Every value the same to the last bit."""
        return self.ours.values == self.plain.values


def compare(ml: float = 30.0, threads: int = 2) -> list[Comparison]:
    """Run both on the same bleed, in the three ways.

    Args:
        ml: volume of the bleed.
        threads: of ITK, for both.
    """
    resampled, native = (_alone(_ours, ml, threads, wanted) for wanted in (True, False))
    return [
        Comparison("resampled as a whole", resampled, _alone(_plain, ml, threads, True, 10**6)),
        Comparison("resampled and cropped", resampled, _alone(_plain, ml, threads, True, 5)),
        Comparison("not resampled", native, _alone(_plain, ml, threads, False, 5)),
    ]


def table(found: list[Comparison]) -> str:
    """As text."""
    lines = [f"{'':22} {'ours s':>8} {'plain s':>8} {'ratio':>6} {'ours MB':>8} {'plain MB':>9}  values"]
    for one in found:
        values = f"{len(one.ours.values)}, {'identical' if one.identical else 'NOT identical'}"
        lines.append(
            f"{one.name:22} {one.ours.seconds:8.2f} {one.plain.seconds:8.2f} {one.ratio:6.2f} "
            f"{one.ours.mb:8.0f} {one.plain.mb:9.0f}  {values}"
        )
    return "\n".join([*lines, f"wanted: {WANTED_S:g} s and {WANTED_MB:g} MB or less, identical values"])


def as_wanted(found: list[Comparison]) -> bool:
    """Whether Ning's settings keep the limits, and all values are the same."""
    ning = found[0].ours
    kept = ning.seconds <= WANTED_S and ning.mb <= WANTED_MB and len(ning.values) == FEATURES
    return kept and all(one.identical for one in found)


def bleed(ml: float) -> tuple[sitk.Image, sitk.Image]:
    """A ball of blood in a head of noise, float HU, and its labels."""
    rng = np.random.default_rng(1)
    z, y, x = np.ogrid[: SHAPE[0], : SHAPE[1], : SHAPE[2]]
    step_x, step_y, step_z = SPACING_MM
    radius = (ml * 1000 * 3 / (4 * np.pi)) ** (1 / 3)
    mask = ((z - 15) * step_z) ** 2 + ((y - 250) * step_y) ** 2 + ((x - 330) * step_x) ** 2 <= radius**2
    head = np.hypot((y - 256) * step_y / 90, (x - 256) * step_x / 75) + 0 * z
    hu = np.select([mask, head < 1, head < 1.1], [62.0, 32.0, 900.0], -1000.0)
    hu = np.round(hu + rng.normal(0, 5, SHAPE)).astype(np.float32)
    images = sitk.GetImageFromArray(hu), sitk.GetImageFromArray(mask.astype(np.uint8))
    for image in images:
        image.SetSpacing(SPACING_MM)
    return images


def _alone(function, *arguments) -> Run:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(function, *arguments).result()


def _settings(resampled: bool):
    """Ning's, with or without its resampling."""
    from dataclasses import replace

    from HematomaExpansionLib.radiomics.settings import read_settings

    ning = read_settings("ning2025")
    if resampled:
        return ning
    setting = {"binWidth": ning.parameters["setting"]["binWidth"]}
    return replace(ning, parameters={**ning.parameters, "setting": setting})


def _ours(ml: float, threads: int, resampled: bool) -> Run:
    from HematomaExpansionLib.radiomics.extract import extract
    from HematomaExpansionLib.radiomics.package import pyradiomics

    pyradiomics()
    scan, labels = _prepared(ml, threads)
    settings = _settings(resampled)
    started = time.perf_counter()
    found = extract(scan, labels, settings)
    seconds = time.perf_counter() - started
    return Run(seconds, _peak_mb(), {name: float(value) for name, value in found.values.items()})


def _plain(ml: float, threads: int, resampled: bool, pad: int) -> Run:
    import radiomics
    from radiomics.featureextractor import RadiomicsFeatureExtractor

    radiomics.setVerbosity(60)
    scan, labels = _prepared(ml, threads)
    parameters = _settings(resampled).parameters
    started = time.perf_counter()
    found = RadiomicsFeatureExtractor(dict(parameters), additionalInfo=False, padDistance=pad).execute(
        scan, labels
    )
    seconds = time.perf_counter() - started
    return Run(seconds, _peak_mb(), {name: float(value) for name, value in found.items()})


def _prepared(ml: float, threads: int) -> tuple[sitk.Image, sitk.Image]:
    """The bleed, and the memory that making it took forgotten (Linux)."""
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(threads)
    images = bleed(ml)
    clear = Path("/proc/self/clear_refs")
    if clear.exists():
        clear.write_text("5")
    return images


def _peak_mb() -> float:
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1 << 20 if sys.platform == "darwin" else 1 << 10
    )


def main() -> int:
    """Print the comparison; exit 1 when a limit is not kept or a value differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ml", type=float, default=30.0)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    found = compare(options.ml, options.threads)
    print(table(found))
    return 0 if as_wanted(found) else 1


if __name__ == "__main__":
    sys.exit(main())
