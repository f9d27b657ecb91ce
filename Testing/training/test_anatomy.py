"""What heads are drawn with, on small grids: places, sizes and densities worked out by hand."""

import numpy as np
import pytest
import torch

from training.simulate import dura
from training.simulate.arteries import draw_arteries
from training.simulate.brain import Densities, draw_dura
from training.simulate.calcification import Calcification, draw_calcification, draw_calcifications
from training.simulate.calvaria import SkullDefect, draw_scalp, draw_skull, shell_mm
from training.simulate.canvas import Canvas
from training.simulate.catheter import Catheter, draw_catheter
from training.simulate.choroid_plexus import draw_choroid_plexus
from training.simulate.infarct import Infarct, draw_infarct
from training.simulate.neck import below_the_skull
from training.simulate.sella import draw_sella
from training.simulate.sulci import sulcal_distance_mm
from training.simulate.template import FIRST_VOXEL_MM, HEAD_SHAPE, HEAD_STEP_MM
from training.simulate.warp import fold_displacement_mm, head_displacement_mm

CPU = torch.device("cpu")
VOXEL_ML = HEAD_STEP_MM**3 / 1000


@pytest.fixture
def canvas() -> Canvas:
    """A whole grid of brain of 34 HU, not warped."""
    steps = [
        first + torch.arange(count) * HEAD_STEP_MM
        for first, count in zip(FIRST_VOXEL_MM, HEAD_SHAPE, strict=True)
    ]
    z, y, x = torch.meshgrid(*steps, indexing="ij")
    return Canvas(
        torch.full(HEAD_SHAPE, 34.0), torch.stack([z, -y, -x]), torch.ones(HEAD_SHAPE, dtype=torch.bool)
    )


def at(canvas: Canvas, superior: float, anterior: float, right: float) -> float:
    """HU of the voxel nearest to a template point."""
    first = np.array(FIRST_VOXEL_MM)
    z, y, x = np.rint((np.array([superior, -anterior, -right]) - first) / HEAD_STEP_MM).astype(int)
    return float(canvas.hu[z, y, x])


def changed_ml(canvas: Canvas) -> float:
    return float((canvas.hu != 34.0).sum()) * VOXEL_ML


def test_an_ellipsoid_has_its_volume_and_place(canvas: Canvas):
    box, out = canvas.ellipsoid((20.0, -30.0, 40.0), (10.0, 20.0, 15.0))
    canvas.fill(box, out < 1, 70.0)
    assert changed_ml(canvas) == pytest.approx(4 / 3 * np.pi * 3.0, rel=0.01)
    assert at(canvas, 20, -30, 40) == at(canvas, 28, -30, 40) == at(canvas, 20, -48, 40) == 70
    assert at(canvas, 20, -30, -40) == at(canvas, 32, -30, 40) == 34


def test_a_tube_has_its_volume_and_its_way(canvas: Canvas):
    box, away, way = canvas.tube((0.0, 0.0, -20.0), (30.0, 40.0, -20.0))
    canvas.fill(box, (away < 5) & (way > 0) & (way < 1), 70.0)
    # 50 mm long.
    assert changed_ml(canvas) == pytest.approx(np.pi * 25 * 50 / 1000, rel=0.03)
    assert at(canvas, 15, 20, -20) == 70
    assert float(way.min()) == 0
    assert float(way.max()) == 1


def test_nothing_is_drawn_off_the_paper(canvas: Canvas):
    canvas.paper[:] = False
    box, out = canvas.ellipsoid((20.0, -30.0, 40.0), (10.0, 20.0, 15.0))
    canvas.fill(box, out < 1, 70.0)
    assert changed_ml(canvas) == 0


def test_an_infarct_is_dark_and_spares_what_is_no_brain(canvas: Canvas):
    canvas.hu[:, :, 40:60] = 300.0
    infarct = Infarct((20.0, -20.0, 20.0), (15.0, 15.0, 15.0), density_hu=12.0, softness_mm=2.0)
    box, share = draw_infarct(canvas, infarct, np.random.default_rng(4))
    assert at(canvas, 20, -20, 20) == pytest.approx(12, abs=1)
    assert bool((canvas.hu[:, :, 40:60] == 300).all())
    assert float(share.sum()) * VOXEL_ML == pytest.approx(4 / 3 * np.pi * 3.375, rel=0.35)
    brain = canvas.hu[box] < 40
    assert torch.allclose((34 - canvas.hu[box][brain]) / (34 - 12), share[brain], atol=1e-4)
    assert not bool(share[~brain].any())


def test_a_calcification_is_denser_than_blood(canvas: Canvas):
    grain = Calcification((2.0, -27.0, 0.0), (4.0, 4.0, 4.0), density_hu=260.0, filled=0.6)
    draw_calcification(canvas, grain, np.random.default_rng(1))
    drawn = canvas.hu[canvas.hu != 34]
    assert 130 <= float(drawn.min()) <= float(drawn.max()) <= 260
    assert changed_ml(canvas) == pytest.approx(0.6 * 4 / 3 * np.pi * 0.064, rel=0.35)


def test_calcifications_are_as_frequent_as_published():
    heads = [draw_calcifications(np.random.default_rng(seed)) for seed in range(400)]
    midline = [any(c.centre_mm[2] == 0 and c.centre_mm[0] == 2 for c in head) for head in heads]
    assert np.mean(midline) == pytest.approx(0.65, abs=0.07)
    every = [grain for head in heads for grain in head]
    assert all(grain.density_hu > 100 for grain in every)


def test_a_catheter_runs_from_skin_to_tip(canvas: Canvas):
    catheter = Catheter((90.0, 30.0, 40.0), (66.0, 26.0, 30.0), (6.0, 8.0, 7.0), wall_hu=300.0)
    draw_catheter(canvas, catheter)
    length_mm = np.linalg.norm([24, 4, 10]) + np.linalg.norm([60, 18, 23])
    assert changed_ml(canvas) == pytest.approx(np.pi * 1.5**2 * length_mm / 1000, rel=0.15)
    assert catheter.burr_hole.radius_mm == 7
    values = set(canvas.hu.unique().tolist())
    assert values == {34.0, 300.0, 8.0}


def test_sheets_of_dura(canvas: Canvas):
    depth = torch.full(HEAD_SHAPE, 30.0)
    falx = dura.falx(canvas.mni_mm, depth)
    assert float(canvas.mni_mm[2][falx].abs().max()) < 0.9
    # Above the corpus callosum only.
    assert float(canvas.mni_mm[0][falx & (canvas.mni_mm[1].abs() < 5)].min()) > 40
    tentorium = dura.tentorium(canvas.mni_mm, depth)
    height = dura.above_tentorium_mm(canvas.mni_mm)
    assert float(height[tentorium].abs().max()) < 1
    assert not bool((tentorium & (canvas.mni_mm[1] > -30) & (canvas.mni_mm[2].abs() < 20)).any())
    assert not bool(dura.falx(canvas.mni_mm, torch.zeros(HEAD_SHAPE)).any())


def test_sinuses_lie_under_the_skull_and_are_as_dense_as_blood(canvas: Canvas):
    depth = torch.full(HEAD_SHAPE, 3.0)
    draw_dura(canvas.hu, canvas.mni_mm, depth, Densities(dura_hu=46.0, sinus_hu=60.0), 1.0)
    assert at(canvas, 60, -40, 0) == 60
    deep = Canvas(torch.full(HEAD_SHAPE, 34.0), canvas.mni_mm, canvas.paper)
    draw_dura(deep.hu, deep.mni_mm, torch.full(HEAD_SHAPE, 20.0), Densities(dura_hu=46.0, sinus_hu=60.0), 1.0)
    assert at(deep, 60, -40, 0) == 46
    # The straight sinus runs in the tentorium's crest, away from the skull.
    assert at(deep, -7, -60, 0) == 60


def test_the_skull_has_two_tables_and_a_hole_where_it_was_opened(canvas: Canvas):
    distance = (canvas.mni_mm[0] - 20).clamp(min=0)
    thickness = torch.full(HEAD_SHAPE, 8.0)
    texture = torch.zeros(HEAD_SHAPE)
    scalp = draw_scalp(canvas, distance - thickness, torch.zeros(HEAD_SHAPE), 6.0, 55.0)
    hole = SkullDefect((24.0, 0.0, 40.0), 15.0)
    draw_skull(canvas, distance, thickness, texture, (hole,))
    assert [at(canvas, up, 0, 0) for up in (21, 24.3, 27)] == [1350, 550, 1350]
    assert at(canvas, 24.3, 0, 40) == 30
    assert at(canvas, 31, 0, 0) == -95
    assert at(canvas, 33.3, 0, 0) == 42
    assert not bool(scalp[-1].any())


def test_bone_is_thin_at_the_temple_and_ends_at_the_foramen_magnum():
    points = torch.tensor([[-5.0, 5.0, 60.0], [10.0, 75.0, 0.0], [-80.0, -50.0, 30.0]]).T[:, :, None, None]
    temple, forehead, neck = shell_mm(points)[:, 0, 0].tolist()
    assert temple == pytest.approx(6.2 - 2.4 + 2 * (20 / 85) ** 2, abs=0.05)
    assert forehead == pytest.approx(6.2 + 2.0, abs=0.05)
    assert neck == 0


def test_face_and_neck_are_below_the_skull():
    points = torch.tensor([[-60.0, 20.0, 0.0], [-80.0, -100.0, 0.0], [60.0, 0.0, 0.0]]).T[:, :, None, None]
    face, neck, crown = below_the_skull(points)[:, 0, 0].tolist()
    assert face > 60
    assert 0 < neck < 20
    assert crown < 0


def test_sulci_wind_through_the_convexity(canvas: Canvas):
    box = canvas.around((30.0, -40.0, 20.0), (50.0, 0.0, 40.0), 0)
    away = sulcal_distance_mm(canvas.mni_mm[(slice(None), *box)], np.random.default_rng(0))
    assert float(away.min()) >= 0
    # Sheets every centimetre or so: most of the brain is within one of them, a fifth within a millimetre.
    assert 0.08 < float((away < 1).float().mean()) < 0.35
    assert float((away < 10).float().mean()) > 0.9


def test_details_at_the_base(canvas: Canvas):
    canvas.hu[:] = 8.0
    draw_arteries(canvas, 54.0)
    assert at(canvas, -33, -27, 0.5) == pytest.approx(50, abs=3)
    canvas.hu[:] = 1350.0
    draw_sella(canvas, 54.0)
    assert at(canvas, -27, 3, 0) == 45
    assert at(canvas, -29, 2, 13) == at(canvas, -29, 2, -13) == 48


def test_plexus_stays_in_the_ventricles(canvas: Canvas):
    canvas.paper[:] = canvas.mni_mm[2] > 0
    draw_choroid_plexus(canvas, np.random.default_rng(3))
    drawn = canvas.hu != 34
    assert 0.02 < changed_ml(canvas) < 0.7
    assert bool((canvas.mni_mm[2][drawn] > 0).all())


def test_a_warp_leaves_neighbours_in_order():
    moved = head_displacement_mm((90, 80, 70), 3.6, np.random.default_rng(0), CPU)
    assert moved.std() == pytest.approx(3.6, rel=0.01)
    steepest = max(float(moved[axis].diff(dim=axis).abs().max()) for axis in range(3))
    assert steepest < 0.6 * HEAD_STEP_MM
    depth = torch.zeros(40, 40, 40)
    depth[:, :, 20:] = torch.arange(20.0)
    folds = fold_displacement_mm(depth, 3.0, np.random.default_rng(1))
    assert not bool(folds[:, :, :, :20].any())
    assert float(folds[:, :, :, -4:].std()) == pytest.approx(1.5, rel=0.3)
