"""The public names are a promise; a name comes or goes on purpose."""

import subprocess
import sys

import labelport

NAMES = ["ExportJob", "LabelportError", "Project", "StreamType", "Workspace", "open"]


def test_the_public_names_are_these() -> None:
    assert labelport.__all__ == NAMES
    assert dir(labelport) == NAMES


def test_every_public_name_is_there() -> None:
    assert [getattr(labelport, name).__name__ for name in NAMES] == NAMES


def test_what_is_not_public_is_not_there() -> None:
    assert not hasattr(labelport, "exprot")


def test_importing_labelport_loads_no_library() -> None:
    code = "import sys, labelport; print(sorted({'msgspec', 'numpy', 'PIL', 'apsw'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
