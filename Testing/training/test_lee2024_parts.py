"""What the networks of Lee 2024 learn from: moves, losses, patients and folds, by hand."""

from pathlib import Path

import numpy as np
import pytest
import torch

from HematomaExpansionLib.errors import InputRefused, UnreadableFile
from HematomaExpansionLib.prediction.patient import Patient
from Testing.training.small_cohort import write_small_cohort
from training.classical.study import STUDIES
from training.image_cohort import folds, read_image_cohort
from training.image_scores import read_scores, write_scores
from training.lee2024_data import PreparedSlices, Slices
from training.lee2024_losses import consistency_loss, image_to_he_loss, segmentation_loss
from training.shift_scale_rotate import Move, draw_move, moved


def slice_with(row: int, column: int) -> torch.Tensor:
    image = torch.zeros(1, 1, 8, 8)
    image[0, 0, row, column] = 1.0
    return image


@pytest.mark.parametrize(
    ("move", "row", "column"),
    [
        (Move(), 2, 5),
        (Move(shift=(0.125, 0.0)), 2, 6),  # one of eight columns to the right
        (Move(shift=(0.0, -0.25)), 0, 5),  # two rows up
        (Move(degrees=90), 2, 2),  # (x, y) = (1.5, -1.5) from the centre to (-1.5, -1.5): counter-clockwise
        (Move(degrees=180), 5, 2),
    ],
)
def test_moves(move: Move, row: int, column: int):
    torch.testing.assert_close(moved(slice_with(2, 5), [move]), slice_with(row, column), atol=1e-5, rtol=0)


def test_scaling_enlarges_about_the_centre():
    square = torch.zeros(1, 1, 32, 32)
    square[..., 12:20, 12:20] = 1.0
    twice = moved(square, [Move(scale=2.0)])
    assert float(twice.sum()) == pytest.approx(4 * 64, rel=0.02)
    assert float(twice[..., 10:22, 10:22].min()) == 1.0


def test_draws_keep_the_limits():
    """Half of the draws are left alone by each transform; no scale beyond 0.9 x 0.9 and 1.1 x 1.1."""
    moves = [draw_move(np.random.default_rng([3, number])) for number in range(2000)]
    assert np.mean([move.degrees == 0 for move in moves]) == pytest.approx(0.5, abs=0.04)
    assert np.mean([move == Move() for move in moves]) == pytest.approx(0.25, abs=0.04)
    assert max(abs(move.degrees) for move in moves) <= 45
    assert max(abs(shift) for move in moves for shift in move.shift) <= 0.0625
    scales = [move.scale for move in moves]
    assert 0.81 <= min(scales) < 0.86
    assert 1.14 < max(scales) <= 1.21


def test_segmentation_loss_by_hand():
    """Logits of 0: entropy ln 2; Dice of a mask of 8 among 16: 1 - (2 * 4 + 1) / (8 + 8 + 1)."""
    mask = torch.zeros(1, 4, 4)
    mask[0, :2] = 1
    expected = np.log(2) + 1 - 9 / 17
    assert float(segmentation_loss(torch.zeros(1, 4, 4), mask)) == pytest.approx(expected, rel=1e-5)


def test_consistency_loss_by_hand():
    """Evidence of one half everywhere; the haematoma fills one of four places of the first patient's slice.

    With expansion: (3 x 0.5 + |0.5 - 1|) / 4 = 0.5, and without 0.5; evidence exactly in the haematoma costs
    nothing with expansion, and 1/4 without.
    """
    outline = torch.zeros(1, 8, 8)
    outline[0, :4, :4] = 1.0
    half, inside = torch.zeros(1, 2, 2), torch.full((1, 2, 2), -100.0)
    inside[0, 0, 0] = 100.0
    yes, no = torch.tensor([1.0]), torch.tensor([0.0])
    assert float(consistency_loss(half, outline, yes)) == pytest.approx(0.5)
    assert float(consistency_loss(half, outline, no)) == pytest.approx(0.5)
    assert float(consistency_loss(inside, outline, yes)) == pytest.approx(0.0)
    assert float(consistency_loss(inside, outline, no)) == pytest.approx(0.25)
    whole = image_to_he_loss(torch.zeros(1), inside, outline, no)
    assert float(whole["loss"]) == pytest.approx(np.log(2) + 0.1 * 0.25)
    # A patient with expansion may count more, in the cross-entropy alone.
    thrice = image_to_he_loss(torch.zeros(1), half, outline, yes, positive=3.0)
    assert float(thrice["loss"]) == pytest.approx(3 * np.log(2) + 0.1 * 0.5)


def patients(expanded: int, others: int) -> list[Patient]:
    return [Patient(name=f"{n}", expansion=n < expanded) for n in range(expanded + others)]


def test_folds_spread_expansion_evenly():
    some = patients(9, 30)
    of = folds(some, 3, seed=1)
    for fold in range(3):
        assert sum(one.expansion for one, where in zip(some, of, strict=True) if where == fold) == 3
        assert of.count(fold) == 13
    assert folds(some, 3, 1) == of != folds(some, 3, 2)


def test_patients_without_image_are_left_out_and_counted(tmp_path: Path):
    write_small_cohort(tmp_path)
    whole = read_image_cohort(STUDIES["lee2024"], tmp_path / "cohort.csv", seed=1)
    assert len(whole.training) + len(whole.held_out) == 40
    assert whole.remark == "40 of 40 patients have a baseline scan and its mask."
    text = (tmp_path / "cohort.csv").read_text().splitlines()
    without = [",".join(line.split(",")[:-2]) + ",," for line in text[1:]]
    (tmp_path / "cohort.csv").write_text("\n".join([text[0], without[0], *text[2:]]))
    fewer = read_image_cohort(STUDIES["lee2024"], tmp_path / "cohort.csv", seed=1)
    assert len(fewer.training) + len(fewer.held_out) == 39
    assert [one.name for one in fewer.study.patients] == [one.name for one in whole.study.patients]
    (tmp_path / "cohort.csv").write_text("\n".join([text[0], *without]))
    with pytest.raises(InputRefused, match=r"cohort\.csv: 0 training patients with .* at least 2 are needed"):
        read_image_cohort(STUDIES["lee2024"], tmp_path / "cohort.csv", seed=1)


def test_slices_are_drawn_as_they_count(tmp_path: Path):
    """Two patients: blood in 1 of 4 slices, and in 2 of 4, of 4 and 12 pixels."""
    masks = np.zeros((2, 4, 8, 8), np.uint8)
    masks[0, 1, :2, :2] = masks[1, 0, :2, :2] = 255
    masks[1, 2, :3, :4] = 255
    prepared = []
    for number, mask in enumerate(masks):
        folder = tmp_path / str(number)
        folder.mkdir()
        np.save(folder / "mask.npy", mask)
        np.save(folder / "grey.npy", mask)
        prepared.append(PreparedSlices(Patient(name=str(number), expansion=number == 1), folder))
    every, bloody = Slices(prepared, False), Slices(prepared, True)
    assert (len(every), len(bloody)) == (8, 3)
    np.testing.assert_allclose(bloody.area_shares(), [1, 0.25, 0.75])
    np.testing.assert_allclose(every.balance(), [1.6, 8 / 3, 1.6, 1.6, 8 / 3, 1.6, 8 / 3, 1.6])
    batch = bloody.load([0, 2])
    assert batch["grey"].shape == (2, 1, 8, 8)
    assert batch["mask"].sum((1, 2)).tolist() == [4, 12]
    assert batch["expansion"].tolist() == [0, 1]
    assert every.load([0, 1])["shows"].tolist() == [0, 1]


def test_scores_there_and_back(tmp_path: Path):
    write_scores(tmp_path / "s.csv", {"a": 0.125, "b": None}, {"c": 0.8})
    assert read_scores(tmp_path / "s.csv") == ({"a": 0.125, "b": None}, {"c": 0.8})
    (tmp_path / "s.csv").write_text("patient,score,set\na,much,test\n")
    with pytest.raises(UnreadableFile, match=r"s\.csv, line 2: score 'much' is not a number"):
        read_scores(tmp_path / "s.csv")
    (tmp_path / "s.csv").write_text("patient,score,set\na,0.5,train\n")
    with pytest.raises(UnreadableFile, match="line 2: set 'train'; out of fold or test is allowed"):
        read_scores(tmp_path / "s.csv")
    (tmp_path / "s.csv").write_text("patient\n")
    with pytest.raises(UnreadableFile, match="the columns are not patient, score, set"):
        read_scores(tmp_path / "s.csv")
