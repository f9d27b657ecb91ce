"""How the values of a growth map are named, drawn and coded."""

from ..labels import APPEARANCE, Label
from ..segmentation.segment_style import SegmentStyle, terminology_entry
from ..volumetry.growth import GrowthLabel

_BLOOD = terminology_entry(APPEARANCE[Label.ICH])

GROWTH_STYLES: dict[int, SegmentStyle] = {
    int(GrowthLabel.NEW): SegmentStyle("new", "New blood", (0.835, 0.369, 0.0), _BLOOD),
    int(GrowthLabel.STABLE): SegmentStyle("stable", "Stable blood", (0.941, 0.894, 0.259), _BLOOD),
    int(GrowthLabel.RESOLVED): SegmentStyle("resolved", "Resolved blood", (0.337, 0.706, 0.914), _BLOOD),
}
"""By value; the colours are of Okabe and Ito, distinguishable with colour-blindness."""
