"""ImageNet weights for :class:`.lee_slice_classifier.LeeSliceClassifier`, from a file that the user has.

The weights are Cadene's ``se_resnext50_32x4d-a260b3a4.pth`` (MONAI names the same file). Nothing is
downloaded here.
"""

import re
from pathlib import Path

from ..errors import ModelError
from .lee_slice_classifier import LeeSliceClassifier
from .weights_file import read_weights

_RENAMED = (
    (r"^layer0\.conv1\.", "layer0.conv1."),
    (r"^(layer[1-4]\.\d+)\.conv(\d)\.", r"\1.conv\2.conv."),
    (r"^(layer[1-4]\.\d+)\.bn(\d)\.", r"\1.conv\2.adn.N."),
    (r"^(layer[1-4]\.\d+)\.se_module\.fc1\.", r"\1.se_layer.fc.0."),
    (r"^(layer[1-4]\.\d+)\.se_module\.fc2\.", r"\1.se_layer.fc.2."),
    (r"^(layer[1-4]\.\d+)\.downsample\.0\.", r"\1.project.conv."),
    (r"^(layer[1-4]\.\d+)\.downsample\.1\.", r"\1.project.adn.N."),
)
"""Names of the file to names of MONAI."""


def load_imagenet(classifier: LeeSliceClassifier, path: Path) -> int:
    """Load what fits of ImageNet weights; the last layer stays as it is.

    The network takes one grey channel: the kernels of the first convolution are summed over red, green and
    blue, which equals showing the grey slice in all three.

    Args:
        classifier: changed in place.
        path: ``.safetensors``, or ``.pth`` read as numbers only.

    Returns:
        How many tensors were loaded.

    Raises:
        ModelError: the file cannot be read, or holds no weights of the first stages.
    """
    own = classifier.network.state_dict()
    loaded = {}
    for name, values in read_weights(path).items():
        new = next((re.sub(old, to, name) for old, to in _RENAMED if re.match(old, name)), name)
        if new == "layer0.conv1.weight":
            values = values.sum(1, keepdim=True)
        if ".se_layer." in new:
            values = values.squeeze()
        if new in own and own[new].shape == values.shape and not new.startswith("last_linear"):
            loaded[new] = values
    if "layer0.conv1.weight" not in loaded or "layer1.0.conv1.conv.weight" not in loaded:
        raise ModelError(f"{path}: no weights of an SE-ResNeXt-50 in it; se_resnext50_32x4d is allowed")
    classifier.network.load_state_dict({**own, **loaded})
    return len(loaded)
