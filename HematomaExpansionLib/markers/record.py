"""What is kept of the markers in a result: numbers and words, no images."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from .finding import State
from .marker import Marker

NOTE = (
    "Rules made from the published definitions; no automatic reading of these markers has a published "
    "accuracy. Research only: a reader must confirm each one."
)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class MarkerRecord(_Frozen):
    """One marker as it was read automatically."""

    marker: Marker
    state: State
    confidence: float = Field(
        description="0.5 at the limit of the deciding measure, 1 far from it.", ge=0, le=1
    )
    measures: dict[str, float] = Field(description="Measured quantities with their units in the names.")
    slice_index: int | None = Field(
        description="Slice that shows it best, from 0 at the feet; null when absent."
    )


class MarkersRecord(_Frozen):
    """The markers of one scan."""

    note: str = NOTE
    markers: list[MarkerRecord] = Field(description="All nine, in one order.")
    hu_variation: float | None = Field(description="Standard deviation over mean of the HU of the clot.")
    solidity: float = Field(description="Area over area of the convex hull, largest slice, 0-1.")
    barras_shape: Literal["I", "II", "III", "IV", "V"]
    barras_density: Literal["I", "II", "III", "IV", "V"]
    largest_slice: int = Field(description="Slice with the largest area, from 0 at the feet.")
    brain_hu: float = Field(description="Median of the healthy brain that densities are compared with.")
    noise_hu: float = Field(description="Standard deviation of the noise of the scan in that brain.")
    down: tuple[float, float, float] = Field(description="Direction of gravity along (z, y, x).")
    parameters: dict[str, dict[str, object]]
    warnings: list[str]
