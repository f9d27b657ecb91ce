"""What the extension packages and declares, held against what is in the repository."""

import ast
import hashlib
import json
import re
import shutil
import struct
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from itertools import chain
from pathlib import Path

import jsonschema
import pytest
from packaging.requirements import Requirement

from HematomaExpansionLib.scene.packages import BUNDLED
from HematomaExpansionLib.scene.sample_data import SHA256

ROOT = Path(__file__).resolve().parent.parent
MODULE = ROOT / "HematomaExpansion"
UI = ET.parse(MODULE / "Resources" / "UI" / "HematomaExpansion.ui")  # noqa: S314 (our own file)
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

INDEX_SCHEMA = {
    # The rules of slicer-extension-catalog-entry-schema v1.0.1 and of the index's own checks.
    "type": "object",
    "required": ["$schema", "category", "scm_url"],
    "additionalProperties": False,
    "properties": {
        "$schema": {
            "pattern": r"^https://raw\.githubusercontent\.com/Slicer/Slicer/main/Schemas/"
            r"slicer-extension-catalog-entry-schema-v1\.0\.[0-2]\.json#$"
        },
        "category": {"enum": ["Neuroimaging", "Quantification", "Segmentation"]},
        "scm_url": {"pattern": "^https://github.com/[^/]+/Slicer[^/]+$"},
        "scm_revision": {"type": "string"},
        "scm_type": {"enum": ["git", "local"]},
        "build_dependencies": {"type": "array", "items": {"type": "string"}},
        "build_subdirectory": {"type": "string"},
        "dicom_support_rule": {"type": "string"},
        "enabled": {"type": "boolean"},
        "tier": {"type": "integer", "minimum": 1, "maximum": 5},
    },
}


def listed(cmake: Path, variable: str) -> list[str]:
    """A list that a CMake file sets."""
    text = re.sub(r"#.*", "", cmake.read_text())
    body = re.search(rf"set\({variable}\s([^)]*)\)", text).group(1)
    return body.replace("${MODULE_NAME}", "HematomaExpansion").split()


def in_tree(folder: Path, *patterns: str) -> list[str]:
    """Files of the checkout, those that git does not know yet included and those it ignores not."""
    command = ["git", "-C", str(folder), "ls-files", "--cached", "--others", "--exclude-standard", *patterns]
    names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return sorted(
        {name for name in names if (folder / name).is_file() and Path(name).name != "CMakeLists.txt"}
    )


@pytest.mark.parametrize(
    ("folder", "variables"),
    [
        ("HematomaExpansionLib", ("MODULE_PYTHON_SCRIPTS", "MODULE_PYTHON_RESOURCES")),
        ("Resources", ("DATA_FILES",)),
        ("HematomaExpansion", ("MODULE_PYTHON_SCRIPTS", "MODULE_PYTHON_RESOURCES")),
    ],
)
def test_every_file_is_listed(folder: str, variables: tuple[str, ...]) -> None:
    cmake = ROOT / folder / "CMakeLists.txt"
    lists = [listed(cmake, variable) for variable in variables]
    names, tree = list(chain.from_iterable(lists)), in_tree(ROOT / folder)
    assert len(set(names)) == len(names), f"{folder}/CMakeLists.txt lists a file twice"
    missing, gone = set(tree) - set(names), set(names) - set(tree)
    lines = "".join(f"\n  {name}" for name in sorted(missing))
    assert not missing, f"add to {folder}/CMakeLists.txt:{lines}"
    assert not gone, f"remove from {folder}/CMakeLists.txt, as they are not there: {sorted(gone)}"
    if folder != "HematomaExpansion":
        assert all(lines == sorted(lines) for lines in lists), f"sort the lists of {folder}/CMakeLists.txt"


FAKE_SLICER = """
set(Slicer_USE_FILE ${CMAKE_CURRENT_LIST_DIR}/use.cmake)
set(Slicer_EXTENSION_GENERATE_CONFIG ${CMAKE_CURRENT_LIST_DIR}/empty.cmake)
set(Slicer_EXTENSION_CPACK ${CMAKE_CURRENT_LIST_DIR}/empty.cmake)
set(Slicer_QTSCRIPTEDMODULES_LIB_DIR lib)
"""
FAKE_MACRO = """
macro(slicerMacroBuildScriptedModule)
  cmake_parse_arguments(MY "WITH_GENERIC_TESTS;WITH_SUBDIR" "NAME" "SCRIPTS;RESOURCES" ${ARGN})
  if(MY_UNPARSED_ARGUMENTS OR NOT MY_NAME)
    message(FATAL_ERROR "wrong arguments: ${ARGN}")
  endif()
  set(subdir "")
  if(MY_WITH_SUBDIR)
    get_filename_component(subdir ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  endif()
  foreach(file ${MY_SCRIPTS} ${MY_RESOURCES})
    configure_file(${file} ${CMAKE_BINARY_DIR}/lib/${subdir}/${file} COPYONLY)
  endforeach()
endmacro()
"""


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the real CMake files copy, with doubles of Slicer's macros."""
    if shutil.which("cmake") is None:
        pytest.skip("cmake is not installed")
    folder = tmp_path_factory.mktemp("cmake")
    fake = folder / "slicer"
    fake.mkdir()
    (fake / "SlicerConfig.cmake").write_text(FAKE_SLICER)
    (fake / "use.cmake").write_text(FAKE_MACRO)
    (fake / "empty.cmake").touch()
    # No compiler is asked for: nothing is compiled.
    source = folder / "source"
    for name in ("HematomaExpansion", "HematomaExpansionLib", "Resources"):
        shutil.copytree(ROOT / name, source / name)
    shutil.copy(ROOT / "CMakeLists.txt", source)
    top = source / "CMakeLists.txt"
    top.write_text(top.read_text().replace("project(HematomaExpansion)", "project(HematomaExpansion NONE)"))
    command = ["cmake", "-S", str(source), "-B", str(folder / "build"), f"-DSlicer_DIR={fake}"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder / "build" / "lib"


def test_what_is_packaged_runs_alone(packaged: Path, tmp_path: Path) -> None:
    """The folder that would be installed holds the library with its data, and its shell answers."""
    code = (
        "import HematomaExpansionLib, sys; from HematomaExpansionLib.resources import resource;"
        "print(HematomaExpansionLib.__file__, resource('atlas', 'template.nii.gz'), sep='\\n')"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=packaged, capture_output=True, text=True, check=True
    ).stdout.split()
    assert said == [
        str(packaged / "HematomaExpansionLib" / "__init__.py"),
        str(packaged / "HematomaExpansionLib" / "Resources" / "atlas" / "template.nii.gz"),
    ]
    assert not (packaged / "Resources" / "atlas").exists(), "data files beside the module's own"
    script = packaged / "Scripts" / "analyze_study.py"
    command = [sys.executable, str(script), "--", "none.nii.gz", "--out", str(tmp_path / "out")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 3
    assert done.stderr == "hematoma-expansion: none.nii.gz: no such file or folder\n"
    assert list(tmp_path.iterdir()) == []


def test_only_the_module_is_at_the_top(packaged: Path) -> None:
    """Slicer takes every Python file there for a module."""
    assert [path.name for path in packaged.glob("*.py")] == ["HematomaExpansion.py"]


def test_index_entry() -> None:
    entry = json.loads((ROOT / "HematomaExpansion.json").read_text())
    jsonschema.validate(entry, INDEX_SCHEMA)
    assert b"\r" not in (ROOT / "HematomaExpansion.json").read_bytes()
    top = (ROOT / "CMakeLists.txt").read_text()
    assert "project(HematomaExpansion)" in top
    depends = re.search(r"set\(EXTENSION_DEPENDS ([^)]*)\)", top).group(1).split()
    assert entry["build_dependencies"] == depends
    assert f'set(EXTENSION_HOMEPAGE "{entry["scm_url"]}")' in top
    icon = re.search(r'set\(EXTENSION_ICONURL "[^"]*/main/([^"]*)"\)', top).group(1)
    header = (ROOT / icon).read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", header[16:24]) == (128, 128)
    (urls,) = re.findall(r'set\(EXTENSION_SCREENSHOTURLS "([^"]*)"\)', top)
    pictures = [ROOT / url.partition("/main/")[2] for url in urls.split()]
    assert sorted(pictures) == sorted((ROOT / "Screenshots").iterdir())
    for picture in pictures:
        header = picture.read_bytes()[:24]
        assert header[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", header[16:24]) == (1280, 800)


def requirements(name: str) -> list[Requirement]:
    lines = (MODULE / "Resources" / name).read_text().splitlines()
    return [Requirement(line) for line in lines if not line.startswith("#")]


def test_requirements_are_those_of_the_package_less_the_bundled() -> None:
    wanted = {str(Requirement(line)) for line in PYPROJECT["project"]["dependencies"]}
    bundled = {line for line in wanted if Requirement(line).name in BUNDLED}
    assert {str(needed) for needed in requirements("requirements.txt")} == wanted - bundled
    assert {Requirement(line).name for line in bundled} == set(BUNDLED)
    deep = {str(Requirement(line)) for line in PYPROJECT["project"]["optional-dependencies"]["deep"]}
    torch = {line for line in deep if Requirement(line).name == "torch"}
    ours = requirements("requirements-blast-ct.txt") + requirements("requirements-bundled.txt")
    assert {str(needed) for needed in ours} == deep - torch


def test_requirements_are_open() -> None:
    for name in ("requirements.txt", "requirements-blast-ct.txt", "requirements-bundled.txt"):
        for needed in requirements(name):
            assert [part.operator for part in needed.specifier] == [">="], f"{name}: {needed}"


def test_hashes_of_the_sample() -> None:
    for file, digest in SHA256.items():
        found = hashlib.sha256((ROOT / "Resources" / "sample" / file).read_bytes()).hexdigest()
        assert found == digest, f"HematomaExpansionLib/scene/sample_data.py: {file} is now {found}"


def module_code() -> ast.Module:
    return ast.parse((MODULE / "HematomaExpansion.py").read_text())


def panel_files() -> list[Path]:
    """The module's own file and those of its steps."""
    return [MODULE / "HematomaExpansion.py", *sorted((MODULE / "HematomaExpansionPanel").glob("*.py"))]


def test_panel_names_are_those_of_the_ui() -> None:
    named = {element.get("name") for element in UI.iter("widget")}
    used = {
        node.attr
        for file in panel_files()
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self.ui"
    }
    assert used
    assert used <= named, f"not in the .ui: {used - named}"


def test_every_connected_parameter_is_a_field() -> None:
    (parameters,) = (
        node
        for node in module_code().body
        if isinstance(node, ast.ClassDef) and node.name.endswith("ParameterNode")
    )
    fields = {node.target.id for node in parameters.body if isinstance(node, ast.AnnAssign)}
    connected = {
        "".join(prop.itertext()).strip()
        for prop in UI.iter("property")
        if prop.get("name") == "SlicerParameterName"
    }
    assert connected == {"baseline", "segmenter", "device", "definition", "reader", "reviewed"}
    assert connected <= fields


def test_every_mrml_widget_follows_the_scene() -> None:
    root, *inner = UI.iter("widget")
    assert root.get("class") == "qMRMLWidget"
    scene_widgets = {w.get("name") for w in inner if w.get("class").startswith("qMRML")}
    fields = ("sender", "signal", "receiver", "slot")
    connections = [tuple(c.find(field).text for field in fields) for c in UI.iter("connection")]
    signal, slot = "mrmlSceneChanged(vtkMRMLScene*)", "setMRMLScene(vtkMRMLScene*)"
    assert sorted(connections) == sorted((root.get("name"), signal, name, slot) for name in scene_widgets)
    custom = {c.find("class").text for c in UI.iter("customwidget")}
    assert custom == {w.get("class") for w in UI.iter("widget") if not w.get("class").startswith("Q")}


def test_module_file_stays_thin() -> None:
    assert len((MODULE / "HematomaExpansion.py").read_text().splitlines()) < 250


@pytest.mark.parametrize("file", panel_files(), ids=lambda file: file.name)
def test_panel_imports_nothing_that_slicer_lacks(file: Path) -> None:
    """At the top of a file stand Slicer's own and the standard library; no function is over 40 lines."""
    code = ast.parse(file.read_text())
    for node in ast.walk(code):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 40, node.name
    imported = {
        name.split(".")[0]
        for node in code.body
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom) and node.level == 0
            else []
        )
    }
    assert imported - set(sys.stdlib_module_names) <= {"slicer", "vtk", "qt", "HematomaExpansionPanel"}
