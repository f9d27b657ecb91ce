"""Which series is taken out of a folder, on headers alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from HematomaExpansionLib.ct.dicom import SeriesHeader, SliceHeader
from HematomaExpansionLib.ct.series import choose
from HematomaExpansionLib.errors import GeometryError, NotAHeadCT

AXIAL = (1.0, 0, 0, 0, 1, 0)
CORONAL = (1.0, 0, 0, 0, 0, -1)
SOFT = SeriesHeader(
    "1.2", "1", "P", 2, "Head 5.0 H30s", "CT", ("ORIGINAL", "PRIMARY", "AXIAL"), "H30s", "", "HEAD"
)


def series(
    header: SeriesHeader, count: int = 30, step_mm: float = 5.0, orientation: tuple[float, ...] = AXIAL
) -> list[SliceHeader]:
    along = 2 if orientation is AXIAL else 1
    slices = []
    for i in range(count):
        position = [0.0, 0.0, 0.0]
        position[along] = i * step_mm
        slices.append(
            SliceHeader(
                Path(f"{i}.dcm"), 0, f"{header.uid}.{i}", header, tuple(position), orientation,
                (0.5, 0.5), (512, 512), step_mm, None,
            )
        )  # fmt: skip
    return slices


def other(uid: str, number: int = 3, **changes: object) -> SeriesHeader:
    return replace(SOFT, uid=uid, number=number, **changes)  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize(
    ("slices", "reason"),
    [
        (series(other("2", image_type=("ORIGINAL", "LOCALIZER"), description="Scout"), 2), "localiser"),
        (series(other("2", description="Topogram 0.6 T20f"), 40), "localiser"),
        (series(other("2", number=1, kernel="H70h", description="Head 5.0 H70h")), "bone kernel"),
        (series(other("2", number=1, kernel="BONEPLUS", description="bone")), "bone kernel"),
        (series(other("2", number=1, kernel="FC30", description="head")), "bone kernel"),
        (series(other("2", number=1, kernel="Hr60f", description="head")), "bone kernel"),
        (series(other("2", number=1, kernel="YA", description="head")), "bone kernel"),
        (series(other("2", number=1, description="Head_bone_0.6")), "bone kernel"),
        (series(other("2", number=1, description="Head_CTA_5.0")), "contrast"),
        (series(other("2", number=1, contrast_agent="Omnipaque 350")), "contrast"),
        (series(other("2", number=1, description="Head +C 5.0")), "contrast"),
        (series(other("2", number=1, description="CTA COW"), 200, 0.8), "contrast"),
        (series(other("2", number=1, modality="MR")), "modality MR, must be CT"),
        (series(other("2", number=1, modality="PT")), "modality PT, must be CT"),
        (series(other("2", number=1, description="Coronal 5.0"), orientation=CORONAL), "not axial"),
        (series(other("2", number=1), 6), "6 slices, at least 10 are needed"),
        (series(other("2", number=1), 1), "1 slices, at least 10 are needed, give the whole folder"),
        (series(other("2", number=1), 12, 5.0), "60 mm of coverage, at least 80 mm is needed"),
        (series(other("2", number=1, image_type=("DERIVED", "SECONDARY", "AXIAL"))), "derived images"),
        (series(other("2", number=1, image_type=("DERIVED", "MIP"))), "projection or screen capture"),
        (series(other("2", number=1, body_part="CHEST")), "another part of the body"),
        (series(other("2", number=1), 240, 0.625), "slice distance 0.6 mm, further from the usual 2.5-5 mm"),
        (series(other("2", number=1), 20), "covers 100 mm, less than 150 mm"),
        (series(other("2", number=3)), "equal in kind; a lower series number was taken"),
    ],
)  # fmt: skip
def test_soft_tissue_head_is_taken_and_the_other_is_explained(slices: list[SliceHeader], reason: str) -> None:
    chosen, choice, warnings = choose(slices + series(SOFT), "folder")
    assert {s.series.uid for s in chosen} == {"1.2"}
    assert len(chosen) == 30
    assert choice.description == "Head 5.0 H30s"
    assert choice.reason == "axial CT, 30 slices over 150 mm, soft-tissue kernel H30s, no contrast stated"
    assert choice.rejected == ((slices[0].series.description, reason),)
    assert warnings == ()


def test_order_of_the_files_does_not_matter() -> None:
    slices = series(SOFT) + series(other("2", number=1, kernel="H70h")) + series(other("3", number=4))
    assert choose(slices, "folder")[1] == choose(slices[::-1], "folder")[1]


@pytest.mark.parametrize(
    "description",
    [
        "Head without contrast",
        "NON-CONTRAST HEAD",
        "Head w/o 5mm",
        "NCCT",
        "Schaedel nativ",
        "Head_wo",
        "Post fossa",
    ],
)
def test_the_word_contrast_in_a_plain_scan_is_no_contrast(description: str) -> None:
    _, choice, warnings = choose(series(other("2", description=description)), "folder")
    assert choice.reason.endswith("no contrast stated")
    assert warnings == ()


@pytest.mark.parametrize(
    ("header", "warning"),
    [
        (other("2", contrast_agent="Iomeron"), "Contrast suspected"),
        (other("2", kernel="BONE"), "Only a bone-kernel series"),
    ],
)
def test_the_only_series_is_taken_with_a_warning(header: SeriesHeader, warning: str) -> None:
    assert warning in choose(series(header), "folder")[2][0]


def test_a_localiser_inside_the_series_is_left_out() -> None:
    scout = series(
        other("1.2", number=2, image_type=("ORIGINAL", "PRIMARY", "LOCALIZER")), 1, orientation=CORONAL
    )
    assert len(choose(scout + series(SOFT), "folder")[0]) == 30


def test_orientation_noise_does_not_split_a_series() -> None:
    slices = [
        replace(s, orientation=(1, 0, 0, 0, 0.999988, 0.00499 + 0.00002 * (i % 2)))
        for i, s in enumerate(series(SOFT))
    ]
    assert len(choose(slices, "folder")[0]) == 30


@pytest.mark.parametrize(
    ("slices", "error", "message"),
    [
        (series(other("2", modality="MR")), NotAHeadCT, "modality MR, must be CT"),
        (series(SOFT, orientation=CORONAL), NotAHeadCT, "not axial"),
        (series(SOFT, 1), GeometryError, "1 slices, at least 10 are needed, give the whole folder"),
        (series(SOFT, 15), GeometryError, "75 mm of coverage, at least 80 mm is needed"),
        (series(SOFT) + series(other("3", patient_id="Q")), NotAHeadCT, "CT series of 2 patients in it"),
    ],
)
def test_nothing_usable(slices: list[SliceHeader], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=f"^folder: .*{message}"):
        choose(slices, "folder")


def test_two_studies_are_warned_of() -> None:
    slices = series(SOFT) + series(other("3", study_uid="9"))
    assert choose(slices, "folder")[2] == (
        "The folder holds 2 studies; one series was taken, see the series choice.",
    )
