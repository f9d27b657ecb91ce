"""What a predictor with a convolutional network is beside a predictor: what its network sees, and where."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from .input_grid import InputGrid
from .patient import Patient
from .predictor import Predictor

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor, nn

_COUNTER = "num_batches_tracked"
"""Batch normalisation counts its batches; no answer depends on it."""


@dataclass(frozen=True)
class View:
    """One input of a network.

    Attributes:
        image: ``[1, channel, y, x]`` or ``[1, channel, z, y, x]``, on the CPU.
        grid: where it lies; one voxel in z for a slice.
        weight: how much its map counts beside those of the other views.
        along: gradient of the logit of expansion in the numbers that the network answers to this view with,
            ``[answers]``; None where that answer is the logit.
    """

    image: "Tensor"
    grid: InputGrid
    weight: float = 1.0
    along: "Tensor | None" = None


@dataclass(frozen=True)
class Places:
    """Where the places of a layer's features lie in the input of its network, along every axis.

    A convolution of stride 2 that is padded on both sides looks at an even voxel and its neighbours, so that
    the first place of a layer lies over the first voxel, not amid the voxels that a place stands for.

    Attributes:
        step: voxels of the input from place to place.
        first: index in the input of the first place's centre.
    """

    step: int = 1
    first: float = 0.0


@dataclass(frozen=True)
class Judge:
    """The part of a predictor that answers to a view.

    Attributes:
        network: with all weights that the answer depends on.
        answer: of the network, or a copy of it, to images of views: the logit of expansion ``[batch]``, or
            the features ``[batch, answers]`` from which :attr:`View.along` leads to it.
        layer: name in the network of the layer whose features Grad-CAM looks at: the last convolution,
            activated.
        places: where the features lie.
    """

    network: "nn.Module"
    answer: "Callable[[Any, Tensor], Tensor]"
    layer: str
    places: Places


class ImagePredictor(Predictor, Protocol):
    """A predictor whose answer can be traced back to places in the scan."""

    def views(self, patient: Patient) -> Sequence[View]:
        """What the network sees of a patient.

        Args:
            patient: with the baseline and whatever else the predictor asks for.

        Raises:
            InputRefused: the network cannot be shown this patient; the message says why.
        """
        ...

    def judge(self) -> Judge:
        """What gives the answer to a view."""
        ...


def weights_of(network: "nn.Module", prefix: str) -> "dict[str, NDArray[Any]]":
    """Every weight of a network by its name after a prefix, for the state of a predictor."""
    return {
        prefix + name: values.detach().cpu().numpy()
        for name, values in network.state_dict().items()
        if not name.endswith(_COUNTER)
    }


def load_weights(network: "nn.Module", arrays: "Mapping[str, NDArray[Any]]", prefix: str) -> None:
    """Put the arrays of :func:`weights_of` into a network; other names are left out.

    Raises:
        ValueError: a weight is absent or has another shape.
    """
    import torch

    own = network.state_dict()
    for name, values in own.items():
        if name.endswith(_COUNTER):
            continue
        given = arrays.get(prefix + name)
        if given is None or given.shape != tuple(values.shape):
            found = "nothing" if given is None else given.shape
            raise ValueError(f"weight {prefix}{name} is {found}, not {tuple(values.shape)}")
        own[name] = torch.from_numpy(given.copy())
    network.load_state_dict(own)
