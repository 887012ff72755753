"""The bytes of every format are the golden ones; `just golden` writes them anew, and the diff is read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from labelport.model.check import faults
from labelport.model.ontology import Ontology
from labelport.registry import format_named, formats
from labelport.testing import golden
from labelport.testing.cases import CASES, CLASSES

HERE = Path(__file__).parent.parent / "golden"
WRITTEN = tuple(name for name in formats() if format_named(name).encode is not None)
OPTIONS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "coco": {"keyholes": {"holes": "keyhole", "category_id_base": 0}},
    "coco_panoptic": {"stuff": {"stuff": "1", "order": "area", "category_id_base": 0}},
    "coco_stuff": {"area": {"order": "area", "category_id_base": 0}},
    "csv_objects": {"bom": {"bom": True}},
    "mots": {"png": {"form": "png"}},
    "ndjson": {"rows": {"rows": 2}, "size": {"size": 3900}},
    "ndjson_split": {"task": {"per": "task"}},
    "png_masks": {
        "binary": {"kind": "binary"},
        "class": {"kind": "class"},
        "instance": {"kind": "instance"},
        "rgb": {"colour": "rgb", "order": "area"},
    },
}
"""Besides the plain way, which every format has: options under which the pictures are written."""
EVERY = "every"
"""The folder of the files that are the same in every case of a format: they are kept once, and each case has them."""


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", WRITTEN)
def test_bytes_are_golden(name: str, case: str, request: pytest.FixtureRequest) -> None:
    files = _made(name, case)
    if request.config.getoption("--golden") == "write":
        alike = _alike(name)
        golden.write(HERE / name / EVERY, alike)
        golden.write(HERE / name / case, {path: data for path, data in files.items() if path not in alike})
    _hold(files, HERE / name / EVERY, HERE / name / case)


@pytest.mark.parametrize(("name", "option"), [(name, option) for name in OPTIONS for option in OPTIONS[name]])
def test_bytes_under_options_are_golden(name: str, option: str, request: pytest.FixtureRequest) -> None:
    files = _made(name, "pictures", OPTIONS[name][option])
    folder = HERE / name / f"pictures-{option}"
    if request.config.getoption("--golden") == "write":
        golden.write(folder, files)
    _hold(files, folder)


@pytest.mark.parametrize("case", CASES)
def test_cases_are_sound(case: str) -> None:
    assert [fault for record in CASES[case]() for fault in faults(record, Ontology(CLASSES))] == []


def test_every_golden_folder_is_of_a_format() -> None:
    assert {folder.name for folder in HERE.iterdir()} == set(WRITTEN)


def _made(name: str, case: str, options: Mapping[str, Any] | None = None) -> dict[str, bytes]:
    return golden.made(format_named(name), CASES[case](), options or {})


def _alike(name: str) -> dict[str, bytes]:
    """Return the files that are the same in every case."""
    first, *others = (_made(name, case) for case in CASES)
    return {path: data for path, data in first.items() if all(other.get(path) == data for other in others)}


def _hold(files: Mapping[str, bytes], *folders: Path) -> None:
    """Assert that the folders hold these files together, each of them once."""
    kept = [(path, data) for folder in folders for path, data in golden.kept(folder).items()]
    assert sorted(path for path, _ in kept) == sorted(files)
    for path, data in kept:
        assert files[path] == data, path
