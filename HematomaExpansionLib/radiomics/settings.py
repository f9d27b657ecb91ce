"""What is extracted and how: PyRadiomics parameter files, those of the papers in ``Resources/radiomics``."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..errors import UnreadableFile, UsageError
from ..resources import resource
from ..yaml_file import YamlFile, read_yaml

DEFAULT_SETTINGS = "ning2025"

_PARTS = ("imageType", "featureClass", "setting")
_SET_BY_PROGRAM = ("label", "label_channel", "preCrop", "padDistance", "additionalInfo", "correctMask")
_NOT_FOR_CT = ("normalize", "normalizeScale", "removeOutliers", "geometryTolerance")


@dataclass(frozen=True)
class Settings:
    """One set of features.

    Attributes:
        name: name of the file without its suffix.
        sha256: of the file's bytes.
        parameters: what the file says, as PyRadiomics takes it: ``imageType``, ``featureClass``, ``setting``.
    """

    name: str
    sha256: str
    parameters: Mapping[str, Any]


def available_settings() -> tuple[str, ...]:
    """Names of the settings that come with the project."""
    return tuple(sorted(path.stem for path in resource("radiomics").glob("*.yaml")))


def read_settings(which: str | Path = DEFAULT_SETTINGS) -> Settings:
    """Settings of the project by name, or a PyRadiomics parameter file of your own.

    Args:
        which: a name, or a path that ends with ``.yaml`` or ``.yml``.

    Raises:
        UsageError: no settings of that name.
        UnreadableFile: the file is absent or no YAML, names no image type or feature class, or says what this
            program decides itself (the label and the cropping) or what takes HU away (normalisation).
            PyRadiomics checks the rest when the features are extracted.
    """
    path = Path(which)
    if path.suffix not in (".yaml", ".yml"):
        if str(which) not in available_settings():
            raise UsageError(
                f"settings {str(which)!r}: choose one of {', '.join(available_settings())}, "
                "or give a .yaml file"
            )
        path = resource("radiomics", f"{which}.yaml")
    file = read_yaml(path)
    _check(file)
    return Settings(path.stem, sha256(path.read_bytes()).hexdigest(), file.content)


def _check(file: YamlFile) -> None:
    content = file.content
    if not isinstance(content, dict) or not all(isinstance(content.get(part), dict) for part in _PARTS[:2]):
        raise UnreadableFile(
            f"{file.path}: needs imageType and featureClass, each with what to compute "
            "(a parameter file of PyRadiomics)"
        )
    for part in content:
        if part not in _PARTS:
            raise UnreadableFile(
                f"{file.path}: line {file.line([part])}: {part}: choose among {', '.join(_PARTS)}"
            )
    given: list[tuple[str, ...]] = [("setting", key) for key in content.get("setting") or {}]
    given += [("imageType", kind, key) for kind, own in content["imageType"].items() for key in own or {}]
    for where in given:
        if where[-1] in _SET_BY_PROGRAM:
            raise UnreadableFile(
                f"{file.path}: line {file.line(where)}: {where[-1]} is decided by this program; leave it out"
            )
        if where[-1] in _NOT_FOR_CT:
            raise UnreadableFile(
                f"{file.path}: line {file.line(where)}: {where[-1]} is not allowed; features are of HU"
            )
