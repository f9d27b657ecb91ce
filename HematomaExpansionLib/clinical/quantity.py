"""A measured clinical value: its unit, other units it may come in, and which values are plausible."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

_NUMBER_AND_UNIT = re.compile(
    r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*((?![,.\d]).*?)\s*", re.DOTALL
)
# One spelling for what is written in several ways: 10⁹/L, x 10^9/L; the micro sign and the Greek letter.
_SPELLING = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹\u00b5\u03bc\u00d7", "0123456789uux", " ^*")


@dataclass(frozen=True)
class Quantity:
    """Annotation of a numeric field: reads numbers, text with a unit and ``{value, unit}``.

    A bare number is in ``unit``. A value outside ``possible`` is refused, one outside ``usual`` is taken and
    warned of.

    Attributes:
        unit: the unit the record keeps; the fields' names carry it.
        possible: lowest and highest value that is taken, both inclusive.
        usual: lowest and highest value without a warning.
        whole: whether only whole numbers make sense.
        units: other unit to the factor that gives ``unit``.
        spellings: other ways to write ``unit``.
    """

    unit: str
    possible: tuple[float, float]
    usual: tuple[float, float]
    whole: bool = False
    units: Mapping[str, float] = field(default_factory=dict)
    spellings: tuple[str, ...] = ()

    def read(self, value: object) -> float | int | None:
        """The value in ``unit``; None stays None.

        Raises:
            ValueError: not a number, an unknown unit, or an impossible value; the message says what is
                allowed.
        """
        if value is None:
            return None
        said, number = self._number(value)
        low, high = self.possible
        if not (isfinite(number) and low <= number <= high):
            raise ValueError(f"{said} is not possible; {self.allowed} is allowed")
        if not self.whole:
            return number
        if number != int(number):
            raise ValueError(f"{said} is not a whole number; {self.allowed} is allowed")
        return int(number)

    def unusual(self, value: float) -> str | None:
        """A warning when a value is possible but rare."""
        low, high = self.usual
        if low <= value <= high:
            return None
        return f"{value:g}{self._suffix} is unusual; {low:g} to {high:g} is usual"

    @property
    def allowed(self) -> str:
        """The possible values in words."""
        return f"{self.possible[0]:g} to {self.possible[1]:g}{self._suffix}"

    @property
    def _suffix(self) -> str:
        return f" {self.unit}" if self.unit else ""

    def _number(self, value: object) -> tuple[str, float]:
        """What was given in words, and the number in ``unit``."""
        if isinstance(value, Mapping):
            if set(value) != {"value", "unit"}:
                raise ValueError(f"{dict(value)}: a number with a unit is given as value and unit")
            value = f"{value['value']} {value['unit']}"
        if isinstance(value, int | float) and not isinstance(value, bool):
            return f"{value:g}", float(value)
        found = _NUMBER_AND_UNIT.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            raise ValueError(f"{value!r} is not a number; {self.allowed} is allowed")
        number, unit = float(found[1]), found[2]
        if not unit:
            return f"{number:g}", number
        # Ten digits: 3.3 x 100 is 330 and not 330.00000000000006.
        converted = float(f"{number * self._factor(unit):.10g}")
        same = converted == number
        return (f"{number:g} {unit}" if same else f"{number:g} {unit} ({converted:g} {self.unit})"), converted

    def _factor(self, unit: str) -> float:
        known = {name: 1.0 for name in (self.unit, *self.spellings) if name} | dict(self.units)
        factors = {_spelt(name): factor for name, factor in known.items()}
        if _spelt(unit) not in factors:
            allowed = " or ".join([name for name in (self.unit, *self.units) if name]) or "no unit"
            raise ValueError(f"{unit!r} is no unit of it; {allowed} is allowed")
        return factors[_spelt(unit)]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read before pydantic's own check of the type."""
        return core_schema.no_info_before_validator_function(self.read, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """A number with its limits and unit, or text with a unit, or nothing; for forms."""
        number: JsonSchemaValue = {"type": "integer" if self.whole else "number"}
        number |= {"minimum": self.possible[0], "maximum": self.possible[1]}
        allowed: list[JsonSchemaValue] = [number, {"type": "null"}]
        if self.units:
            allowed.insert(1, {"type": "string", "pattern": r"^\s*[+-]?[0-9.]+([eE][+-]?[0-9]+)?\s*\S*$"})
        return {
            "anyOf": allowed,
            "x-unit": self.unit,
            "x-usual": list(self.usual),
            "x-other-units": list(self.units),
        }


def _spelt(unit: str) -> str:
    return unit.translate(_SPELLING).lower().removeprefix("x")
