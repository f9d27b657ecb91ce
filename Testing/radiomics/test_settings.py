"""Settings of the papers, and files of one's own that are wrong."""

from hashlib import sha256
from pathlib import Path

import pytest
from scipy import special

from HematomaExpansionLib.errors import UnreadableFile, UsageError
from HematomaExpansionLib.radiomics.package import make_extractor, pyradiomics, quiet, spherical_harmonics
from HematomaExpansionLib.radiomics.settings import available_settings, read_settings
from Testing.conftest import ROOT

CLASSES = "featureClass: {shape: , firstorder: }\n"


def test_the_papers() -> None:
    assert available_settings() == ("lu2024", "ning2025")
    ning = read_settings()
    assert ning.name == "ning2025"
    assert (
        ning.sha256 == sha256((ROOT / "Resources" / "radiomics" / "ning2025.yaml").read_bytes()).hexdigest()
    )
    assert ning.parameters["setting"]["binWidth"] == 25
    assert ning.parameters["setting"]["resampledPixelSpacing"] == [1, 1, 5]
    assert set(ning.parameters["imageType"]) == {"Original", "Wavelet"}
    lu = set(read_settings("lu2024").parameters["imageType"])
    assert lu == {
        "Original",
        "Wavelet",
        "Gradient",
        "Square",
        "Exponential",
        "Logarithm",
        "SquareRoot",
        "LBP3D",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "needs imageType and featureClass"),
        ("imageType: {Original: {}}\n", "needs imageType and featureClass"),
        (f"imageType: {{Original: {{}}}}\n{CLASSES}other: 1\n", "line 3: other: choose among imageType"),
        (f"imageType: {{Original: {{}}}}\n{CLASSES}setting:\n  label: 2\n", "line 4: label is decided by"),
        (f"imageType:\n  Wavelet: {{padDistance: 3}}\n{CLASSES}", "line 2: padDistance is decided by"),
        (
            f"imageType: {{Original: {{}}}}\n{CLASSES}setting: {{normalize: true}}\n",
            "normalize is not allowed",
        ),
        ("imageType: [\n", "line 2: not YAML"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(text)
    with pytest.raises(UnreadableFile, match=r"own\.yaml") as refused:
        read_settings(file)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"imageType: {{Wavlet: {{}}}}\n{CLASSES}", "Wavlet is not recognized"),
        ("imageType: {Original: {}}\nfeatureClass: {glmc: }\n", "glmc is not recognized"),
        (f"imageType: {{Original: {{}}}}\n{CLASSES}setting: {{binWidth: -1}}\n", "-1"),
    ],
)
def test_what_pyradiomics_does_not_know_is_refused_quietly(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(text)
    with pytest.raises(UnreadableFile, match=r"own\.yaml: PyRadiomics does not take it") as refused:
        make_extractor(read_settings(file))
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
    assert capfd.readouterr() == ("", "")


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(UsageError, match="settings 'ning': choose one of lu2024, ning2025, or give a"):
        read_settings("ning")


def test_spherical_harmonics_are_there_inside_the_block_only() -> None:
    """Values by formula: Y00 is 1 / sqrt(4 pi), Y10 is sqrt(3 / 4 pi) cos(polar)."""
    before = hasattr(special, "sph_harm")
    with spherical_harmonics():
        assert special.sph_harm(0, 0, 0.3, 0.7) == pytest.approx(0.2820947917738781)
        assert special.sph_harm(0, 1, 0.3, 0.7) == pytest.approx(0.4886025119029199 * 0.7648421872844885)
        # Y11 is -sqrt(3 / 8 pi) sin(polar) exp(i azimuth).
        factor = -0.3454941494713355 * 0.644217687237691
        assert special.sph_harm(1, 1, 0.3, 0.7) == pytest.approx(
            factor * (0.955336489125606 + 0.2955202066613396j)
        )
    assert hasattr(special, "sph_harm") == before


def test_the_level_of_its_log_is_put_back() -> None:
    logger = pyradiomics().logger
    before = logger.level
    with quiet():
        assert not logger.isEnabledFor(50)
    assert logger.level == before
