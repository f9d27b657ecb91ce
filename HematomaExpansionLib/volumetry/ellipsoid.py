"""The ellipsoid of three perpendicular diameters."""

# Lee 2024 writes 0.523 for pi/6 = 0.5236.
LEE_FACTOR = 0.523


def ellipsoid_ml(d1_mm: float, d2_mm: float, d3_mm: float) -> float:
    """0.523 x D1 x D2 x D3 in mL (Lee 2024, Methods).

    D1 is the largest diameter on multi-planar reformats, D2 and D3 are the two perpendicular ones; here they
    are measured in space by :func:`.diameters.calliper_diameters`. It is right for an ellipsoid and too large
    for anything lobed: half as much again and more for an irregular bleed.
    """
    return LEE_FACTOR * d1_mm * d2_mm * d3_mm / 1000.0
