"""ImageNet weights for the 2D networks of Ning 2025, from a file that the user has; nothing is downloaded.

The files are torchvision's: ``resnet101-*.pth``, ``resnet152-*.pth``, ``densenet121-*.pth``,
``densenet201-*.pth``, or the same as ``.safetensors``. MONAI has no weights of these networks in two
dimensions, and none exist in three.
"""

import re
from pathlib import Path

from ..errors import ModelError
from .ning_densenet import NingDenseNet
from .ning_resnet import NingResNet
from .weights_file import read_weights

_RENAMED = (
    (r"\.(denselayer\d+)\.(norm|relu|conv)\.(\d)\.", r".\1.\2\3."),
    (r"\.(denselayer\d+)\.(norm|conv)(\d)\.", r".\1.layers.\2\3."),
)
"""Names of torchvision's DenseNet, in its older and its present files, to names of MONAI."""
_STEMS = ("conv1.weight", "features.conv0.weight")


def load_imagenet(network: NingResNet | NingDenseNet, path: Path) -> int:
    """Load what fits of ImageNet weights; the last layer stays as it is.

    The network takes one grey channel: the kernels of the first convolution are summed over red, green and
    blue, which equals showing the grey image in all three.

    Args:
        network: changed in place; of two dimensions and the published width and blocks.
        path: ``.safetensors``, or ``.pth`` read as numbers only.

    Returns:
        How many tensors were loaded.

    Raises:
        ModelError: the file cannot be read, or is of another network.
    """
    own = network.network.state_dict()
    loaded = {}
    for name, values in read_weights(path).items():
        for old, new in _RENAMED:
            name = re.sub(old, new, name)
        if name in _STEMS:
            values = values.sum(1, keepdim=True)
        if name in own and own[name].shape == values.shape:
            loaded[name] = values
    lacking = [
        name
        for name in own
        if name not in loaded
        and not name.startswith(("fc.", "class_layers."))
        and not name.endswith("num_batches_tracked")
    ]
    if lacking:
        raise ModelError(
            f"{path}: {len(lacking)} weights of this network are not in it, {lacking[0]} among them; "
            "torchvision's file of the same network is allowed"
        )
    network.network.load_state_dict(own | loaded)
    return len(loaded)
