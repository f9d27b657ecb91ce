"""Models asked beside the application: what each says of the baseline of a study."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..clinical.record import ClinicalRecord
from ..errors import OutputError
from ..prediction.prediction import Prediction
from ..result import StudyResult
from .child_process import ChildProcess
from .head_ct import head_ct_from_volume
from .prediction_request import PredictionRequest, read_predictions, write_prediction_request
from .segmentations import labels_from_segmentation

if TYPE_CHECKING:
    import slicer


class PredictionProcess(ChildProcess):
    """One running question to models. Make it, poll it until it ends, then :meth:`finish` it."""

    def __init__(
        self,
        baseline: "slicer.vtkMRMLScalarVolumeNode",
        segmentation: "slicer.vtkMRMLSegmentationNode",
        result: StudyResult,
        models: Sequence[Path],
        clinical: ClinicalRecord | None = None,
    ) -> None:
        """Read the baseline and start.

        Args:
            baseline: the scan.
            segmentation: its blood.
            result: of the study, with a reader's markers.
            models: folders of the models.
            clinical: what is known beside the images.

        Raises:
            InputRefused: the volume or segmentation cannot be used; nothing was started.
            OutputError: the temporary folder cannot be written, or Python cannot be started.
        """
        super().__init__()
        try:
            scan = head_ct_from_volume(baseline)
            labels = labels_from_segmentation(segmentation, scan.image)
            request = PredictionRequest(scan, labels, result.scans[0], tuple(models), clinical)
            write_prediction_request(request, self.folder)
            self.start("predict-request")
        except (OSError, RuntimeError) as error:
            self.close()
            raise OutputError(f"the models cannot be asked: {error}") from error
        except BaseException:
            self.close()
            raise

    def finish(self) -> list[Prediction]:
        """What each model said, once the process has ended.

        Raises:
            Cancelled: when it was cancelled.
            HematomaExpansionError: with the line that the process ended with.
        """
        try:
            self.end()
            return read_predictions(self.folder)
        finally:
            self.close()
