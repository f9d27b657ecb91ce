from dataclasses import replace

import pytest
import torch

from training.simulate.oedema import OEDEMA_CUT, OedemaSettings, oedema_share, usual_width_mm

SETTINGS = OedemaSettings(width_mm=4.0, hu=20.0)


@pytest.fixture(scope="module")
def bleed(ball_head):
    z, y, x = ball_head.offsets_mm((0.0, 0.0, 30.0))
    return z**2 + y**2 + x**2 < 10**2


@pytest.fixture(scope="module")
def share(ball_head, bleed):
    return oedema_share(ball_head, bleed, SETTINGS)


def test_rim_has_the_width_asked_for_in_white_matter(share):
    # Along +y from the middle at (64, 64, 94): blood to 9 mm, then 4 mm of oedema at half or more.
    line = share[64, 64:, 94]
    assert (line >= OEDEMA_CUT).nonzero()[:, 0].tolist() == [10, 11, 12, 13]
    assert float(line[:10].max()) == 0.0
    assert torch.all(line[10:].diff() <= 0)
    assert float(line[20:].max()) == 0.0


def test_grey_matter_holds_it_back(ball_head, bleed, share):
    grey = replace(ball_head, white=torch.zeros_like(ball_head.white))
    line = oedema_share(grey, bleed, SETTINGS)[64, 64:, 94]
    # 0.45 * 4 mm = 1.8 mm.
    assert (line >= OEDEMA_CUT).nonzero()[:, 0].tolist() == [10]
    assert int((share >= OEDEMA_CUT).sum()) > 2 * int((line >= OEDEMA_CUT).sum())


def test_csf_blood_dura_and_skull_have_none(ball_head, bleed):
    z, y, x = ball_head.offsets_mm((20.0, 0.0, 8.0))
    beside = (z**2 + y**2 + x**2 < 10**2) & ~ball_head.barrier & (ball_head.ventricles == 0)
    share = oedema_share(ball_head, beside, SETTINGS)
    none = (ball_head.ventricles > 0) | beside | ball_head.barrier | (ball_head.hu <= SETTINGS.hu)
    assert float(share[none].max()) == 0.0
    assert float(share.max()) > 0.9


@pytest.mark.parametrize(("hours", "width_mm"), [(0.0, 1.7), (4.0, 2.1), (25.0, 2.7), (144.0, 4.1)])
def test_it_widens_with_time(hours, width_mm):
    assert usual_width_mm(hours) == pytest.approx(width_mm)


def test_usual_width_gives_published_volumes():
    # Lv 2021: 5.3 mL of oedema round 11.7 mL of blood at 2 h; a ball has the radius (3 V / 4 pi)^(1/3).
    radius_mm = (3 * 11700 / (4 * torch.pi)) ** (1 / 3)
    rim_ml = 4 / 3 * torch.pi * ((radius_mm + usual_width_mm(2.0)) ** 3 - radius_mm**3) / 1000
    assert rim_ml == pytest.approx(5.3, rel=0.15)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (OedemaSettings(width_mm=-1.0), r"width_mm is -1\.0"),
        (OedemaSettings(hu=30.0), r"oedema of 30\.0 HU: 18 to 24 is allowed"),
    ],
)
def test_bad_settings_are_refused(ball_head, bleed, settings, message):
    with pytest.raises(ValueError, match=message):
        oedema_share(ball_head, bleed, settings)
    with pytest.raises(ValueError, match="hours since onset"):
        usual_width_mm(-1.0)


def test_no_bleed_no_oedema(ball_head, bleed):
    assert not oedema_share(ball_head, torch.zeros_like(bleed), SETTINGS).any()
    assert not oedema_share(ball_head, bleed, OedemaSettings(width_mm=0.0)).any()
