"""Coded concepts of the measurement report, and the software that all objects name as their maker."""

from typing import TYPE_CHECKING
from unicodedata import lookup
from uuid import NAMESPACE_URL, uuid5

from ... import __version__
from ...errors import UsageError
from ...labels import Code

if TYPE_CHECKING:
    from highdicom.sr import CodedConcept

MANUFACTURER = "HematomaExpansion"
MODEL = "HematomaExpansion"
SERIAL_NUMBER = __version__
PRIVATE_SCHEME = "99HEMEXP"
"""For what no standard scheme has a code; every code of it carries its meaning."""

_ASCII = {
    "RIGHTWARDS ARROW": "->",
    "GREATER-THAN OR EQUAL TO": ">=",
    "LESS-THAN OR EQUAL TO": "<=",
    "EN DASH": "-",
    "EM DASH": "-",
    "MINUS SIGN": "-",
    "MULTIPLICATION SIGN": "x",
    "DEGREE SIGN": " degrees",
}
"""By Unicode name: what our own sentences use beyond ASCII."""


def check_highdicom() -> None:
    """Refuse DICOM out before any work where the package for it is not installed.

    Raises:
        UsageError: with what to install.
    """
    from importlib.util import find_spec

    if find_spec("highdicom") is None:
        raise UsageError(
            "DICOM output needs the package highdicom; pip install 'hematoma-expansion[dicom]' brings it"
        )


def concept(code: Code) -> "CodedConcept":
    """A code of the library as highdicom has it."""
    from highdicom.sr import CodedConcept

    return CodedConcept(value=code.value, scheme_designator=code.scheme, meaning=code.meaning)


def private(value: str, meaning: str) -> "CodedConcept":
    """A concept of :data:`PRIVATE_SCHEME`; the meaning is cut to DICOM's 64 characters."""
    return concept(Code(PRIVATE_SCHEME, value, plain(meaning)[:64]))


def unit(name: str) -> "CodedConcept":
    """A unit by its UCUM symbol: mL, mm, h, %, 1 (none)."""
    return concept(Code("UCUM", name, {"1": "no units", "%": "percent", "h": "hour"}.get(name, name)))


def plain(text: str) -> str:
    """Text in ASCII, which every character set of a source study contains."""
    table = str.maketrans({lookup(name): replacement for name, replacement in _ASCII.items()})
    return " ".join(text.translate(table).encode("ascii", "replace").decode().split())


def uid_of(*what: str) -> str:
    """A UID that follows from what it stands for (UUID version 5 under 2.25)."""
    return f"2.25.{uuid5(NAMESPACE_URL, '/'.join((MANUFACTURER, *what))).int}"
