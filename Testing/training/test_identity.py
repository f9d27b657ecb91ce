"""What makes one training run another, and the record of the weights that it began with."""

from dataclasses import replace
from pathlib import Path

import pytest

from HematomaExpansionLib.prediction.patient import Patient
from training.identity import identity
from training.provenance import weights_file

SETTINGS = {"width": 8, "learning": {"rate": 1e-3}}
A, B, C = (Patient(name=name, expansion=name == "a") for name in "abc")


@pytest.mark.parametrize(
    ("settings", "groups"),
    [
        ({**SETTINGS, "width": 4}, ([A, B], [C])),
        ({**SETTINGS, "learning": {"rate": 1e-4}}, ([A, B], [C])),
        (SETTINGS, ([A, C], [B])),
        (SETTINGS, ([A], [B, C])),
        (SETTINGS, ([A, B, C], [])),
        (SETTINGS, ([B, A], [C])),
        (SETTINGS, ([replace(A, expansion=False), B], [C])),
    ],
)
def test_another_setting_division_or_outcome_is_another_run(settings: dict, groups: tuple):
    assert identity(settings, *groups) != identity(SETTINGS, [A, B], [C])


def test_the_order_of_settings_does_not_matter():
    assert identity(dict(reversed(SETTINGS.items())), [A]) == identity(SETTINGS, [A])


def test_weights_are_known_by_their_content_not_by_their_folder(tmp_path: Path):
    for folder, content in (("one", b"1"), ("same", b"1"), ("other", b"2")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "resnet.pth").write_bytes(content)
    one, same, other = (weights_file(tmp_path / each / "resnet.pth") for each in ("one", "same", "other"))
    assert one == same != other
    assert one["file"] == "resnet.pth"
    assert len(one["sha256"]) == 64
    assert weights_file(None) is None
