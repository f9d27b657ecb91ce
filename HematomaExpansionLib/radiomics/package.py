"""PyRadiomics, imported when it is needed and kept quiet."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType
from typing import Any

from ..errors import ModelError, UnreadableFile
from .settings import Settings

_QUIET = 60
_DISTRIBUTIONS = ("pyradiomics-bhklab", "pyradiomics")


def pyradiomics() -> ModuleType:
    """The package ``radiomics``.

    Raises:
        ModelError: it is not installed.
    """
    try:
        import radiomics.featureextractor
    except ImportError as error:
        raise ModelError(
            f"PyRadiomics is not installed ({error}): install the SlicerRadiomics extension in 3D Slicer, "
            "elsewhere pip install pyradiomics-bhklab trimesh"
        ) from error
    module: ModuleType = radiomics
    return module


def installed_version(*names: str) -> str:
    """Version of the first of these distributions that is installed; empty when none is."""
    for name in names:
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return ""


def pyradiomics_version() -> str:
    """Its version, of whichever distribution provides it; in 3D Slicer its own word for it."""
    return installed_version(*_DISTRIBUTIONS) or str(pyradiomics().__version__)


def make_extractor(settings: Settings) -> Any:
    """A ``RadiomicsFeatureExtractor`` for these settings.

    Raises:
        ModelError: PyRadiomics is not installed.
        UnreadableFile: PyRadiomics does not know what the settings ask for.
    """
    package = pyradiomics()
    with quiet():
        try:
            return package.featureextractor.RadiomicsFeatureExtractor(deepcopy(dict(settings.parameters)))
        except Exception as error:  # its checker raises many kinds
            raise UnreadableFile(
                f"{settings.name}.yaml: PyRadiomics does not take it: {' '.join(str(error).split())}"
            ) from error


@contextmanager
def quiet() -> Iterator[None]:
    """No word of PyRadiomics in any log inside the block; its level afterwards is what it was."""
    logger = pyradiomics().logger
    before = logger.level
    logger.setLevel(_QUIET)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)


@contextmanager
def spherical_harmonics() -> Iterator[None]:
    """Give PyRadiomics' LBP-3D the function ``scipy.special.sph_harm``, which SciPy 1.17 took away.

    Without it PyRadiomics leaves the LBP-3D features out with no more than a line in its log. The successor
    ``sph_harm_y(n, m, polar, azimuth)`` takes the same things in another order.
    """
    import scipy.special

    if hasattr(scipy.special, "sph_harm"):
        yield
        return

    def sph_harm(m: Any, n: Any, azimuth: Any, polar: Any) -> Any:
        return scipy.special.sph_harm_y(n, m, polar, azimuth)

    scipy.special.sph_harm = sph_harm
    try:
        yield
    finally:
        del scipy.special.sph_harm
