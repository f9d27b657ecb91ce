"""Writes ``frozen.json``: what PyRadiomics 3.0.1, the version that Ning used, gives for the phantom.

Run where that version is installed (Python up to 3.11, NumPy before 2):

    python -m Testing.radiomics.freeze
"""

import json
from pathlib import Path

import SimpleITK as sitk
from radiomics.featureextractor import RadiomicsFeatureExtractor

from Testing.radiomics import phantom

HERE = Path(__file__).parent
WAVELET = ("firstorder_Mean", "firstorder_Energy", "glcm_Idm", "gldm_DependenceEntropy", "glrlm_RunEntropy")


def main() -> None:
    """All features of the original image, five of each wavelet, of the whole scan."""
    file = HERE.parents[1] / "Resources" / "radiomics" / "ning2025.yaml"
    extractor = RadiomicsFeatureExtractor(str(file))
    extractor.settings |= {"additionalInfo": False, "padDistance": 10**6}
    frozen = {}
    for mask in (phantom.inner, phantom.lowest):
        values = extractor.execute(phantom.scan(sitk.sitkFloat32), mask())
        kept = {key for key in values if key.startswith("original_") or key.partition("_")[2] in WAVELET}
        frozen[mask.__name__] = {key: float(f"{float(values[key]):.10g}") for key in values if key in kept}
    (HERE / "frozen.json").write_text(json.dumps(frozen, indent=0) + "\n")


if __name__ == "__main__":
    main()
