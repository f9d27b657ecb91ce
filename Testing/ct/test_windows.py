"""Grey values by hand."""

import numpy as np
import pytest

from HematomaExpansionLib.ct.windows import BONE, BRAIN, STROKE, SUBDURAL, Window


def test_brain_window_is_w80_l40() -> None:
    hu = np.array([-1000, 0, 20, 40, 65, 80, 2000], np.int16)
    # 20/80 x 255 = 63.75; 40/80 x 255 = 127.5, which rounds to even; 65/80 x 255 = 207.19
    assert BRAIN.grey(hu).tolist() == [0, 0, 64, 128, 207, 255, 255]
    assert BRAIN.grey(hu).dtype == np.uint8
    assert BRAIN.grey(hu.reshape(1, 7)).shape == (1, 7)


@pytest.mark.parametrize(
    ("window", "black", "white"), [(STROKE, 20, 60), (SUBDURAL, -25, 175), (BONE, -800, 2000)]
)
def test_ends(window: Window, black: int, white: int) -> None:
    assert window.grey(np.array([black, black + 1, white - 1, white]))[[0, 3]].tolist() == [0, 255]
    assert window.grey(np.array([black + window.width_hu * 0.01]))[0] > 0


def test_a_window_has_a_width() -> None:
    with pytest.raises(ValueError, match="width is 0 HU; it must be more than 0"):
        Window(0, 40)
