"""The time between the scans in which each paper judged expansion."""

# Name, earliest and latest hours after the baseline.
WINDOWS_H: tuple[tuple[str, float, float], ...] = (
    ("Lee 2024", 0.0, 24.0),
    ("Zhong 2021", 20.0, 24.0),
    ("Ning 2025 and Lu 2024", 0.0, 72.0),
)


def window_warnings(hours: float | None) -> list[str]:
    """Say for which papers a follow-up comes too early or too late.

    Args:
        hours: from the baseline CT to the follow-up CT; None when not known.
    """
    if hours is None:
        return ["The time between the scans is not known: no definition's follow-up window could be checked."]
    if hours <= 0:
        return [
            f"The follow-up was taken {-hours:.1f} h before the baseline: is the order of the scans right?"
        ]
    return [
        f"The follow-up was taken {hours:.1f} h after the baseline, outside the window of {name} "
        f"({f'{earliest:g}-' if earliest else 'up to '}{latest:g} h)."
        for name, earliest, latest in WINDOWS_H
        if not earliest <= hours <= latest
    ]
