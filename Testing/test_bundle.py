"""Bundles of weights: what is refused, in one line, and that the hash is checked."""

import hashlib
import json
from pathlib import Path

import pytest

from HematomaExpansionLib.bundle import METADATA, WEIGHTS, read_bundle
from HematomaExpansionLib.errors import ModelError

CONTENT = b"weights"
GOOD = {
    "name": "tiny",
    "version": "1",
    "architecture": "HaemorrhageUNet",
    "classes": ["ich"],
    "preprocessing": {},
    "training": {},
    "metrics": {},
    "licence": "Apache-2.0",
    "intended_use": "tests",
    "warning": "Trained on nothing.",
    "weights_sha256": hashlib.sha256(CONTENT).hexdigest(),
}


def written(folder: Path, metadata: object = GOOD) -> Path:
    (folder / METADATA).write_text(json.dumps(metadata))
    (folder / WEIGHTS).write_bytes(CONTENT)
    return folder


def test_a_good_bundle(tmp_path: Path):
    bundle = read_bundle(written(tmp_path))
    assert bundle.metadata.classes == ("ich",)
    assert bundle.weights.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        (GOOD | {"weights_sha256": "0" * 64}, "weights.safetensors: SHA-256 is .*, not 000"),
        (GOOD | {"weights_sha256": "short"}, "metadata.json: weights_sha256: String should match"),
        ({key: GOOD[key] for key in GOOD if key != "warning"}, "metadata.json: warning: Field required"),
        (GOOD | {"pickle": "x"}, "metadata.json: pickle: Extra inputs"),
        ([], "metadata.json: : Input should be"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, metadata: object, message: str):
    with pytest.raises(ModelError, match=message) as caught:
        read_bundle(written(tmp_path, metadata))
    assert "\n" not in str(caught.value)


def test_broken_and_absent_files(tmp_path: Path):
    with pytest.raises(ModelError, match=r"metadata\.json: cannot be read"):
        read_bundle(tmp_path)
    written(tmp_path)
    (tmp_path / WEIGHTS).unlink()
    with pytest.raises(ModelError, match=r"weights\.safetensors: cannot be read"):
        read_bundle(tmp_path)
    (tmp_path / METADATA).write_text("{")
    with pytest.raises(ModelError, match=r"metadata\.json: is not JSON"):
        read_bundle(tmp_path)
