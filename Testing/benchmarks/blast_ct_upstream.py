"""The blast-ct back-end against the authors' own code: same scan, one model, same threads, one run.

Each runs in a process of its own, so that its peak memory is its own. Upstream is timed from the scan's file
to its label file, as its ``blast-ct-inference`` command does it. Ours is timed twice: the back-end alone, as
``analyze`` calls it, and with reading the scan and finding its anatomy. Upstream takes minutes.

    python Testing/benchmarks/blast_ct_upstream.py [SCAN] [--weights FOLDER] [--model N] [--threads N]
"""

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
SCAN = SHARED / "data" / "head_ct" / "ge_hispeed_tiltcorr.nii.gz"
WEIGHTS = SHARED / "weights" / "blast_ct_v1"


@dataclass(frozen=True)
class Comparison:
    """What one run measured.

    Attributes:
        upstream_s: the authors' code, from file to file.
        backend_s: our back-end, anatomy given.
        whole_s: reading, anatomy and our back-end.
        upstream_mb: peak memory of the authors' code, MB, its loader process included.
        ours_mb: peak memory of ours, MB.
        upstream_ml: blood (IPH + IVH + extra-axial) by the authors' code, mL.
        ours_ml: blood by ours, after refinement, mL.
    """

    upstream_s: float
    backend_s: float
    whole_s: float
    upstream_mb: float
    ours_mb: float
    upstream_ml: float
    ours_ml: float

    @property
    def ratio(self) -> float:
        """Our back-end's time by upstream's; at most 1.0 is wanted."""
        return self.backend_s / self.upstream_s

    @property
    def whole_ratio(self) -> float:
        """The same with reading and anatomy on our side."""
        return self.whole_s / self.upstream_s


def compare(scan: Path = SCAN, weights: Path = WEIGHTS, model: int = 2, threads: int = 2) -> Comparison:
    """Run both on one scan.

    Args:
        scan: a NIfTI file.
        weights: folder with ``model_N.pt``.
        model: which of the twelve.
        threads: of PyTorch, for both.
    """
    upstream_s, upstream_mb, upstream_ml = _alone(_upstream, scan, weights, model, threads)
    backend_s, whole_s, ours_mb, ours_ml = _alone(_ours, scan, weights, model, threads)
    return Comparison(upstream_s, backend_s, whole_s, upstream_mb, ours_mb, upstream_ml, ours_ml)


def _alone(function, *arguments):
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(function, *arguments).result()


def _upstream(scan: Path, weights: Path, model: int, threads: int) -> tuple[float, float, float]:
    import pandas as pd
    import SimpleITK as sitk
    import torch
    from blast_ct.assets import get_config_path
    from blast_ct.nifti.savers import NiftiPatchSaver
    from blast_ct.read_config import get_model, get_test_loader
    from blast_ct.trainer.inference import ModelInference

    torch.set_num_threads(threads)
    config = json.loads(Path(get_config_path()).read_text())
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "scans.csv"
        pd.DataFrame({"id": ["scan"], "image": [str(scan)]}).to_csv(table, index=False)
        started = time.perf_counter()
        network = get_model(config)
        loader = get_test_loader(config, network, str(table), use_cuda=False)
        saver = NiftiPatchSaver(folder, loader, write_prob_maps=False)
        file = str(weights / f"model_{model}.pt")
        ModelInference(folder, torch.device("cpu"), network, saver, file, "segmentation")(loader)
        seconds = time.perf_counter() - started
        labels = sitk.ReadImage(str(Path(folder) / "predictions" / "scan_prediction.nii.gz"))
    blood = sum(int((sitk.GetArrayViewFromImage(labels) == kind).sum()) for kind in (1, 2, 4))
    x, y, z = labels.GetSpacing()
    return seconds, _peak_mb(), blood * x * y * z / 1000


def _ours(scan: Path, weights: Path, model: int, threads: int) -> tuple[float, float, float, float]:
    import os

    sys.path.insert(0, str(ROOT))
    os.environ["HEMATOMA_EXPANSION_MODELS"] = str(weights)
    import SimpleITK as sitk
    import torch

    from HematomaExpansionLib.ct.anatomy import locate_anatomy
    from HematomaExpansionLib.ct.reader import read_ct
    from HematomaExpansionLib.progress import Progress
    from HematomaExpansionLib.segmentation.blast_ct import BlastCtSegmenter

    torch.set_num_threads(threads)
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(threads)
    started = time.perf_counter()
    head = read_ct(scan)
    anatomy = locate_anatomy(head)
    ready = time.perf_counter()
    segmentation = BlastCtSegmenter((model,), device="cpu").segment(head, anatomy, Progress())
    ended = time.perf_counter()
    blood = int((sitk.GetArrayViewFromImage(segmentation.labels) > 0).sum())
    return ended - ready, ended - started, _peak_mb(), blood * head.voxel_ml


def _peak_mb() -> float:
    """Peak resident memory of this process and, beside it, of the largest of its children."""
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(resource.getrusage(who).ru_maxrss for who in whose) / unit


def main() -> int:
    """Print the comparison; exit 1 when the back-end is slower than upstream."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scan", nargs="?", type=Path, default=SCAN)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--model", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    found = compare(options.scan, options.weights, options.model, options.threads)
    print(f"{'':24} {'seconds':>8} {'peak MB':>8} {'blood mL':>8}")
    for name, seconds, memory, volume in (
        ("upstream blast-ct", found.upstream_s, found.upstream_mb, found.upstream_ml),
        ("our back-end", found.backend_s, found.ours_mb, found.ours_ml),
        ("  and reading, anatomy", found.whole_s, found.ours_mb, found.ours_ml),
    ):
        print(f"{name:24} {seconds:8.1f} {memory:8.0f} {volume:8.2f}")
    print(f"ratio {found.ratio:.2f} (with reading and anatomy {found.whole_ratio:.2f}); wanted: 1.0 or less")
    return 0 if found.ratio <= 1.0 else 1


if __name__ == "__main__":
    sys.exit(main())
