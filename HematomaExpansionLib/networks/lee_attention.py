"""Multi-head self-attention with relative positions: the block that Lee 2024 cites for its attention.

Lee 2024 writes that its SE-ResNeXt-50 is "enriched with attention mechanisms" and cites, beside ResNeXt and
Squeeze-and-Excitation, the bottleneck transformer (Srinivas, CVPR 2021). That paper puts self-attention in
the place of the 3 x 3 convolutions of the last stage of a ResNet; so does this block.
"""

import torch
from torch import Tensor, nn


class BottleneckAttention(nn.Module):
    """Self-attention over all places of a feature map, with relative positions (Srinivas 2021, Fig. 4).

    Args:
        channels: of the feature map, in and out; a multiple of ``heads``.
        rows: of the feature map.
        columns: of the feature map.
        heads: the published four.
        stride: 2 halves the map after the attention by averaging, as the paper's first block of a stage does.

    Raises:
        ValueError: when the channels cannot be shared among the heads.
    """

    def __init__(self, channels: int, rows: int, columns: int, heads: int = 4, stride: int = 1) -> None:
        """Build the projections and the embeddings of relative rows and columns."""
        super().__init__()
        if channels % heads:
            raise ValueError(f"{channels} channels cannot be shared among {heads} heads")
        self.heads = heads
        width = channels // heads
        self.scale = width**-0.5
        self.project = nn.Conv2d(channels, 3 * channels, 1, bias=False)
        self.relative_rows = nn.Parameter(torch.randn(2 * rows - 1, width) * self.scale)
        self.relative_columns = nn.Parameter(torch.randn(2 * columns - 1, width) * self.scale)
        self.pool = nn.AvgPool2d(stride) if stride > 1 else nn.Identity()

    def forward(self, features: Tensor) -> Tensor:
        """Attend.

        Args:
            features: ``[batch, channels, rows, columns]``, with the rows and columns it was built for.

        Returns:
            The same shape, halved with ``stride`` 2.
        """
        batch, channels, rows, columns = features.shape
        split = self.project(features).view(batch, 3, self.heads, channels // self.heads, rows, columns)
        query, key, value = split.unbind(1)
        query = query * self.scale
        weights = torch.einsum("bncyx,bncuv->bnyxuv", query, key)
        weights = weights + torch.einsum("bncyx,yuc->bnyxu", query, _pairs(self.relative_rows))[..., None]
        along_columns = torch.einsum("bncyx,xvc->bnyxv", query, _pairs(self.relative_columns))
        weights = (weights + along_columns[..., None, :]).flatten(4).softmax(-1)
        mixed = torch.einsum("bnyxk,bnck->bncyx", weights, value.flatten(3))
        attended: Tensor = self.pool(mixed.reshape(batch, channels, rows, columns))
        return attended


def _pairs(embedding: Tensor) -> Tensor:
    """Embedding of the distance from place i to place j, ``[i, j, width]``; row 0 is the farthest before."""
    length = (len(embedding) + 1) // 2
    place = torch.arange(length, device=embedding.device)
    return embedding[place[None, :] - place[:, None] + length - 1]
