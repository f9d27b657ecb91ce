"""Numbers and names as a reader sees them. What is missing is said to be missing, never shown as 0."""

from collections.abc import Mapping, Sequence

from ..result import Location, ScanResult

MISSING = "—"
MINUS = "\N{MINUS SIGN}"
SHORT = {"che": "cHE", "rhe1": "rHE-1", "rhe2": "rHE-2", "rhe-ning": "rHE (Ning)"}
NOT_TOLD = f"{MISSING} not told by this back-end"


def number(value: float, decimals: int = 1) -> str:
    """A number with a real minus sign; 0 is "0", and what rounds to 0 without being 0 is "< 0.1"."""
    if value == 0:
        return "0"
    least = 10.0**-decimals
    if abs(value) < least / 2:
        return f"< {least:.{decimals}f}" if value > 0 else f"> {MINUS}{least:.{decimals}f}"
    return f"{value:.{decimals}f}".replace("-", MINUS)


def signed(value: float, decimals: int = 1) -> str:
    """A change: always with its sign, except 0."""
    if round(value, decimals) == 0:
        return "0" if value == 0 else f"{0:.{decimals}f}"
    return f"{value:+.{decimals}f}".replace("-", MINUS)


def percent(probability: float) -> str:
    """A probability (0-1) in per cent; 0 % and 100 % are never claimed by rounding."""
    if probability < 0.01:
        return "< 1 %"
    if probability > 0.99:
        return "> 99 %"
    return f"{100 * probability:.0f} %"


def volume(scan: ScanResult, key: str) -> str:
    """Volume of a class in mL, or why there is none."""
    found = scan.volumes.get(key)
    return NOT_TOLD if found is None else f"{number(found.ml)} mL"


def timepoint(name: str) -> str:
    """``"followup-1"`` as "Follow-up 1"."""
    kind, _, index = name.partition("-")
    return f"{'Follow-up' if kind == 'followup' else kind.capitalize()} {index}".strip()


def hours(scan: ScanResult) -> str:
    """Time after the baseline."""
    if scan.timepoint == "baseline":
        return "0 h"
    if scan.hours_after_baseline is None:
        return f"{MISSING} acquisition time not known"
    return f"{signed(scan.hours_after_baseline)} h"


def place(location: Location) -> str:
    """Side and region, as "right deep"."""
    return f"{location.side} {location.region}"


def shares(location: Location) -> str:
    """Shares of the regions, largest first, those of at least half a per cent."""
    parts = sorted(location.fractions.items(), key=lambda item: -item[1])
    return ", ".join(f"{100 * share:.0f} % {name}" for name, share in parts if share >= 0.005)


def where(scan: ScanResult) -> str:
    """Location of the intraparenchymal blood, or why it has none."""
    if scan.location is not None:
        return f"{place(scan.location).capitalize()} ({shares(scan.location)})"
    ich = scan.volumes.get("ich")
    if ich is None:
        return NOT_TOLD
    return f"{MISSING} no ICH" if ich.ml == 0 else f"{MISSING} not measured"


def midline(scan: ScanResult) -> str:
    """Midline shift with its direction."""
    shift = scan.midline_shift_mm
    if shift is None:
        return f"{MISSING} not measured"
    if round(shift, 1) == 0:
        return "0 mm"
    return f"{abs(shift):.1f} mm to the {'left' if shift > 0 else 'right'}"


def listed(values: Mapping[str, object] | Sequence[object]) -> str:
    """Parameters as "name = value" lines, or values as a comma-separated line."""
    if isinstance(values, Mapping):
        return "\n".join(f"{name} = {plain(value)}" for name, value in values.items()) or "none"
    return ", ".join(plain(value) for value in values) or "none"


def plain(value: object) -> str:
    """A parameter's value as a reader writes it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {plain(item)}" for name, item in value.items()) or "none"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return listed(value)
    return str(value)
