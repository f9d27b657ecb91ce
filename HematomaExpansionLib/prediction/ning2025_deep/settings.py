"""What there is to choose in the networks of Ning 2025."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ...labels import APPEARANCE, Label

if TYPE_CHECKING:
    from ...networks.ning_densenet import NingDenseNet
    from ...networks.ning_resnet import NingResNet

ARCHITECTURES = ("resnet101", "resnet152", "densenet121", "densenet201")
SIZES = {2: 224, 3: 112}
"""Pixels or voxels of each side of the input (methods)."""

STAGES = 4


@dataclass(frozen=True)
class NingSettings:
    """One of the paper's eight networks; the defaults are its best one, 2D-ResNet-101.

    Attributes:
        architecture: one of :data:`ARCHITECTURES`.
        dimensions: 2 or 3.
        size: of each side of the input; 224 in 2D and 112 in 3D in the paper.
        width: channels that the network begins with, 64 as published.
        blocks: of the four stages; empty for those of the architecture.
        region: keys of the classes that are cropped to. The paper crops "the hematoma" and segments ICH and
            IVH; it calls intraventricular blood IVH throughout, so the default is the parenchymal bleed.

    Raises:
        ValueError: no network can be made of these.
    """

    architecture: str = "resnet101"
    dimensions: int = 2
    size: int = SIZES[2]
    width: int = 64
    blocks: tuple[int, ...] = ()
    region: tuple[str, ...] = (APPEARANCE[Label.ICH].key,)

    def __post_init__(self) -> None:
        """Refuse what no network can be made of."""
        if self.architecture not in ARCHITECTURES or self.dimensions not in SIZES:
            raise ValueError(
                f"{self.architecture} in {self.dimensions} dimensions; "
                f"{', '.join(ARCHITECTURES)} in 2 or 3 are known"
            )
        if min(self.size, self.width, *self.blocks) < 1 or len(self.blocks) not in (0, STAGES):
            raise ValueError(
                f"size {self.size}, width {self.width}, blocks {self.blocks}; numbers above 0 and {STAGES} "
                "blocks, or none, are allowed"
            )
        if not self.labels:
            raise ValueError(
                f"region {self.region}; {', '.join(look.key for look in APPEARANCE.values())} are known"
            )

    @property
    def labels(self) -> tuple[Label, ...]:
        """Values of the region's classes."""
        return tuple(label for label, look in APPEARANCE.items() if look.key in self.region)

    def network(self) -> "NingResNet | NingDenseNet":
        """The network with initial weights."""
        from ...networks import ning_densenet, ning_resnet

        if self.architecture in ning_resnet.BLOCKS:
            blocks = self.blocks or ning_resnet.BLOCKS[self.architecture]
            return ning_resnet.NingResNet(self.dimensions, blocks, self.width)
        blocks = self.blocks or ning_densenet.BLOCKS[self.architecture]
        return ning_densenet.NingDenseNet(self.dimensions, blocks, self.width)

    def record(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self) | {"blocks": list(self.blocks), "region": list(self.region)}

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> "NingSettings":
        """The opposite of :meth:`record`."""
        return cls(**{**record, "blocks": tuple(record["blocks"]), "region": tuple(record["region"])})
