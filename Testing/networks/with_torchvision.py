"""The mark of tests that need torchvision."""

from importlib.util import find_spec

import pytest
import torch

_OPERATORS = torch.library.Library("torchvision", "FRAGMENT")


def _is_there() -> bool:
    """Its wheel lacks two operators beside a CPU build of torch; nothing here calls them."""
    if find_spec("torchvision") is None:
        return False
    if torch.version.cuda is None:
        for name in ("nms", "qnms"):
            _OPERATORS.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    try:
        from torchvision.models import inception_v3  # noqa: F401
    except (ImportError, RuntimeError):
        return False
    return True


with_torchvision = pytest.mark.skipif(not _is_there(), reason="no torchvision that matches torch")
