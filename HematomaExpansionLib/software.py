"""Which software computed a result."""

import platform
from importlib.metadata import PackageNotFoundError, version

from . import __version__
from .result import Software

PACKAGES = ("numpy", "scipy", "SimpleITK", "pydicom", "torch", "monai", "blast-ct")
"""Those whose version can change a number."""


def software() -> Software:
    """The versions in use; a package that is not installed is left out."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return Software(version=__version__, python=platform.python_version(), packages=versions)
