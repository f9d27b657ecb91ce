"""What every back-end with a network in a bundle does: what it tells, and making the network."""

from typing import TYPE_CHECKING, TypeVar

from ..bundle import Bundle
from ..device import Device
from ..errors import ModelError
from ..labels import APPEARANCE
from .segmenter import Capabilities

if TYPE_CHECKING:
    from torch.nn import Module

    Network = TypeVar("Network", bound=Module)
else:
    Network = TypeVar("Network")

PACKAGES = ("torch", "monai", "safetensors")
"""What a network in a bundle needs."""


def capabilities_of(bundle: Bundle) -> Capabilities:
    """A back-end tells the classes of its bundle."""
    told = bundle.metadata.classes
    return Capabilities(
        classes=frozenset(label for label, look in APPEARANCE.items() if look.key in told),
        uses_gpu=True,
        packages=PACKAGES,
    )


def load_network(kind: "type[Network]", bundle: Bundle, device: Device) -> "Network":
    """The network of a bundle, ready for inference.

    Args:
        kind: class of the network; the bundle must name it.
        bundle: verified.
        device: where it will run; half precision on CUDA.

    Raises:
        ModelError: when the weights are not those of the network that the metadata names.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    metadata = bundle.metadata
    if metadata.architecture != kind.__name__:
        raise ModelError(
            f"{bundle.folder}: architecture is {metadata.architecture!r}; known is {kind.__name__}"
        )
    try:
        network = kind(**metadata.architecture_parameters)
        network.load_state_dict(load_file(bundle.weights))
    except (SafetensorError, RuntimeError, TypeError) as error:
        raise ModelError(f"{bundle.weights}: not weights of {metadata.architecture}") from error
    network.eval()
    return network.half().to("cuda") if device == "cuda" else network
