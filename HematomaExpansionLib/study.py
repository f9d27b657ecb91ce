"""One patient: the scans in time order, what was found in each, and what changed."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .clinical.record import ClinicalRecord
from .ct.anatomy import Anatomy, locate_anatomy
from .ct.brain import brain_mask
from .ct.reader import read_ct
from .ct.scan import HeadCT
from .device import choose_device
from .errors import UsageError
from .explanation.heat_maps import with_heat_maps
from .findings import describe_change, describe_markers, describe_scan
from .imports import imported_meanwhile
from .markers.gravity import positions_of_scans
from .markers.read import Markers, read_markers
from .markers.reading import MarkerReading
from .prediction.model_bundle import LoadedPredictor
from .prediction.of_scan import patient_of_scan, with_radiomics
from .prediction.patient import Patient
from .prediction.prediction import Prediction
from .prediction.registry import load_predictor
from .progress import Progress
from .result import Change, ScanResult, Stage, StudyResult
from .scores.evaluate import evaluate_all
from .scores.values import named_values, values_of_record
from .segmentation.backends import DEFAULT_BACKEND, check_ready, segmenter
from .segmentation.segmenter import Segmentation, Segmenter
from .software import software
from .timing import check_hours, hours_of_scans
from .volumetry.error_model import ErrorModel, reader_error
from .volumetry.expansion import Limits
from .volumetry.growth import GrowthLabel as GrowthLabel
from .volumetry.growth import growth_map
from .volumetry.registration import register_skulls
from .volumetry.symmetry import symmetry_plane

if TYPE_CHECKING:
    import SimpleITK as sitk

Door = Literal["python", "shell", "slicer"]


@dataclass(frozen=True)
class Options:
    """What a user may choose.

    Attributes:
        segmenter: name of the back-end; see :mod:`.segmentation.backends`. With ``masks`` it is ``mask``.
        masks: the user's own segmentations, one per scan in the order of the scans; empty for none.
        mapping: values or segment names of the masks to classes; see :mod:`.segmentation.mask`.
        blast_models: numbers of the BLAST-CT models, 1-12; None for the default one.
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``.
        hours: hours from the baseline CT to each follow-up; empty to take them from the clinical record, else
            from the acquisition times.
        positions: how the patient lay in each scan, as DICOM says it (HFS, HFP, HFDL, HFDR), or one for all;
            empty to take it from the scans.
        models: folders of the models that predict expansion from the baseline; empty for none.
        heat_maps: whether to show where in the baseline each network saw its evidence.
        limits: limits of the rules of expansion.
        error_model: measurement error of the volumes.
    """

    segmenter: str = DEFAULT_BACKEND
    masks: tuple[Path, ...] = ()
    mapping: Mapping[int | str, str] | None = None
    blast_models: tuple[int, ...] | None = None
    device: str = "auto"
    hours: tuple[float, ...] = ()
    positions: tuple[str, ...] = ()
    models: tuple[Path, ...] = ()
    heat_maps: bool = True
    limits: Limits = field(default_factory=Limits)
    error_model: ErrorModel = field(default_factory=reader_error)

    def record(self) -> dict[str, object]:
        """What the result keeps: every choice, and no path."""
        return {
            "segmenter": "mask" if self.masks else self.segmenter,
            "mapping": None if self.mapping is None else {str(k): v for k, v in self.mapping.items()},
            "blast_models": None if self.blast_models is None else list(self.blast_models),
            "device": self.device,
            "hours": list(self.hours),
            "positions": list(self.positions),
            "heat_maps": self.heat_maps,
        }


@dataclass(frozen=True)
class Loaded:
    """What can stay in memory from one patient to the next.

    Attributes:
        backend: the segmenter that the options name.
        models: the models that they name.
    """

    backend: Segmenter
    models: tuple[LoadedPredictor, ...]


@dataclass(frozen=True)
class TimePoint:
    """One scan with everything that was computed on its grid.

    Attributes:
        name: ``"baseline"``, ``"followup-1"``, ``"followup-2"`` ...
        markers: what was read automatically, with its evidence; None without parenchymal blood. Which
            values count, after a reader's overrides, stands in the result.
    """

    name: str
    scan: HeadCT
    anatomy: Anatomy
    segmentation: Segmentation
    markers: Markers | None


@dataclass(frozen=True)
class Comparison:
    """A follow-up against the baseline.

    Attributes:
        timepoint: name of the follow-up.
        to_baseline: rigid transform that maps physical points of the follow-up to the baseline (LPS mm).
            To show the baseline on the follow-up's grid, resample the baseline image with it.
        growth: uint8 image of :class:`GrowthLabel` on the follow-up's grid (the resolved part is resampled
            there for display; its volume is measured in the baseline), or None without ICH and IVH classes.
    """

    timepoint: str
    to_baseline: "sitk.Transform"
    growth: "sitk.Image | None"


@dataclass(frozen=True)
class Study:
    """What :func:`analyze` returns: the numbers, and the images they were measured on.

    Attributes:
        result: numbers and provenance, JSON-serialisable.
        timepoints: baseline first.
        comparisons: one per follow-up.
        heat_maps: of the models' networks, 0-1 on the grid of the baseline, by the name of the file.
    """

    result: StudyResult
    timepoints: tuple[TimePoint, ...]
    comparisons: tuple[Comparison, ...]
    heat_maps: "Mapping[str, sitk.Image]" = field(default_factory=dict)


def analyze(
    baseline: Path | HeadCT,
    followups: Sequence[Path | HeadCT] = (),
    options: Options | None = None,
    progress: Progress | None = None,
    door: Door = "python",
    clinical: ClinicalRecord | None = None,
    readings: Mapping[str, MarkerReading] | None = None,
    loaded: Loaded | None = None,
) -> Study:
    """Measure the blood of a baseline CT, of its follow-ups, and the change between them.

    The markers are read in each scan, the published scores computed from what was measured, read and
    recorded, and the models asked, if there are any, about the baseline.

    Every scan is segmented and measured in its own space by the same back-end. Each follow-up is judged
    against the baseline; the one with the most parenchymal blood is named, as Lee 2024 judges by it.

    Args:
        baseline: a DICOM folder or file, a NIfTI or NRRD file, or a scan that was read already.
        followups: any number of the same, in time order.
        options: the choices; the defaults when None.
        progress: called at least every 2 s, except inside single ITK filters that cannot report.
        door: which door calls, for the record.
        clinical: what is known beside the images; None for nothing.
        readings: a reader's values of markers, which decide, by time point (``"baseline"``,
            ``"followup-1"`` ...); None for none.
        loaded: what :func:`load` gave for these options, for many patients; None to load it here.

    Raises:
        InputRefused: a scan or mask that cannot be analysed; its message is one line.
        UsageError: options that do not exist or do not go together, or a reading of a scan that is not there.
        ModelError: weights or a package that a back-end needs are missing or wrong.
        Cancelled: when the user asked to stop.
    """
    options, progress = options or Options(), progress or Progress()
    inputs = [baseline, *followups]
    names = ["baseline", *(f"followup-{number}" for number in range(1, len(inputs)))]
    backends = _backends(options, len(inputs), loaded)
    if options.device != "auto":
        choose_device(options.device)
    check_hours(options.hours, len(followups))
    positions = positions_of_scans(options.positions, len(inputs))
    readings = readings or {}
    _check_readings(readings, names)
    for backend in dict.fromkeys(backends):
        check_ready(backend)
    models = load_models(options) if loaded is None else loaded.models
    stages: list[Stage] = []
    timed = _stopwatch(stages, progress)

    with timed("reading"):
        scans = [item if isinstance(item, HeadCT) else read_ct(item) for item in inputs]
        scans = [
            scan if position is None else replace(scan, patient_position=position)
            for scan, position in zip(scans, positions, strict=True)
        ]
    hours, remarks = hours_of_scans(options.hours, clinical, [scan.acquired for scan in scans])
    timepoints: list[TimePoint] = []
    found: list[ScanResult] = []
    for name, scan, backend, after in zip(names, scans, backends, hours, strict=True):
        with timed(f"{name}: anatomy"), imported_meanwhile(backend.capabilities.packages):
            anatomy = locate_anatomy(scan, progress)
        with timed(f"{name}: segmentation"):
            segmentation = backend.segment(scan, anatomy, progress)
        with timed(f"{name}: markers"):
            symmetry = symmetry_plane(anatomy.brain)
            markers = read_markers(scan, segmentation.labels, anatomy.brain, symmetry=symmetry)
            said = describe_markers(markers, segmentation, readings.get(name))
        with timed(f"{name}: measurement"):
            timepoints.append(TimePoint(name, scan, anatomy, segmentation, markers))
            found.append(describe_scan(name, scan, anatomy, segmentation, after, said, symmetry))
    comparisons: list[Comparison] = []
    changes: list[Change] = []
    first = timepoints[0]
    surgery = clinical is not None and clinical.surgery_before_followup is True
    for point, finding in zip(timepoints[1:], found[1:], strict=True):
        with timed(f"{point.name}: comparison"):
            to_baseline, registration = register_skulls(first.scan, point.scan, progress)
            growth = growth_image = None
            if finding.total_ml is not None and found[0].total_ml is not None:
                growth_image, growth = growth_map(
                    first.segmentation.labels, point.segmentation.labels, to_baseline
                )
            comparisons.append(Comparison(point.name, to_baseline, growth_image))
            changes.append(
                describe_change(
                    found[0], finding, registration, growth, options.limits, options.error_model, surgery
                )
            )
    values = {scan.timepoint: named_values(scan, scan.markers.reading(), clinical) for scan in found}
    predicted: list[Prediction] = []
    heat_maps: dict[str, sitk.Image] = {}
    if models:
        with timed("prediction"):
            patient = with_radiomics(
                models, patient_of_scan(first.scan, first.segmentation.labels, values[first.name])
            )
            predicted = [model.predict(patient) for model in models]
        if options.heat_maps:
            with timed("heat maps"):
                predicted, heat_maps = with_heat_maps(models, predicted, patient, options.device)
    result = StudyResult(
        door=door,
        options=options.record(),
        software=software(),
        scans=found,
        changes=changes,
        largest_followup=_largest(found[1:]),
        clinical=None if clinical is None else _known(clinical),
        scores=evaluate_all(values),
        predictions=predicted,
        warnings=[*_study_warnings(scans, clinical), *remarks],
        stages=stages,
    )
    return Study(result, tuple(timepoints), tuple(comparisons), heat_maps)


def scan_is_enough(models: Sequence[LoadedPredictor]) -> bool:
    """Whether the models ask for nothing but the baseline CT: no outline, no marker, no clinical value."""
    return all(set(model.predictor.inputs) <= {"baseline"} for model in models)


def ask_about_scan(
    baseline: Path, models: Sequence[LoadedPredictor], progress: Progress
) -> tuple[list[Prediction], tuple[str, ...]]:
    """Ask models about a scan that nobody segments: the same answers as of :func:`analyze`, sooner.

    Args:
        baseline: as of :func:`analyze`.
        models: for which :func:`scan_is_enough`.
        progress: called before each step.

    Returns:
        One prediction per model, without heat maps, and the warnings of the scan.

    Raises:
        InputRefused: a scan that cannot be analysed.
        Cancelled: when the user asked to stop.
    """
    progress(0.0, "reading")
    scan = read_ct(baseline)
    progress(0.3, "finding the brain")
    brain_mask(scan)  # Refuses what is no head.
    progress(0.6, "asking the models")
    patient = Patient(baseline=scan)
    return [model.predict(patient) for model in models], scan.warnings


def load(options: Options) -> Loaded:
    """Make the segmenter and read the models, once for many patients; the masks are each patient's own.

    Raises:
        UsageError: a segmenter that does not exist, or options that do not go with it.
        ModelError: a model is absent, corrupt or of the wrong hash.
    """
    backend = segmenter(options.segmenter, device=options.device, models=options.blast_models)
    return Loaded(backend, load_models(options))


def load_models(options: Options) -> tuple[LoadedPredictor, ...]:
    """The models that the options name.

    Raises:
        ModelError: one is absent, corrupt or of the wrong hash.
        UsageError: the network of one cannot run on the device that the options name.
    """
    return tuple(load_predictor(folder, options.device) for folder in options.models)


def _backends(options: Options, scans: int, loaded: Loaded | None) -> list[Segmenter]:
    """One back-end per scan: the same for all, or one mask each."""
    if options.mapping is not None and not options.masks:
        raise UsageError("a mapping was given without masks; it says which classes a mask's values are")
    if options.masks and options.segmenter not in (DEFAULT_BACKEND, "mask"):
        raise UsageError(f"segmenter {options.segmenter} and masks were both given; choose one")
    if options.masks and len(options.masks) != scans:
        raise UsageError(
            f"{len(options.masks)} masks were given for {scans} scans; give one per scan, in order"
        )
    if options.masks:
        return [segmenter("mask", mask=mask, mapping=options.mapping) for mask in options.masks]
    if loaded is not None:
        return [loaded.backend] * scans
    return [segmenter(options.segmenter, device=options.device, models=options.blast_models)] * scans


def _check_readings(readings: Mapping[str, MarkerReading], names: Sequence[str]) -> None:
    """Refuse what cannot be used before minutes of work lead up to it."""
    for timepoint in readings:
        if timepoint not in names:
            raise UsageError(f"a reading of {timepoint} was given; the study has {', '.join(names)}")
    for reading in readings.values():
        MarkerReading.unread().overridden_by(reading)


def _known(record: ClinicalRecord) -> dict[str, float | str]:
    """The values of a record that are known; no dates."""
    return {name: each.value for name, each in values_of_record(record).items() if each.value is not None}


def _largest(followups: Sequence[ScanResult]) -> str | None:
    known = [
        (scan.volumes["ich"].ml, scan.timepoint) for scan in followups if scan.volumes["ich"] is not None
    ]
    return max(known, key=lambda pair: pair[0])[1] if known else None


def _study_warnings(scans: Sequence[HeadCT], clinical: ClinicalRecord | None) -> list[str]:
    hashes = [scan.sha256 for scan in scans]
    same = ["Two of the scans are the same image: no change can be read from them."]
    unusual = [] if clinical is None else [f"Clinical record: {each}." for each in clinical.warnings()]
    return [*(same if len(set(hashes)) < len(hashes) else []), *unusual]


def _stopwatch(stages: list[Stage], progress: Progress) -> Callable[[str], AbstractContextManager[None]]:
    """A context manager that names a stage to ``progress`` and appends its seconds to ``stages``."""

    @contextmanager
    def timed(name: str) -> Iterator[None]:
        progress.stage(name)
        start = time.perf_counter()
        yield
        stages.append(Stage(name=name, seconds=round(time.perf_counter() - start, 3)))
        progress(1.0)

    return timed
