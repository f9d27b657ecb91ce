"""Analyse one study in Slicer without a person: no window, no question, and the exit code of the shell.

    Slicer --no-main-window --python-script analyze_study.py -- BASELINE [FOLLOWUP ...] --out DIR [OPTION ...]

The arguments are those of ``hematoma-expansion analyze``. Slicer takes every Python file of a module's folder
for a module, so this one has its own folder.
"""

import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve()
# Beside this file's folder where the extension is installed, one folder up in a checkout.
ROOT = next(folder for folder in SCRIPT.parents if (folder / "HematomaExpansionLib").is_dir())
sys.path.insert(0, str(ROOT))

if __name__ == "__main__":
    from HematomaExpansionLib.scene.slicer_script import run_script

    run_script(SCRIPT, "analyze", ("--door", "slicer"))
