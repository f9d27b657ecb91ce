"""Heads drawn at random, with what else than a bleed is seen in patients who have one."""

import numpy as np

from .brain import Densities
from .calcification import draw_calcifications
from .calvaria import SkullDefect
from .catheter import Catheter
from .host import HostSettings
from .infarct import Infarct

_SIZE, _SIZE_SPREAD, _PROPORTION_SPREAD = 0.91, 0.022, 0.018

# Centres of old infarcts (superior, anterior, to the side) and their mean radii, mm.
_TERRITORIES = (
    ((14.0, -32.0, 50.0), (20.0, 20.0, 13.0)),  # posterior middle cerebral
    ((24.0, 14.0, 44.0), (18.0, 18.0, 13.0)),  # anterior middle cerebral
    ((4.0, -80.0, 16.0), (13.0, 16.0, 12.0)),  # posterior cerebral
    ((40.0, 30.0, 9.0), (18.0, 18.0, 7.0)),  # anterior cerebral
    ((-42.0, -64.0, 26.0), (9.0, 14.0, 14.0)),  # cerebellar
    ((10.0, 42.0, 32.0), (18.0, 16.0, 14.0)),  # frontal contusion
)
# Where lacunes lie.
_LACUNES = (
    (4.0, 2.0, 24.0),  # putamen
    (8.0, -16.0, 12.0),  # thalamus
    (14.0, 8.0, 16.0),  # caudate and internal capsule
    (28.0, -10.0, 24.0),  # corona radiata
    (-30.0, -28.0, 5.0),  # pons
)


def draw_host(rng: np.random.Generator) -> HostSettings:
    """Draw a head: its size and shape, its age, its densities, and what the patient has had.

    Wide ventricles, wide sulci and rarefied white matter come with age, so they come together. A sixth has an
    old infarct, a quarter lacunes, one in 16 has had the skull opened, and one in 25 carries a catheter.
    """
    size = _SIZE + rng.normal(0, _SIZE_SPREAD)
    z, y, x = (float(value) for value in size * (1 + rng.normal(0, _PROPORTION_SPREAD, 3)))
    age = rng.normal(0, 1)
    return HostSettings(
        scale=(z, y, x),
        warp_mm=float(rng.uniform(1.0, 3.2)),
        widening_mm=float(np.clip(1.3 + 1.1 * age + rng.normal(0, 0.8), -1.0, 5.0)),
        uneven_mm=float(rng.normal(0, 0.6)),
        atrophy=float(np.clip(0.6 + 0.32 * age + rng.normal(0, 0.2), 0.0, 1.5)),
        leukoaraiosis=float(np.clip(0.5 + 0.8 * age + rng.normal(0, 0.6), 0.0, 3.0)),
        densities=_densities(rng),
        sinus_width=float(rng.uniform(0.75, 1.3)),
        skull=float(np.clip(rng.normal(1.1, 0.17), 0.75, 1.7)),
        scalp_mm=float(rng.uniform(3.5, 9.0)),
        muscle_hu=float(rng.uniform(48, 62)),
        cloudy=float(rng.choice([0.0, 0.05, 0.4], p=[0.5, 0.35, 0.15])),
        infarcts=_infarcts(rng),
        calcifications=draw_calcifications(rng),
        defects=_defects(rng),
        catheter=_catheter(rng) if rng.random() < 0.04 else None,
    )


def _densities(rng: np.random.Generator) -> Densities:
    grey = float(rng.normal(36.5, 1.3))
    return Densities(
        grey_hu=grey,
        white_hu=grey - float(rng.uniform(5.0, 10.0)),
        csf_hu=float(rng.uniform(4.0, 12.0)),
        dura_hu=float(rng.uniform(42, 58)),
        # Blood in the sinuses is as dense as its share of red cells.
        sinus_hu=float(np.clip(rng.normal(54, 5), 42, 66)),
    )


def _infarcts(rng: np.random.Generator) -> tuple[Infarct, ...]:
    drawn = []
    if rng.random() < 0.16:
        (superior, anterior, aside), radii = _TERRITORIES[rng.integers(len(_TERRITORIES))]
        old = rng.random() < 0.75
        drawn.append(
            Infarct(
                centre_mm=_near((superior, anterior, _side(rng) * aside), 5.0, rng),
                radii_mm=_three(np.array(radii) * rng.uniform(0.5, 1.2)),
                density_hu=float(rng.uniform(8, 15) if old else rng.uniform(19, 27)),
                softness_mm=float(rng.uniform(2, 6)),
            )
        )
    if rng.random() < 0.25:
        for _ in range(rng.integers(1, 4)):
            superior, anterior, aside = _LACUNES[rng.integers(len(_LACUNES))]
            drawn.append(
                Infarct(
                    centre_mm=_near((superior, anterior, _side(rng) * aside), 3.0, rng),
                    radii_mm=_three(rng.uniform(1.8, 5.0) * rng.uniform(0.8, 1.3, 3)),
                    density_hu=float(rng.uniform(8, 22)),
                    softness_mm=1.5,
                )
            )
    return tuple(drawn)


def _defects(rng: np.random.Generator) -> tuple[SkullDefect, ...]:
    if rng.random() > 0.06:
        return ()
    side = _side(rng)
    kind = rng.choice(["burr hole", "flap", "open"])
    if kind == "burr hole":
        return (SkullDefect(_near((62.0, 22.0, 42.0 * side), 8.0, rng), 7.0),)
    radius = float(rng.uniform(25, 42))
    return (SkullDefect(_near((18.0, 5.0, 74.0 * side), 8.0, rng), radius, flap=kind == "flap"),)


def _catheter(rng: np.random.Generator) -> Catheter:
    side = _side(rng)
    tip = _near((6.0, 8.0, 7.0 * side), 2.5, rng)
    # In front of the coronal suture, or through the parietal bone behind the ear.
    if rng.random() < 0.75:
        hole, entry = (68.0, 28.0, 32.0 * side), (84.0, 32.0, 42.0 * side)
    else:
        hole, entry = (34.0, -82.0, 38.0 * side), (38.0, -98.0, 44.0 * side)
    return Catheter(entry, hole, tip, wall_hu=float(rng.uniform(150, 500)))


def _side(rng: np.random.Generator) -> float:
    return float(rng.choice([-1.0, 1.0]))


def _near(
    point: tuple[float, float, float], spread_mm: float, rng: np.random.Generator
) -> tuple[float, float, float]:
    return _three(np.array(point) + rng.normal(0, spread_mm, 3))


def _three(values: np.ndarray) -> tuple[float, float, float]:
    first, second, third = (float(value) for value in values)
    return (first, second, third)
