"""Analyse one study in Slicer without a person: no window, no question, and the exit code of the shell.

    Slicer --no-main-window --python-script analyze_study.py -- BASELINE [FOLLOWUP ...] --out DIR [OPTION ...]

The arguments are those of ``hematoma-expansion analyze``. In plain Python this file is that command; Slicer
installs what is missing and runs the file again with its own Python, beside the application.

Slicer takes every Python file of a module's folder for a module, so this one has its own folder.
"""

import shutil
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

SCRIPT = Path(__file__).resolve()
# Beside this file's folder where the extension is installed, one folder up in a checkout.
ROOT = next(folder for folder in SCRIPT.parents if (folder / "HematomaExpansionLib").is_dir())
sys.path.insert(0, str(ROOT))


def analyze(arguments: list[str]) -> None:
    """Be ``hematoma-expansion analyze``: this does not return."""
    from HematomaExpansionLib.cli import main

    sys.argv = ["hematoma-expansion", "analyze", *arguments, "--door", "slicer"]
    main()


def analyze_beside_slicer(arguments: list[str]) -> int:
    """Run this file with Slicer's Python and return its exit code; a signal to stop is passed on."""
    from HematomaExpansionLib.errors import HematomaExpansionError
    from HematomaExpansionLib.scene.packages import ensure_packages_of

    segmenter = _segmenter(arguments)
    try:
        ensure_packages_of(segmenter, SCRIPT.parents[1] / "Resources", ask=False)
    except HematomaExpansionError as error:
        sys.stderr.write(f"hematoma-expansion: {error}\n")
        return error.exit_code
    command = [shutil.which("PythonSlicer") or sys.executable, str(SCRIPT), *arguments]
    with subprocess.Popen(command) as process:  # noqa: S603 (a list and no shell)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: process.terminate())
        return process.wait()


def _segmenter(arguments: list[str]) -> str:
    """The segmenter that will run, read before the packages that read arguments are there; "" for none."""
    from HematomaExpansionLib.segmentation.backends import DEFAULT_BACKEND

    for word, following in pairwise([*arguments, ""]):
        if word == "--segmenter":
            return following
        if word.startswith("--segmenter="):
            return word.partition("=")[2]
    # Without an output folder the shell refuses the call; nothing need be installed for that.
    return DEFAULT_BACKEND if "--out" in arguments else ""


def in_slicer() -> bool:
    """Whether this is the application, and not plain Python with or without slicer-core."""
    try:
        from slicer import app
    except ImportError:
        return False
    return hasattr(app, "commandOptions")


if __name__ == "__main__":
    given = sys.argv[2:] if sys.argv[1:2] == ["--"] else sys.argv[1:]
    if in_slicer():
        import slicer

        slicer.util.exit(analyze_beside_slicer(given))
    else:
        analyze(given)
