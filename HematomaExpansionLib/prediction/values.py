"""The names of :mod:`..scores.values` as plain values for models: yes and no as bool."""

from collections.abc import Mapping

from ..scores.values import ABSENT, PRESENT, Value, kinds

Known = float | str | bool | None
"""A number in the unit of its name, a category, yes or no, or not known."""


def known_values(values: Mapping[str, Value]) -> dict[str, Known]:
    """Plain values of named ones; present and absent become True and False."""
    said = {PRESENT: True, ABSENT: False}
    return {
        name: said.get(found.value, found.value) if isinstance(found.value, str) else found.value
        for name, found in values.items()
    }


def named_values(known: Mapping[str, Known], source: str) -> dict[str, Value]:
    """The opposite of :func:`known_values`, for the evaluator of scores.

    Args:
        known: by the names of :func:`..scores.values.kinds`; other names are left out.
        source: where the values come from, in words.
    """
    said = {True: PRESENT, False: ABSENT}
    return {
        name: Value(said[value] if isinstance(value, bool) else value, source)
        for name, value in known.items()
        if name in kinds()
    }
