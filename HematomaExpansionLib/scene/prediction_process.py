"""Models asked beside the application: what each says of the baseline of a study."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..clinical.record import ClinicalRecord
from ..ct.volume_files import read_image
from ..errors import OutputError
from ..prediction.prediction import Prediction
from ..result import StudyResult
from .child_process import ChildProcess
from .head_ct import head_ct_from_volume
from .heat_map import add_heat_map
from .prediction_request import HEAT_MAP, PredictionRequest, read_predictions, write_prediction_request
from .segmentations import labels_from_segmentation

if TYPE_CHECKING:
    import slicer


@dataclass(frozen=True)
class PredictionFinding:
    """What came out.

    Attributes:
        predictions: one for each model.
        heat_map: where the evidence lies; None for models without a convolutional network.
    """

    predictions: tuple[Prediction, ...]
    heat_map: "slicer.vtkMRMLScalarVolumeNode | None"


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

    def finish(self) -> "PredictionFinding":
        """What the models said, once the process has ended; a heat map is added to the scene.

        Raises:
            Cancelled: when it was cancelled.
            HematomaExpansionError: with the line that the process ended with.
        """
        try:
            self.end()
            heat_map = self.folder / HEAT_MAP
            added = add_heat_map(read_image(heat_map)[0]) if heat_map.exists() else None
            return PredictionFinding(tuple(read_predictions(self.folder)), added)
        finally:
            self.close()
