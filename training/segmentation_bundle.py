"""Write a trained segmentation network as a bundle: weights, metadata and model card."""

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from HematomaExpansionLib.bundle import CARD, METADATA, WEIGHTS, Metadata, sha256
from HematomaExpansionLib.files import folder_written_whole
from HematomaExpansionLib.networks.haemorrhage_unet import CONTEXT_SLICES, WINDOWS_HU, HaemorrhageUNet
from HematomaExpansionLib.prediction.model_card import card, listed
from HematomaExpansionLib.segmentation import network_grid

INTENDED_USE = (
    "Outlines of intracerebral, intraventricular and extra-axial haemorrhage and of perihaematomal oedema on "
    "non-contrast head CT of adults, for research. Not for clinical decisions."
)
WARNING = (
    "The outline comes from a network that was trained on simulated bleeds and was never tested on patients "
    "with haemorrhage: check it before use."
)
LICENCE = "Apache-2.0, Copyright HematomaExpansion contributors"
_NUMBER = ".3f"


def write_bundle(
    folder: Path,
    weights: dict[str, torch.Tensor],
    classes: tuple[str, ...],
    training: dict[str, Any],
    metrics: dict[str, Any],
) -> Metadata:
    """Write a bundle, whole or not at all.

    Args:
        folder: the bundle.
        weights: of a :class:`~HematomaExpansionLib.networks.haemorrhage_unet.HaemorrhageUNet`.
        classes: keys of the classes that it has learnt.
        training: what it was trained on and how.
        metrics: what was measured.
    """
    with folder_written_whole(folder) as temporary:
        save_file({key: value.cpu().contiguous() for key, value in weights.items()}, temporary / WEIGHTS)
        digest = sha256(temporary / WEIGHTS)
        metadata = Metadata(
            name="bundled",
            version=digest[:12],
            architecture=HaemorrhageUNet.__name__,
            classes=classes,
            preprocessing={
                "pixel_mm": network_grid.PIXEL_MM,
                "slices_thinner_than_mm": network_grid.THIN_MM,
                "are_averaged_to_about_mm": network_grid.SLICE_MM,
                "seen_beyond_inner_table_mm": network_grid.SEEN_MM,
                "context_slices": CONTEXT_SLICES,
                "windows_hu": WINDOWS_HU,
            },
            training=training,
            metrics=metrics,
            licence=LICENCE,
            intended_use=INTENDED_USE,
            warning=WARNING,
            weights_sha256=digest,
        )
        (temporary / METADATA).write_text(metadata.model_dump_json(indent=2) + "\n", encoding="utf-8")
        (temporary / CARD).write_text(model_card(metadata), encoding="utf-8")
    return metadata


def model_card(metadata: Metadata) -> str:
    """The metadata for people, as Markdown."""
    return card(
        metadata,
        [
            f"Architecture: `{metadata.architecture}` in `HematomaExpansionLib/networks/`",
            f"Classes: {', '.join(metadata.classes)}",
        ],
        {
            "Training": listed(metadata.training, _NUMBER),
            "Measured": [
                "On the network's own grid, median over scans. Simulated bleeds only: these figures measure",
                "agreement with the simulator, not accuracy on patients.",
                "",
                *listed(metadata.metrics, _NUMBER),
            ],
        },
    )
