"""Fixtures every test may use. What is absent is named as skipped, never passed over in silence."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("HEMATOMA_EXPANSION_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder with real head CTs and templates."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("real head CTs are not beside this checkout (../shared/data)")
    return folder


@pytest.fixture(scope="session")
def blast_ct_weights() -> Path:
    """Folder with the twelve BLAST-CT models."""
    folder = SHARED / "weights" / "blast_ct_v1"
    if not folder.is_dir():
        pytest.skip("BLAST-CT weights are not beside this checkout (../shared/weights)")
    return folder
