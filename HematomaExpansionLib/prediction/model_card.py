"""The metadata of a bundle for people, as Markdown."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..bundle import Metadata


def model_card(metadata: Metadata, rule: str) -> str:
    """The card of a predictor.

    Args:
        metadata: of its bundle.
        rule: the definition of expansion in words.
    """
    return card(
        metadata,
        [
            f"Predicts: {rule} (`{metadata.outcome}`)",
            f"Model: `{metadata.architecture}` in `HematomaExpansionLib/prediction/`",
        ],
        {
            "Settings": listed(metadata.architecture_parameters | metadata.preprocessing),
            "Training": listed(metadata.training),
            "Measured on the training patients": listed(metadata.metrics),
        },
    )


def card(metadata: Metadata, facts: Sequence[str], sections: Mapping[str, Sequence[str]]) -> str:
    """A card: name and warning, what it is, and sections.

    Args:
        metadata: of a bundle.
        facts: what is said of it between its use and its licence.
        sections: lines under each heading.
    """
    lines = [
        f"# {metadata.name} {metadata.version}",
        "",
        f"**{metadata.warning}**",
        "",
        f"- Intended use: {metadata.intended_use}",
        *(f"- {fact}" for fact in facts),
        f"- Licence: {metadata.licence}",
        f"- SHA-256 of the weights: `{metadata.weights_sha256}`",
        "",
    ]
    for heading, under in sections.items():
        lines += [f"## {heading}", "", *under, ""]
    return "\n".join(lines)


def listed(values: Mapping[str, Any], number: str = ".4g", indent: str = "") -> list[str]:
    """Names and values as a list, mappings as lists within it.

    Args:
        values: by name.
        number: format of broken numbers.
        indent: of every line.
    """
    lines = []
    for key, value in values.items():
        if isinstance(value, Mapping):
            lines += [f"{indent}- {key}:", *listed(value, number, indent + "  ")]
        else:
            shown = format(value, number) if isinstance(value, float) else value
            lines.append(f"{indent}- {key}: {shown}")
    return lines
