"""The network of BLAST-CT, run only where its answer is wanted.

The architecture is DeepMedic with three paths at 1, 1/3 and 1/5 of the resolution, without padding: an
output tile of T voxels a side needs T + 80 voxels of image, and T must be a multiple of 15. The two coarse
paths take every third and every fifth voxel counted from the tile's corner, so the answer depends on where
tiles begin modulo 15 (2 % of the labels change), and on nothing else about them. Here every tile begins at a
multiple of 15 of the volume's own grid, as in the authors' code; how large tiles are and which are left out
changes only the time it takes.
"""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..device import Device
from ..errors import ModelError
from ..progress import Progress

if TYPE_CHECKING:
    import torch
    from blast_ct.models import DeepMedic
    from numpy.typing import NDArray

MARGIN = 40
PHASE = 15
TILE = 45
"""Voxels a side: small enough for less than 1 GB and a second or so a tile on two CPU cores."""
CLASSES = 5
LOW_HU, HIGH_HU = -15.0, 100.0


def load_network(path: Path, device: Device) -> "DeepMedic":
    """The network with one file of weights, ready for inference.

    Args:
        path: weights that the model registry has verified; loaded with ``weights_only=True``.
        device: where it will run; half precision on CUDA.

    Raises:
        ModelError: when PyTorch or blast-ct is not installed, or the file holds something else.
    """
    try:
        import torch
        from blast_ct.models import DeepMedic
    except ImportError as error:
        raise ModelError(
            f"the blast-ct back-end needs {error.name}: pip install hematoma-expansion[deep]"
        ) from error
    network = DeepMedic(1, CLASSES, fully_connected=[250, 250], feature_maps=[30, 30, 40, 40, 40, 40, 50, 50])
    try:
        network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    except Exception as error:
        # torch reports a foreign file in half a dozen exception types.
        raise ModelError(f"{path}: not weights of BLAST-CT version 1 ({type(error).__name__})") from error
    network.eval()
    # A third of them are too small for a normal float, with which some processors take sixty times as long.
    for weights in network.parameters():
        weights.data[weights.data.abs() < torch.finfo(weights.dtype).tiny] = 0.0
    # A quarter faster on the CPU than the default layout.
    network.to(device=device, memory_format=torch.channels_last_3d)
    return network.half() if device == "cuda" else network


def class_probabilities(
    networks: Sequence["DeepMedic"],
    hu: "NDArray[np.float32]",
    wanted: "NDArray[np.bool_]",
    device: Device,
    progress: Progress,
    tile: int = TILE,
) -> "NDArray[np.float32]":
    """Probabilities of the five classes, averaged over the networks.

    Args:
        networks: from :func:`load_network`, for the same device.
        hu: CT at 1 mm isotropic, ``[z, y, x]`` in LPS order, HU; air, not 0, around the head. Beyond its
            border the outermost voxels are repeated.
        wanted: voxels to classify, same shape.
        device: where the networks are.
        progress: called for each tile and network.
        tile: largest tile, voxels a side, a multiple of 15. It does not change the answer.

    Returns:
        ``[class, z, y, x]``, float32: background, IPH, extra-axial, oedema, IVH. Background is 1 where the
        answer was not wanted.

    Raises:
        Cancelled: when the user asked to stop.
    """
    import torch

    probabilities = np.zeros((CLASSES, *hu.shape), dtype=np.float32)
    probabilities[0] = 1.0
    normalised = (2.0 * np.clip(hu, LOW_HU, HIGH_HU) - LOW_HU - HIGH_HU) / (HIGH_HU - LOW_HU)
    # The far side gets what the last tile may reach beyond the volume as well.
    padded = np.pad(normalised.astype(np.float32), ((MARGIN, MARGIN + PHASE),) * 3, mode="edge")
    boxes = list(_tiles(wanted, tile))
    with torch.inference_mode(), torch.backends.cudnn.flags(enabled=True, deterministic=True):
        for done, (corner, size) in enumerate(boxes):
            patch = padded[tuple(slice(c, c + s + 2 * MARGIN) for c, s in zip(corner, size, strict=True))]
            tensor = torch.from_numpy(np.ascontiguousarray(patch))[None, None].to(device)
            region = tuple(slice(c, c + s) for c, s in zip(corner, size, strict=True))
            inside = wanted[region]
            # The part of the last tile that lies beyond the volume is not wanted.
            inside = np.pad(inside, [(0, s - n) for s, n in zip(size, inside.shape, strict=True)])
            chosen = torch.from_numpy(inside).to(device)
            answers = []
            for number, network in enumerate(networks):
                fraction = (done + number / len(networks)) / len(boxes)
                progress(fraction, f"tile {done + 1} of {len(boxes)}")
                answers.append(_classify(network, tensor, size, chosen))
            mean = torch.stack(answers).mean(dim=0)
            probabilities[(slice(None), *region)][:, wanted[region]] = mean.cpu().numpy()
    progress(1.0)
    return probabilities


def _classify(
    network: "DeepMedic", image: "torch.Tensor", size: tuple[int, int, int], chosen: "torch.Tensor"
) -> "torch.Tensor":
    """Class probabilities ``[class, n]`` of the n chosen voxels of a tile.

    What follows the three paths works on each voxel alone, so it is done for the chosen voxels only.
    """
    import torch

    weights = next(network.parameters())
    image = image.to(weights.dtype)
    features = torch.cat([path(image, size)[0][:, chosen] for path in network.paths])
    scores = network.fully_connected(features[None, :, :, None, None])
    return torch.softmax(scores[0, :, :, 0, 0].float(), dim=0)


def _tiles(
    wanted: "NDArray[np.bool_]", tile: int
) -> Iterator[tuple[tuple[int, int, int], tuple[int, int, int]]]:
    """Corner and size of tiles that cover the wanted voxels; both are multiples of 15."""
    corners = (range(0, length, tile) for length in wanted.shape)
    for corner in itertools.product(*corners):
        inside = wanted[tuple(slice(c, c + tile) for c in corner)]
        if not inside.any():
            continue
        spans = []
        for axis, start in enumerate(corner):
            found = np.flatnonzero(inside.any(axis=tuple(other for other in range(3) if other != axis)))
            first = int(found[0]) // PHASE * PHASE
            spans.append((start + first, (int(found[-1]) // PHASE + 1) * PHASE - first))
        (z, depth), (y, height), (x, width) = spans
        yield (z, y, x), (depth, height, width)
