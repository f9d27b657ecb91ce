"""The panel of HematomaExpansion, one file a step: Qt, and nothing that the library could own."""

from typing import Any


def steps_of(panel: Any) -> tuple[Any, dict[str, Any]]:
    """Make the steps of a panel.

    Args:
        panel: the widget of the module.

    Returns:
        The charts, and the steps by name in their order.
    """
    from .change import ChangeStep
    from .charts import Charts
    from .clinical import ClinicalStep
    from .height import Height
    from .markers import MarkersStep
    from .report import ReportStep
    from .run import Run
    from .scans import ScansStep
    from .scores import ScoresStep
    from .segmentation import SegmentationStep
    from .segments import SegmentsStep

    steps = {
        "scans": ScansStep,
        "segmentation": SegmentationStep,
        "segments": SegmentsStep,
        "change": ChangeStep,
        "markers": MarkersStep,
        "clinical": ClinicalStep,
        "scores": ScoresStep,
        "report": ReportStep,
        "run": Run,
        "height": Height,
    }
    return Charts(panel), {name: step(panel) for name, step in steps.items()}
