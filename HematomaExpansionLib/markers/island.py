"""Island: at least 3 small haematomas all apart, or at least 4 of which some sprout from the main one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .bleed_parts import BleedParts
from .clot import Clot
from .finding import COUNT_ERROR, MarkerFinding, State, confidence, finding
from .marker import Marker
from .plane import away_mm, opened, pieces

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class IslandSettings:
    """Limits of the island sign (Li 2017; Morotti 2019).

    Attributes:
        separate: so many small haematomas, all apart, are islands.
        together: so many, apart or sprouting from the main one, are islands.
        least_ml: a smaller piece is noise of the segmentation.
        share: a small haematoma has at most this share of the main one's volume.
        opening_mm: radius of the opening that removes the sprouts.
        sprout_mm2: area of a sprout on a slice, at least.
        sprout_mm: how far a sprout stands out, at least.
        over_trunk: a sprout of which so much lies over or under the trunk is the end of a lobule.
    """

    separate: int = 3
    together: int = 4
    least_ml: float = 0.01
    share: float = 0.25
    opening_mm: float = 4.4
    sprout_mm2: float = 12.0
    sprout_mm: float = 2.5
    over_trunk: float = 0.5


def island(clot: Clot, parts: BleedParts, settings: IslandSettings) -> MarkerFinding:
    """Count small haematomas, and the sprouts of the main one; what touches on two slices counts once.

    Args:
        clot: the clot.
        parts: its pieces.
        settings: limits.
    """
    small = [part for part in parts.small if settings.least_ml <= part.ml <= settings.share * parts.main_ml]
    apart, sprouting = clot.nothing(), clot.nothing()
    for part in small:
        apart |= part.mask
    found = sprouts(parts.main, clot, settings)
    for sprout in found:
        sprouting |= sprout
    together = len(small) + len(found)
    present = len(small) >= settings.separate or together >= settings.together
    measures = {"separate": float(len(small)), "together": float(together)}
    # How far the nearer of the two counts is from its limit, in islands.
    over = max(len(small) - settings.separate, together - settings.together)
    sureness = confidence(over, -0.5, COUNT_ERROR)
    state = State.PRESENT if present else State.ABSENT
    where = apart | sprouting if together >= settings.together else apart
    return finding(Marker.ISLAND, clot, state, sureness, measures, where)


def sprouts(main: "NDArray[np.bool_]", clot: Clot, settings: IslandSettings) -> "list[NDArray[np.bool_]]":
    """What a disc cannot reach of the main haematoma on its slices, where it stands out far enough.

    The top and bottom of a broad lobule are narrow, too, but they lie over what the disc does reach.

    Args:
        main: bool ``[z, y, x]``.
        clot: the clot.
        settings: limits.

    Returns:
        bool ``[z, y, x]`` each.
    """
    trunk, narrow = clot.nothing(), clot.nothing()
    for index, plane in enumerate(main):
        trunk[index] = opened(plane, settings.opening_mm, clot.pixel_mm)
        # A slice too small for the disc is no trunk with sprouts.
        if trunk[index].any():
            away = away_mm(trunk[index], clot.pixel_mm)
            for piece in pieces(plane & ~trunk[index] & (away > max(clot.pixel_mm))):
                large = piece.sum() * clot.pixel_mm2 >= settings.sprout_mm2
                if large and away[piece].max() >= settings.sprout_mm:
                    narrow[index] |= piece
    found = []
    for sprout in pieces(narrow):
        levels = np.flatnonzero(sprout.any(axis=(1, 2)))
        near = trunk[max(levels[0] - 1, 0) : levels[-1] + 2].any(axis=0)
        shadow = sprout.any(axis=0)
        if (shadow & near).sum() < settings.over_trunk * shadow.sum():
            found.append(sprout)
    return found
