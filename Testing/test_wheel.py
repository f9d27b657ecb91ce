"""The wheel carries everything the library reads, and nothing that has no business on a user's path."""

import subprocess
import sys
import zipfile
from pathlib import Path

from Testing.conftest import ROOT


def test_the_wheel_holds_the_library_its_resources_and_templates(tmp_path: Path):
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(tmp_path),
        str(ROOT),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        f"HematomaExpansionLib/{file.relative_to(ROOT / 'HematomaExpansionLib').as_posix()}"
        for pattern in ("*.py", "*.j2")
        for file in (ROOT / "HematomaExpansionLib").rglob(pattern)
    } | {
        f"HematomaExpansionLib/{file.relative_to(ROOT).as_posix()}"
        for file in (ROOT / "Resources").rglob("*")
        if file.is_file()
    }
    assert wanted - names == set()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"HematomaExpansionLib"}
