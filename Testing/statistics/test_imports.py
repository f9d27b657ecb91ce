"""Importing the statistics is cheap, and asks for nothing outside the library's own errors and files."""

import subprocess
import sys
from pathlib import Path

import HematomaExpansionLib.statistics as package

HEAVY = {"scipy", "sklearn", "statsmodels", "pandas", "matplotlib", "SimpleITK", "torch"}
FOLDER = Path(package.__file__).parent


def test_importing_every_file_loads_nothing_heavy() -> None:
    names = [
        ".".join((package.__name__, *file.relative_to(FOLDER).with_suffix("").parts))
        for file in sorted(FOLDER.rglob("*.py"))
        if file.name != "__init__.py"
    ]
    assert len(names) > 30
    code = f"import importlib, sys\nfor name in {names}: importlib.import_module(name)\nprint(*sys.modules)"
    root = FOLDER.parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & HEAVY
    ours = {name.split(".")[1] for name in loaded if name.startswith("HematomaExpansionLib.")}
    assert ours == {"statistics", "errors", "files"}, "statistics is a leaf"
