"""What the scripts for ``Slicer --python-script`` share: a command of the shell, run with Slicer's Python.

In plain Python such a script is the command. In the application it installs what is missing, without a
question, and runs the script again with Slicer's Python, beside the application.
"""

import shutil
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

from ..errors import HematomaExpansionError
from .packages import ensure_packages_of


def run_script(script: Path, command: str, fixed: tuple[str, ...] = ()) -> None:
    """Be ``hematoma-expansion COMMAND`` with the arguments of the process: this does not return.

    Args:
        script: the file that calls this; the module's ``Resources`` lie beside its folder.
        command: of the shell.
        fixed: words that are put behind the arguments.
    """
    given = sys.argv[2:] if sys.argv[1:2] == ["--"] else sys.argv[1:]
    if in_slicer():
        import slicer

        slicer.util.exit(_beside_slicer(script, given))
        return
    from ..cli import main

    sys.argv = ["hematoma-expansion", command, *given, *fixed]
    main()


def in_slicer() -> bool:
    """Whether this is the application, and not plain Python with or without slicer-core."""
    try:
        from slicer import app
    except ImportError:
        return False
    return hasattr(app, "commandOptions")


def _beside_slicer(script: Path, arguments: list[str]) -> int:
    """Run the script with Slicer's Python and return its exit code; a signal to stop is passed on."""
    try:
        ensure_packages_of(_segmenter(arguments), script.parents[1] / "Resources", ask=False)
    except HematomaExpansionError as error:
        sys.stderr.write(f"hematoma-expansion: {error}\n")
        return error.exit_code
    command = [shutil.which("PythonSlicer") or sys.executable, str(script), *arguments]
    with subprocess.Popen(command) as process:  # noqa: S603 (a list and no shell)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: process.terminate())
        return process.wait()


def _segmenter(arguments: list[str]) -> str:
    """The segmenter that will run, read before the packages that read arguments are there; "" for none."""
    from ..segmentation.backends import DEFAULT_BACKEND

    for word, following in pairwise([*arguments, ""]):
        if word == "--segmenter":
            return following
        if word.startswith("--segmenter="):
            return word.partition("=")[2]
    # Without an output folder the shell refuses the call; nothing need be installed for that.
    return DEFAULT_BACKEND if "--out" in arguments else ""
