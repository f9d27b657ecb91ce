"""The simulated pair of head CTs in Slicer's Sample Data module."""

import json
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..resources import resource

if TYPE_CHECKING:
    import slicer

    from ..result import StudyResult

SAMPLE = "HematomaExpansionPair"
SHA256 = {
    "baseline.nii.gz": "6b6833666e1d018ccd907b638f1c1ed3954500e7f98047648bc34a7b9972429d",
    "followup-1.nii.gz": "660746e83a1105bde4b8ccd4b81fd3277a0f5f0220ebe959dcd630544cf0e5f9",
}
"""Of the files of the sample; Slicer keeps a copy of them and renews it when its hash is another."""


def register(category: str, thumbnail: Path) -> None:
    """Offer the pair in Sample Data. It comes with the module: nothing is downloaded.

    Args:
        category: heading it stands under.
        thumbnail: picture beside its name.
    """
    _sample_data().SampleDataLogic.registerCustomSampleDataSource(
        category=category,
        sampleName=SAMPLE,
        thumbnailFileName=str(thumbnail),
        uris=[resource("sample", file).as_uri() for file in SHA256],
        fileNames=[f"HematomaExpansion-{file}" for file in SHA256],
        nodeNames=["Simulated baseline CT", "Simulated follow-up CT"],
        # Else Slicer asks its readers, and a NIfTI file may be taken for a segmentation.
        loadFileTypes=["VolumeFile"] * len(SHA256),
        checksums=[f"SHA256:{digest}" for digest in SHA256.values()],
    )


def load_sample() -> "tuple[slicer.vtkMRMLScalarVolumeNode, slicer.vtkMRMLScalarVolumeNode]":
    """Load the registered pair into the scene: baseline and follow-up."""
    baseline, followup = _sample_data().SampleDataLogic().downloadSamples(SAMPLE)
    return baseline, followup


def off_truth(result: "StudyResult") -> list[str]:
    """What a result of the pair says wrongly: volumes off by more than 10 % and 0.5 mL, or no expansion.

    The blood of the pair grew by every definition of expansion.
    """
    truth = json.loads(resource("sample", "truth.json").read_text(encoding="utf-8"))
    wrong = []
    for scan, true in zip(result.scans, truth["scans"], strict=True):
        for key, ml in true["volume_ml"].items():
            found = scan.volumes[key]
            if found is None or abs(found.ml - ml) > max(0.5, 0.1 * ml):
                wrong.append(f"{scan.timepoint} {key}: {found and found.ml} mL for {ml:g} mL")
    answers = [answer for change in result.changes for answer in change.expansion]
    return wrong + [f"{answer.name}: {answer.expanded}" for answer in answers if not answer.expanded]


def _sample_data() -> Any:
    return import_module("SampleData")
