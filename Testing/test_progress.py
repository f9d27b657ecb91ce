"""Progress out, cancellation in."""

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.errors import Cancelled
from HematomaExpansionLib.progress import Progress, watched


def test_fractions_are_reported_under_their_stage_and_kept_between_0_and_1():
    seen: list[tuple[str, float, str]] = []
    progress = Progress(lambda *said: seen.append(said))
    progress.stage("reading")
    progress(0.5, "half")
    progress(1.5)
    assert seen == [("reading", 0.0, ""), ("reading", 0.5, "half"), ("reading", 1.0, "")]


def test_a_wish_to_stop_is_raised_with_the_stage():
    progress = Progress(cancelled=lambda: True)
    with pytest.raises(Cancelled, match="cancelled during segmentation; nothing was written"):
        progress.stage("segmentation")


def _demons() -> tuple[sitk.DemonsRegistrationFilter, list[sitk.Image]]:
    random = np.random.default_rng(1)
    images = [sitk.GetImageFromArray(random.normal(size=(8, 8, 8)).astype(np.float32)) for _ in range(2)]
    demons = sitk.DemonsRegistrationFilter()
    demons.SetNumberOfIterations(50)
    return demons, images


def test_an_itk_process_reports_each_iteration():
    demons, images = _demons()
    calls: list[int] = []
    with watched(demons, lambda: calls.append(demons.GetElapsedIterations())):
        demons.Execute(*images)
    assert len(calls) == 50


def test_an_itk_process_is_stopped_and_the_cancellation_is_raised():
    demons, images = _demons()
    calls: list[None] = []

    def report() -> None:
        calls.append(None)
        if len(calls) == 5:
            raise Cancelled("stop")

    with pytest.raises(Cancelled, match="stop"), watched(demons, report):
        demons.Execute(*images)
    assert len(calls) == 5


def test_an_error_of_itk_is_not_taken_for_a_cancellation():
    demons, images = _demons()
    with pytest.raises(RuntimeError), watched(demons, lambda: None):
        demons.Execute(images[0], images[1][:4])
