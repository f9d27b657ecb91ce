"""Which DICOM series of a folder is the axial soft-tissue head CT, and why not the others."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import GeometryError, NotAHeadCT
from .checks import MIN_COVERAGE_MM, MIN_SLICES
from .dicom import SliceHeader
from .scan import SeriesChoice

_BONE_WORDS = re.compile(
    r"bone|knochen|\bosseux|\bosso|\bosea|edge|lung|sharp|ultra ?high|petrous|temporal", re.I
)
# Canon FC30-39, 50-59, 80-89; Philips D, E, L, Y*. Siemens kernels are numbered: 50 and more is sharp.
_BONE_KERNEL = re.compile(r"^(FC[358]\d|D|E|L|YA|YB|YC|YD)$", re.I)
_NUMBERED_KERNEL = re.compile(r"^(?!FC)[A-Z]{1,2}(\d\d)[a-z]?\b", re.I)
_CONTRAST = re.compile(
    r"\+ ?c\b|contrast|\bc\+|\bcta\b|angio|perfusion|venogra|\bpost\b(?! ?fossa)|\bkm\b|\biv\b|bolus", re.I
)
_NO_CONTRAST = re.compile(
    r"non?[- ]?contrast|without|w/?o\b|\bncct\b|unenhanced|nativ|\bnon[- ]?c\b|ohne km", re.I
)
_OTHER_BODY = re.compile(r"chest|thorax|lung|abd|pelvis|spine|neck|extremit|cardiac|heart|knee|hip\b", re.I)
_LOCALISER = re.compile(r"\bscout|topogram|localizer|surview", re.I)


@dataclass(frozen=True)
class _Candidate:
    """A series, or the part of one with the same orientation and pixel grid."""

    slices: tuple[SliceHeader, ...]
    name: str
    count: int
    coverage_mm: float
    axial: bool
    bone: bool
    contrast: bool
    derived: bool
    other_body: bool

    @property
    def distance_mm(self) -> float:
        return self.coverage_mm / max(self.count, 1)


def choose(
    slices: Sequence[SliceHeader], name: str
) -> tuple[list[SliceHeader], SeriesChoice, tuple[str, ...]]:
    """Choose the axial soft-tissue head series without contrast.

    Refused are: other modalities, localisers, secondary captures, projections, series that are not axial,
    and those with fewer than 10 slices or less than 80 mm. Of the rest the order is: named as a head
    (not as another body part), no contrast, soft-tissue kernel, original rather than derived, a slice
    distance of 2.5-5 mm or nearest to it, more coverage, lower series number.

    Args:
        slices: headers of every slice found.
        name: of the folder, for messages.

    Returns:
        The slices of the chosen series, the choice with its reasons, and warnings.

    Raises:
        NotAHeadCT: when no series is an axial CT.
        GeometryError: when the only axial CT has too few slices or too little coverage.
    """
    candidates = _candidates(slices)
    refusals = [(candidate, *_refusal(candidate)) for candidate in candidates]
    usable = [candidate for candidate, reason, _ in refusals if not reason]
    rejected = [(candidate.name, reason) for candidate, reason, _ in refusals if reason]
    if not usable:
        error = GeometryError if any(short for _, _, short in refusals) else NotAHeadCT
        listed = "; ".join(f"{series}: {reason}" for series, reason in rejected)
        raise error(f"{name}: no axial head CT series in it ({listed})")
    patients = {candidate.slices[0].series.patient_id for candidate in usable}
    if len(patients) > 1:
        raise NotAHeadCT(f"{name}: CT series of {len(patients)} patients in it; give a folder with one")
    usable.sort(key=_rank)
    best = usable[0]
    rejected += [(other.name, _why_not(other, best)) for other in usable[1:]]
    return list(best.slices), SeriesChoice(best.name, _why(best), tuple(rejected)), _warnings(best, usable)


@dataclass(frozen=True)
class JudgedSeries:
    """A series, and whether a cohort of plain head CT may take it.

    Attributes:
        slices: its headers.
        name: its description, or its number where there is none.
        refusal: why it may not; empty where it may.
    """

    slices: tuple[SliceHeader, ...]
    name: str
    refusal: str


def judge_series(slices: Sequence[SliceHeader]) -> list[JudgedSeries]:
    """Judge every series by its headers.

    Stricter than :func:`choose`, which takes a series of bone kernel or with contrast where there is no
    other: here these are refused, and so is what is named as another part of the body.
    """
    judged = []
    for candidate in _candidates(slices):
        strict = (
            (candidate.other_body, "another part of the body"),
            (candidate.contrast, "contrast"),
            (candidate.bone, "bone kernel"),
        )
        refusal, _ = _refusal(candidate)
        why = [refusal] if refusal else [reason for applies, reason in strict if applies]
        judged.append(JudgedSeries(candidate.slices, candidate.name, why[0] if why else ""))
    return judged


def _candidates(slices: Sequence[SliceHeader]) -> list[_Candidate]:
    """Series, each split where orientation, pixel grid or being a localiser differs."""
    groups: dict[tuple[str, bool], list[list[SliceHeader]]] = defaultdict(list)
    for header in sorted(slices, key=lambda s: (s.instance_uid, s.frame)):
        of_series = groups[header.series.uid, "LOCALIZER" in header.series.image_type]
        like = next((group for group in of_series if _same_grid(group[0], header)), None)
        if like is None:
            of_series.append([header])
        else:
            like.append(header)
    found = [_candidate(group) for of_series in groups.values() for group in of_series]
    return sorted(found, key=lambda c: (c.slices[0].series.number, c.name, c.slices[0].instance_uid))


def _same_grid(a: SliceHeader, b: SliceHeader) -> bool:
    return (
        a.shape == b.shape
        and np.allclose(a.orientation, b.orientation, atol=0.01)
        and np.allclose(a.pixel_mm, b.pixel_mm, rtol=0.01)
    )


def _candidate(slices: list[SliceHeader]) -> _Candidate:
    series = slices[0].series
    row, column = (np.array(slices[0].orientation[i : i + 3]) for i in (0, 3))
    normal = np.cross(row, column)
    heights = sorted({round(float(np.dot(s.position_mm, normal)), 2) for s in slices})
    description = series.description.replace("_", " ")
    numbered = _NUMBERED_KERNEL.match(series.kernel)
    no_contrast = bool(_NO_CONTRAST.search(description))
    return _Candidate(
        slices=tuple(slices),
        name=series.description or f"series {series.number}",
        count=len(heights),
        coverage_mm=_coverage(heights),
        axial=abs(normal[2]) > np.cos(np.radians(45)),
        bone=bool(_BONE_WORDS.search(f"{description} {series.kernel}"))
        or bool(_BONE_KERNEL.match(series.kernel))
        or (numbered is not None and int(numbered[1]) >= 50),
        contrast=not no_contrast and (_agent(series.contrast_agent) or bool(_CONTRAST.search(description))),
        derived="DERIVED" in series.image_type or "SECONDARY" in series.image_type,
        other_body=bool(_OTHER_BODY.search(f"{series.body_part} {description}")),
    )


def _coverage(heights: list[float]) -> float:
    if len(heights) < 2:
        return 0.0
    return heights[-1] - heights[0] + (heights[-1] - heights[0]) / (len(heights) - 1)


def _agent(text: str) -> bool:
    return text.lower() not in ("", "none", "no", "without", "ohne", "0", "n/a")


def _refusal(candidate: _Candidate) -> tuple[str, bool]:
    """Why a series cannot be used ('' when it can), and whether that is only for being short."""
    series = candidate.slices[0].series
    if series.modality != "CT":
        return f"modality {series.modality or 'not stated'}, must be CT", False
    if "LOCALIZER" in series.image_type or re.search(
        r"\bscout|topogram|localizer|surview", series.description, re.I
    ):
        return "localiser", False
    if any(kind in value for value in series.image_type for kind in ("MIP", "MINIP", "PROJECTION", "SCREEN")):
        return "projection or screen capture", False
    if not candidate.axial:
        return "not axial", False
    if candidate.count < MIN_SLICES:
        extra = ", give the whole folder" if candidate.count == 1 else ""
        return f"{candidate.count} slices, at least {MIN_SLICES} are needed{extra}", True
    if candidate.coverage_mm < MIN_COVERAGE_MM:
        return (
            f"{candidate.coverage_mm:.0f} mm of coverage, at least {MIN_COVERAGE_MM:.0f} mm is needed",
            True,
        )
    return "", False


def _rank(candidate: _Candidate) -> tuple[object, ...]:
    series = candidate.slices[0].series
    return (
        candidate.other_body,
        candidate.contrast,
        candidate.bone,
        candidate.derived,
        round(_from_usual(candidate.distance_mm), 1),
        -round(candidate.coverage_mm),
        series.number,
        series.uid,
    )


def _from_usual(distance_mm: float) -> float:
    """How far a slice distance is from the usual 2.5-5 mm of a head CT, mm."""
    return max(2.5 - distance_mm, distance_mm - 5.0, 0.0)


def _why(best: _Candidate) -> str:
    kernel = best.slices[0].series.kernel
    return (
        f"axial CT, {best.count} slices over {best.coverage_mm:.0f} mm"
        f"{', bone kernel' if best.bone else ', soft-tissue kernel'}{f' {kernel}' if kernel else ''}"
        f"{', contrast stated' if best.contrast else ', no contrast stated'}"
    )


def _why_not(other: _Candidate, best: _Candidate) -> str:
    for attribute, reason in (
        ("other_body", "another part of the body"),
        ("contrast", "contrast"),
        ("bone", "bone kernel"),
        ("derived", "derived images"),
    ):
        if getattr(other, attribute) and not getattr(best, attribute):
            return reason
    if _from_usual(other.distance_mm) > _from_usual(best.distance_mm):
        return f"slice distance {other.distance_mm:.1f} mm, further from the usual 2.5-5 mm"
    if other.coverage_mm < best.coverage_mm:
        return f"covers {other.coverage_mm:.0f} mm, less than {best.coverage_mm:.0f} mm"
    return "equal in kind; a lower series number was taken"


def _warnings(best: _Candidate, usable: Sequence[_Candidate]) -> tuple[str, ...]:
    warnings = []
    if best.bone:
        warnings.append(
            "Only a bone-kernel series was found: noise and sharpening change HU; volumes may be wrong."
        )
    if best.contrast:
        warnings.append("Contrast suspected from the DICOM header: enhancement can be taken for blood.")
    studies = {candidate.slices[0].series.study_uid for candidate in usable}
    if len(studies) > 1:
        warnings.append(
            f"The folder holds {len(studies)} studies; one series was taken, see the series choice."
        )
    return tuple(warnings)
