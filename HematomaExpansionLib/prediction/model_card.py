"""The metadata of a predictor for people, as Markdown."""

from collections.abc import Mapping
from typing import Any

from ..bundle import Metadata


def model_card(metadata: Metadata, rule: str) -> str:
    """The card of a predictor.

    Args:
        metadata: of its bundle.
        rule: the definition of expansion in words.
    """
    return "\n".join(
        [
            f"# {metadata.name} {metadata.version}",
            "",
            f"**{metadata.warning}**",
            "",
            f"- Intended use: {metadata.intended_use}",
            f"- Predicts: {rule} (`{metadata.outcome}`)",
            f"- Model: `{metadata.architecture}` in `HematomaExpansionLib/prediction/`",
            f"- Licence: {metadata.licence}",
            f"- SHA-256 of the weights: `{metadata.weights_sha256}`",
            "",
            "## Settings",
            "",
            *_lines(metadata.architecture_parameters | metadata.preprocessing),
            "",
            "## Training",
            "",
            *_lines(metadata.training),
            "",
            "## Measured on the training patients",
            "",
            *_lines(metadata.metrics),
            "",
        ]
    )


def _lines(values: Mapping[str, Any], indent: str = "") -> list[str]:
    lines = []
    for key, value in values.items():
        if isinstance(value, Mapping):
            lines += [f"{indent}- {key}:", *_lines(value, indent + "  ")]
        else:
            shown = f"{value:.4g}" if isinstance(value, float) else value
            lines.append(f"{indent}- {key}: {shown}")
    return lines
