"""The model registry and its cache folder."""

import json
import shutil
from pathlib import Path

import pytest

from HematomaExpansionLib import models
from HematomaExpansionLib.errors import ModelError, OutputError, UsageError
from HematomaExpansionLib.models import Model, Registry, State
from HematomaExpansionLib.resources import resource


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(models.FOLDER_VARIABLE, str(tmp_path))
    return tmp_path


def _filled(folder: Path, content: bytes = b"not weights") -> Path:
    path = folder / "model_1.pt"
    path.write_bytes(content)
    return path


def test_the_schema_file_is_the_one_of_the_code() -> None:
    stored = json.loads(resource("models.schema.json").read_text(encoding="utf-8"))
    assert stored == Registry.model_json_schema()


def test_the_registry_holds_twelve_pinned_models() -> None:
    entries = models.registered()
    assert [entry.name for entry in entries] == [f"blast-ct-{number}" for number in range(1, 13)]
    assert [entry.file for entry in entries] == [f"model_{number}.pt" for number in range(1, 13)]
    assert len({entry.sha256 for entry in entries}) == 12
    for entry in entries:
        assert entry.url == (
            "https://raw.githubusercontent.com/biomedia-mira/blast-ct/361e8c797fbcb276627a7941b39298bef563113b/"
            f"blast_ct/data/saved_models/{entry.file}"
        )
        assert "Apache-2.0" in entry.licence
        assert "10.1016/S2589-7500(20)30085-6" in entry.citation


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "http://example.org/361e8c797fbcb276627a7941b39298bef563113b/model.pt"),
        ("url", "https://example.org/main/model.pt"),
        ("file", "../model.pt"),
        ("file", "folder/model.pt"),
        ("sha256", "ABC"),
        ("size_bytes", 0),
        ("licence", ""),
        ("name", "Blast CT"),
    ],
)
def test_an_entry_that_is_not_safe_or_complete_is_refused(field: str, value: object) -> None:
    entry = models.registered()[0].model_dump()
    Model.model_validate(entry)
    with pytest.raises(ValueError, match=field):
        Model.model_validate(entry | {field: value})


def test_the_folder_variable_overrides_the_user_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert models.cache_folder() == folder
    monkeypatch.delenv(models.FOLDER_VARIABLE)
    assert models.cache_folder().parts[-2:] == ("hematoma-expansion", "models")


def test_an_absent_model_says_what_to_run_and_what_to_copy(folder: Path) -> None:
    assert models.state("blast-ct-1") is State.ABSENT
    with pytest.raises(ModelError) as raised:
        models.model_path("blast-ct-1")
    assert str(raised.value) == (
        f"blast-ct-1: {folder / 'model_1.pt'} is not there; "
        "run `hematoma-expansion models fetch blast-ct-1`, or "
        "copy model_1.pt with SHA-256 95f76e8b16fe42b6aa49388cb798e282c55cd70191544f4417445bb87803f99f "
        f"into {folder}"
    )


def test_another_file_of_that_name_is_not_used(folder: Path) -> None:
    _filled(folder)
    assert models.state("blast-ct-1") is State.WRONG_HASH
    with pytest.raises(ModelError, match="another SHA-256"):
        models.model_path("blast-ct-1")
    with pytest.raises(ModelError, match="another SHA-256"):
        models.verify(["blast-ct-1"])


def test_a_folder_in_place_of_the_file_is_absent(folder: Path) -> None:
    (folder / "model_1.pt").mkdir()
    assert models.state("blast-ct-1") is State.ABSENT


def test_removing_tells_whether_there_was_one(folder: Path) -> None:
    path = _filled(folder)
    assert models.remove("blast-ct-1") is True
    assert not path.exists()
    assert models.remove("blast-ct-1") is False


def test_a_file_that_cannot_be_removed_is_named(folder: Path) -> None:
    (folder / "model_1.pt").mkdir()
    with pytest.raises(OutputError, match=r"model_1\.pt: cannot be removed"):
        models.remove("blast-ct-1")


def test_an_unknown_model_lists_the_known_ones(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"^blast-ct-13: no such model; there are blast-ct-1, blast-ct-2,"):
        models.model_path("blast-ct-13")


def test_fetching_without_a_network_says_what_to_copy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The discard port of this machine: nothing listens there, so every request through it fails at once.
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(
        ModelError, match=r"^blast-ct-1: https://.* cannot be reached .*; copy model_1\.pt with"
    ):
        models.fetch("blast-ct-1")
    assert list(folder.iterdir()) == []


@pytest.mark.weights
def test_the_real_files_are_present_and_fetching_them_needs_no_network(
    blast_ct_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(models.FOLDER_VARIABLE, str(blast_ct_weights))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert [found for _, found in models.list_models()] == [State.PRESENT] * 12
    models.verify([entry.name for entry in models.registered()])
    for entry in models.registered():
        assert models.fetch(entry.name) == blast_ct_weights / entry.file
        assert models.model_path(entry.name).stat().st_size == entry.size_bytes


@pytest.mark.weights
def test_a_truncated_copy_of_a_real_file_is_wrong(blast_ct_weights: Path, folder: Path) -> None:
    path = folder / "model_2.pt"
    shutil.copyfile(blast_ct_weights / "model_2.pt", path)
    assert models.state("blast-ct-2") is State.PRESENT
    with path.open("r+b") as stream:
        stream.truncate(path.stat().st_size - 1)
    assert models.state("blast-ct-2") is State.WRONG_HASH
