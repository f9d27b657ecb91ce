"""Packages imported while other work runs."""

import gc
import subprocess
import sys
from pathlib import Path
from threading import enumerate as threads

import pytest

from HematomaExpansionLib.imports import imported_meanwhile

SAMPLE = Path(__file__).parents[1] / "Resources" / "sample" / "baseline.nii.gz"
NEW_IN_ANATOMY = """
import sys
from pathlib import Path
from HematomaExpansionLib.study import analyze, locate_anatomy, read_ct
scan = read_ct(Path(sys.argv[1]))
before = set(sys.modules)
locate_anatomy(scan)
print(sorted(set(sys.modules) - before))
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Write a module ``slow_<name>`` with this text where Python finds it."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(name: str, text: str) -> str:
        (tmp_path / f"slow_{name}.py").write_text(text)
        return f"slow_{name}"

    return write


def test_the_block_goes_on_beside_and_both_have_ended_after_it(package):
    name = package("one", "import time\ntime.sleep(0.5)\nDONE = True\n")
    with imported_meanwhile([name]):
        half = vars(sys.modules.get(name, object)).get("DONE")
    assert half is None
    assert sys.modules[name].DONE


@pytest.mark.parametrize("text", ["raise OSError('a library is missing')", "import no_such_package"])
def test_a_package_that_cannot_be_imported_is_left_to_who_needs_it(package, text):
    names = [package("broken", text), package("next", "")]
    with imported_meanwhile(names):
        pass
    assert names[0] not in sys.modules
    assert names[1] in sys.modules


def test_a_mistake_in_the_block_leaves_no_thread_behind(package):
    name = package("two", "import time\ntime.sleep(0.2)\n")
    usual = sys.getswitchinterval()
    seen = []
    with pytest.raises(ValueError, match="of the block"), imported_meanwhile([name]):
        raise ValueError(f"of the block: {seen.extend((sys.getswitchinterval(), gc.isenabled()))}")
    assert seen[0] < sys.getswitchinterval() == usual
    assert not seen[1]
    assert gc.isenabled()
    assert "imports" not in {thread.name for thread in threads()}
    assert sys.getswitchinterval() == usual


def test_finding_the_anatomy_imports_nothing_for_the_first_time():
    # Beside it the packages of networks are imported, and two threads must not import the same ones.
    found = subprocess.run(
        [sys.executable, "-c", NEW_IN_ANATOMY, SAMPLE], capture_output=True, text=True, check=True
    )
    assert found.stdout == "[]\n"
