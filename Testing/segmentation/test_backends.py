"""Back-ends by name."""

from pathlib import Path

import pytest

from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.segmentation.backends import BACKENDS, segmenter


def test_every_name_makes_the_back_end_of_that_name():
    for name in BACKENDS:
        mask = Path("mask.nii.gz") if name == "mask" else None
        assert segmenter(name, mask=mask).name == name


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        (
            "magic",
            {},
            "'magic' does not exist; choose one of bundled, threshold, blast-ct, deepbleed-style, mask",
        ),
        ("mask", {}, "segmenter mask: needs --mask"),
        ("threshold", {"mask": Path("m.nrrd")}, "segmenter threshold: takes no --mask"),
        ("threshold", {"models": (1,)}, "segmenter threshold: takes no --blast-models"),
        ("blast-ct", {"models": (13,)}, r"from 1 to 12"),
    ],
)
def test_what_does_not_go_together_is_refused(name: str, options: dict, message: str):
    with pytest.raises(UsageError, match=message):
        segmenter(name, **options)
