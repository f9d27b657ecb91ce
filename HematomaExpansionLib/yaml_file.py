"""A YAML file with its line numbers, so that what is wrong in it can be pointed at."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import UnreadableFile

if TYPE_CHECKING:
    from yaml import Node


@dataclass(frozen=True)
class YamlFile:
    """What a YAML file holds.

    Attributes:
        path: the file.
        content: mappings, lists and scalars.
        root: the nodes they were made from; None for an empty file.
    """

    path: Path
    content: Any
    root: "Node | None"

    def line(self, where: Sequence[str | int]) -> int:
        """Line, from 1, of a value, or of the innermost thing on the way to it that is in the file.

        Args:
            where: keys and list positions from the top; those that are not in the file are passed over.
        """
        from yaml import MappingNode, SequenceNode

        node, line = self.root, 1
        for step in where:
            if isinstance(node, MappingNode):
                found = [(key, value) for key, value in node.value if key.value == str(step)]
                if found:
                    line, node = found[0][0].start_mark.line + 1, found[0][1]
            elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line + 1
        return line


def read_yaml(path: Path) -> YamlFile:
    """Read a YAML file; no tag of it can make anything but plain data.

    Raises:
        UnreadableFile: it is absent, not text, not YAML, or says a key twice; with the line.
    """
    import yaml

    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path}: cannot be read as text ({_reason(error)})") from error
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        content = None if root is None else loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UnreadableFile(f"{path}: line {line}: not YAML ({error.problem})") from error
    except (yaml.YAMLError, ValueError) as error:
        # ValueError: a date that does not exist.
        raise UnreadableFile(f"{path}: not YAML ({' '.join(str(error).split())})") from error
    if root is not None:
        _refuse_doubles(path, root)
    return YamlFile(path, content, root)


def _refuse_doubles(path: Path, node: "Node") -> None:
    """YAML readers keep the last of two equal keys and say nothing."""
    from yaml import MappingNode, SequenceNode

    if isinstance(node, MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                raise UnreadableFile(f"{path}: line {key.start_mark.line + 1}: {key.value} is given twice")
            seen.add(key.value)
            _refuse_doubles(path, value)
    elif isinstance(node, SequenceNode):
        for value in node.value:
            _refuse_doubles(path, value)


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return str(error.strerror if isinstance(error, OSError) else error.reason)
