"""What a user chooses from; the scene keeps the names, the panel shows the labels."""

from enum import Enum

from slicer.i18n import tr as _


class Segmenter(Enum):
    """Where the outlines come from; the values are the names of the library's back-ends."""

    BUNDLED = "bundled"
    THRESHOLD = "threshold"
    BLAST_CT = "blast-ct"
    DEEPBLEED_STYLE = "deepbleed-style"
    OWN = "mask"

    def label(self) -> str:
        """What the panel shows."""
        return {
            Segmenter.BUNDLED: _("Bundled network"),
            Segmenter.THRESHOLD: _("Density threshold"),
            Segmenter.BLAST_CT: _("BLAST-CT networks"),
            Segmenter.DEEPBLEED_STYLE: _("DeepBleed-style network (weights of your own)"),
            Segmenter.OWN: _("My own segmentations"),
        }[self]


class Definition(Enum):
    """A definition of expansion; the values are the library's names."""

    ALL = ""
    CHE = "che"
    RHE1 = "rhe1"
    RHE2 = "rhe2"
    RHE_NING = "rhe-ning"

    def label(self) -> str:
        """What the panel shows."""
        return {
            Definition.ALL: _("All four definitions"),
            Definition.CHE: _("Conventional (cHE)"),
            Definition.RHE1: _("Revised 1 (rHE-1)"),
            Definition.RHE2: _("Revised 2 (rHE-2)"),
            Definition.RHE_NING: _("Revised (Ning 2025)"),
        }[self]
