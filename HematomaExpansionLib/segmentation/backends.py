"""The back-ends by name: the one place that knows them all."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError

if TYPE_CHECKING:
    from .segmenter import Segmenter

BACKENDS = ("bundled", "threshold", "blast-ct", "deepbleed-style", "mask")
DEFAULT_BACKEND = "bundled"


def check_ready(backend: "Segmenter") -> None:
    """Refuse a back-end that cannot run, before minutes of work lead up to it.

    Raises:
        ModelError: when weights that it needs are absent or wrong; the message says how to get them.
        UnreadableFile: when a given segmentation cannot be read.
        MaskError: when it is not a segmentation.
    """
    from ..models import verify

    verify(backend.capabilities.needs_weights)


def segmenter(
    name: str,
    *,
    device: str = "auto",
    models: Sequence[int] | None = None,
    mask: Path | None = None,
    mapping: Mapping[int | str, str] | None = None,
) -> "Segmenter":
    """Make a back-end.

    Args:
        name: one of :data:`BACKENDS`.
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``; for the back-ends with a network.
        models: numbers of the BLAST-CT models, 1-12; None for the default one.
        mask: the segmentation for the back-end ``mask``.
        mapping: its values or segment names to classes; see :class:`.mask.MaskSegmenter`.

    Raises:
        UsageError: a name that does not exist, or options that do not go with it.
    """
    if name not in BACKENDS:
        raise UsageError(f"segmenter {name!r} does not exist; choose one of {', '.join(BACKENDS)}")
    if (mask is not None) != (name == "mask"):
        raise UsageError(f"segmenter {name}: {'needs' if mask is None else 'takes no'} --mask, once per scan")
    if models is not None and name != "blast-ct":
        raise UsageError(f"segmenter {name}: takes no --blast-models")
    if mask is not None:
        from .mask import MaskSegmenter

        return MaskSegmenter(mask, mapping)
    if name == "bundled":
        from .bundled import BundledSegmenter

        return BundledSegmenter(device)
    if name == "blast-ct":
        from .blast_ct import BlastCtSegmenter

        return BlastCtSegmenter(device=device) if models is None else BlastCtSegmenter(models, device)
    if name == "deepbleed-style":
        from .deepbleed_style import DeepBleedSegmenter

        return DeepBleedSegmenter(device)
    from .threshold import ThresholdSegmenter

    return ThresholdSegmenter()
