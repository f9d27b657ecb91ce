"""Read the nine markers of one scan."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..ct.scan import HeadCT
from ..labels import Label
from ..volumetry.symmetry import Plane
from .black_hole import black_hole
from .bleed_parts import bleed_parts
from .blend import blend
from .brain import reference_brain
from .clot import Clot, prepare
from .finding import MarkerFinding
from .fluid_level import fluid_level
from .foci import low_foci
from .gravity import gravity
from .heterogeneous_density import heterogeneous_density
from .hypodensity import hypodensity
from .irregular_shape import irregular_shape
from .island import island
from .marker import Marker
from .outline import outline
from .parameters import MarkerParameters
from .record import MarkerRecord, MarkersRecord
from .satellite import satellite
from .swirl import swirl
from .texture import density_category, hu_variation, shape_category

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Markers:
    """The markers of one scan, with their evidence.

    Attributes:
        record: what is said of them, JSON-serialisable.
        findings: the nine findings with their masks on the grid of the scan, in the order of :class:`Marker`.
    """

    record: MarkersRecord
    findings: Mapping[Marker, MarkerFinding]


def read_markers(
    scan: HeadCT,
    labels: "sitk.Image",
    brain: "sitk.Image",
    parameters: MarkerParameters | None = None,
    symmetry: Plane | None = None,
) -> Markers | None:
    """Read the markers of the parenchymal blood of one scan.

    Args:
        scan: the head CT; its patient position says where down is.
        labels: label image on its grid, values of :class:`..labels.Label`.
        brain: mask of the intracranial space on its grid (``Anatomy.brain``).
        parameters: limits; the published ones and their defaults when None.
        symmetry: :func:`..volumetry.symmetry.symmetry_plane` of ``brain``; found here when None.

    Returns:
        The markers; None without parenchymal blood.
    """
    import SimpleITK as sitk

    parameters = parameters or MarkerParameters()
    values = sitk.GetArrayViewFromImage(labels)
    ich = values == Label.ICH
    if not ich.any():
        return None
    reference, warnings = reference_brain(scan, labels, brain, parameters.reference, symmetry)
    down, unknown = gravity(scan)
    other = (values == Label.IVH) | (values == Label.EXTRA_AXIAL)
    clot = prepare(scan.hu, ich, other, scan.spacing_mm, reference, parameters.preparation)
    return read_clot(clot, down, parameters, (*warnings, *unknown))


def read_clot(
    clot: Clot, down: "NDArray[np.float64]", parameters: MarkerParameters, warnings: tuple[str, ...] = ()
) -> Markers:
    """Read the markers of a prepared clot.

    What one marker claims another cannot: the layers of a fluid level are no blend, the low part of a blend
    is no black hole. Hypodensity, black hole, swirl and heterogeneous density share their foci, irregular
    shape and the counts of pieces at the same blood: what one sign implies of another holds by construction.

    Args:
        clot: from :func:`.clot.prepare`.
        down: direction of gravity along (z, y, x).
        parameters: limits.
        warnings: to be kept in the record.
    """
    foci = low_foci(clot, parameters.foci)
    parts = bleed_parts(clot)
    margin = outline(clot, parameters.outline)
    level = fluid_level(clot, foci, down, parameters.fluid_level)
    blended = blend(clot, foci, level.evidence[clot.box] > 0, parameters.blend)
    in_blend = (blended.evidence[clot.box] > 0) if blended.present else clot.nothing()
    heterogeneous = heterogeneous_density(clot, foci)
    found = [
        hypodensity(clot, foci, parameters.foci),
        black_hole(clot, foci, in_blend, parameters.black_hole),
        swirl(clot, foci, parameters.swirl),
        blended,
        level,
        irregular_shape(clot, margin),
        heterogeneous,
        satellite(clot, parts, parameters.satellite),
        island(clot, parts, parameters.island),
    ]
    findings = {finding.marker: finding for finding in found}
    record = MarkersRecord(
        markers=[_record(findings[marker]) for marker in Marker],
        hu_variation=hu_variation(clot),
        solidity=margin.solidity,
        barras_shape=shape_category(margin.irregularities),
        barras_density=density_category(int(heterogeneous.measures["foci"])),
        largest_slice=clot.slice_in_scan(clot.largest),
        brain_hu=clot.brain_hu,
        noise_hu=clot.noise_hu,
        down=(float(down[0]), float(down[1]), float(down[2])),
        parameters=parameters.record(),
        warnings=list(warnings),
    )
    return Markers(record, findings)


def _record(finding: MarkerFinding) -> MarkerRecord:
    # A measure without a value (an edge that does not exist) has no place in JSON.
    measures = {name: value for name, value in finding.measures.items() if np.isfinite(value)}
    return MarkerRecord(
        marker=finding.marker,
        state=finding.state,
        confidence=finding.confidence,
        measures=measures,
        slice_index=finding.slice_index,
    )
