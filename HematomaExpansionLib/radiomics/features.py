"""The features of one bleed, with what they were computed by and from."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Extent:
    """How much of the scan some image types were computed from.

    Attributes:
        image_types: as the settings name them.
        cropped: whether the scan was cut round the bleed before it was filtered.
        reason: one sentence: why.
    """

    image_types: tuple[str, ...]
    cropped: bool
    reason: str


@dataclass(frozen=True)
class Features:
    """The features of one bleed.

    Attributes:
        values: by PyRadiomics' name, ``image type_class_feature``; None where it is not defined for this
            bleed (PyRadiomics gave no finite number).
        settings: name of the settings.
        settings_sha256: of their file.
        label: key of the class that was the mask, ``"ich"`` unless told otherwise.
        software: versions by package.
        extents: how much of the scan each image type was computed from.
    """

    values: Mapping[str, float | None]
    settings: str
    settings_sha256: str
    label: str
    software: Mapping[str, str]
    extents: tuple[Extent, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def write_features(table: Mapping[str, Features], path: Path) -> None:
    """Write a CSV with one line a case: first what it was computed by, then the features.

    A feature without a value is an empty cell. Written whole or not at all.

    Args:
        table: features by case; the columns are those of all cases together.
        path: the file.

    Raises:
        OutputError: the folder cannot be written.
    """
    import csv

    from ..files import written_whole

    names = list(dict.fromkeys(name for features in table.values() for name in features.values))
    with written_whole(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["case", "label", "settings", "settings_sha256", "software", "extent", *names])
        for case, features in table.items():
            software = "; ".join(f"{name} {version}" for name, version in features.software.items())
            extent = " ".join(f"{', '.join(part.image_types)}: {part.reason}" for part in features.extents)
            values = (features.values.get(name) for name in names)
            writer.writerow(
                [
                    case,
                    features.label,
                    features.settings,
                    features.settings_sha256,
                    software,
                    extent,
                    *("" if value is None else repr(value) for value in values),
                ]
            )


def feature_matrix(table: Mapping[str, Features], names: Sequence[str]) -> "NDArray[np.float64]":
    """Features of several cases as numbers ``[case, feature]``; NaN where a case has no value."""
    rows = [[features.values.get(name) for name in names] for features in table.values()]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(names))
