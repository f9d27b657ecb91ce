"""Low-density foci of a clot, found once: four markers choose from them, so they cannot disagree."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .clot import Clot
from .landscape import deep_minima, lake_depth_hu
from .plane import away_mm, depth_mm, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray


# The level of a slice is that of its dense part, also where almost half of it is low.
_DENSE_PERCENT = 70.0


@dataclass(frozen=True)
class FociSettings:
    """What counts as a low-density focus.

    Attributes:
        depth_hu: how far it lies below the lowest way out of it (h of the h-minima), at least; a focus that
            is open to brain lies so far below the clot round it.
        area_mm2: area at half its depth, at least.
        part_share: an open low region with more of the slice than this is a part of the clot, no focus in it.
        ring_mm: width of the ring of clot that it is compared with.
        open_depth_mm: how far inside M* a focus that is open to brain begins to count.
    """

    depth_hu: float = 10.0
    area_mm2: float = 4.0
    part_share: float = 0.2
    ring_mm: float = 3.0
    open_depth_mm: float = 2.0


@dataclass(frozen=True, eq=False)
class Focus:
    """One focus on one slice of the clot.

    Attributes:
        index: slice of the clot.
        region: bool ``[y, x]``, the pixels below half its depth.
        encapsulated: the clot closes round it on this slice, corners included.
        counts: deep enough; a shallower one tells only how near the clot came to having one.
        depth_hu: of its lowest pixel below the lowest way out.
        area_mm2: of ``region``.
        core_hu: mean of ``region`` without its rim.
        ring_hu: mean of the clot round it.
        edge_hu_mm: mean slope of the density across the border.
        core_pixels: how many pixels the mean of the core has.
    """

    index: int
    region: "NDArray[np.bool_]"
    encapsulated: bool
    counts: bool
    depth_hu: float
    area_mm2: float
    core_hu: float
    ring_hu: float
    edge_hu_mm: float
    core_pixels: int

    @property
    def difference_hu(self) -> float:
        """How far the core lies below the ring."""
        return self.ring_hu - self.core_hu


def enclosed(clot: Clot, foci: "Sequence[Focus]", margin_mm: float = 0.0) -> "NDArray[np.bool_]":
    """The encapsulated foci that count, as a mask ``[z, y, x]``, widened in their slices by a margin."""
    mask = clot.nothing()
    for focus in foci:
        if focus.encapsulated and focus.counts:
            mask[focus.index] |= away_mm(focus.region, clot.pixel_mm) <= margin_mm
    return mask


def low_foci(clot: Clot, settings: FociSettings) -> tuple[Focus, ...]:
    """Find the foci on every slice, from the feet up, and those of half the depth that do not count.

    On each slice the density is a landscape, and outside M* lies the sea. Encapsulated foci are its lakes:
    what fills with water when the sea cannot reach it (grey-scale hole filling), at least ``depth_hu`` deep.
    Other foci are h-minima well inside M* that are open to brain; they are looked for on the slice of the
    largest area alone, where they are counted.
    """
    lakes = lake_depth_hu(clot.smooth, clot.mask)
    found: list[Focus] = []
    for index in range(len(clot.mask)):
        regions = [*_encapsulated(clot, lakes[index], settings)]
        if index == clot.largest:
            regions += _open(clot, index, lakes[index], settings)
        taken = np.any([region for region, _, _ in regions], axis=0) if regions else None
        if not all(encapsulated for _, _, encapsulated in regions):
            # What lies between an open focus and the brain is as low as the focus, and no clot round it.
            level = float(np.percentile(clot.smooth[index][clot.mask[index]], _DENSE_PERCENT))
            taken |= clot.smooth[index] < level - settings.depth_hu / 2
        found += [_measured(clot, index, *each, taken, settings) for each in regions]
    return tuple(found)


_Region = tuple["NDArray[np.bool_]", float, bool]


def _encapsulated(clot: Clot, depth: "NDArray[np.float32]", settings: FociSettings) -> "Iterator[_Region]":
    for lake in pieces(depth >= settings.depth_hu / 4):
        for region in pieces(lake & (depth >= float(depth[lake].max()) / 2)):
            own = float(depth[region].max())
            if own >= settings.depth_hu / 2 and region.sum() * clot.pixel_mm2 >= settings.area_mm2:
                yield region, own, True


def _open(
    clot: Clot, index: int, lakes: "NDArray[np.float32]", settings: FociSettings
) -> "Iterator[_Region]":
    """Basins well inside M* that no wall of clot keeps from the brain, below the level of their slice."""
    hu = clot.smooth[index]
    deep = depth_mm(clot.mask[index], clot.pixel_mm) > settings.open_depth_mm
    if not deep.any():
        return
    bottoms = deep_minima(hu, deep, settings.depth_hu) & (lakes < settings.depth_hu)
    level = float(np.percentile(hu[deep], _DENSE_PERCENT))
    largest_mm2 = settings.part_share * clot.mask[index].sum() * clot.pixel_mm2
    taken = np.zeros_like(deep)
    for seed in pieces(bottoms):
        depth = level - float(hu[seed].min())
        if depth < settings.depth_hu / 2 or (seed & taken).any():
            continue
        below = deep & (hu <= level - depth / 2)
        region = next(piece for piece in pieces(below) if (piece & seed).any())
        taken |= region
        if settings.area_mm2 <= region.sum() * clot.pixel_mm2 <= largest_mm2:
            yield region, depth, False


def _measured(
    clot: Clot,
    index: int,
    region: "NDArray[np.bool_]",
    depth: float,
    encapsulated: bool,
    taken: "NDArray[np.bool_] | None",
    settings: FociSettings,
) -> Focus:
    """The measures of one focus; ``taken`` are all foci of the slice, which no ring contains."""
    hu, pixel_mm = clot.hu[index], clot.pixel_mm
    away, inside = away_mm(region, pixel_mm), depth_mm(region, pixel_mm)
    step = max(pixel_mm)
    # A pixel on either side of the border is neither core nor ring, where the core is large enough.
    core = region & (inside > 1.01 * step)
    core = core if core.any() else region
    around = (away > 1.01 * step) & (away <= settings.ring_mm + step) & clot.mask[index]
    ring = around & clot.inner[index] if (around & clot.inner[index]).any() else around
    if taken is not None and (ring & ~taken).any():
        ring &= ~taken
    core_hu = float(hu[core].mean())
    ring_hu = float(hu[ring].mean()) if ring.any() else core_hu
    return Focus(
        index=index,
        region=region,
        encapsulated=encapsulated,
        counts=(depth if encapsulated else ring_hu - core_hu) >= settings.depth_hu,
        depth_hu=depth,
        area_mm2=float(region.sum() * clot.pixel_mm2),
        core_hu=core_hu,
        ring_hu=ring_hu,
        edge_hu_mm=_edge_hu_mm(clot, index, region),
        core_pixels=int(core.sum()),
    )


def _edge_hu_mm(clot: Clot, index: int, region: "NDArray[np.bool_]") -> float:
    """Mean gradient over the two pixels at the border of a region."""
    smooth = clot.smooth[index]
    slopes = [np.gradient(smooth, step, axis=axis) for axis, step in enumerate(clot.pixel_mm)]
    border = (away_mm(region, clot.pixel_mm) <= max(clot.pixel_mm)) & (
        depth_mm(region, clot.pixel_mm) <= max(clot.pixel_mm)
    )
    border &= clot.mask[index]
    return float(np.hypot(*slopes)[border].mean()) if border.any() else 0.0
