"""What import-linter cannot say about the tree."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from labelport.registry import format_named, formats

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "labelport"
MODULES = sorted(SOURCE.rglob("*.py"))


def _functions(module: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(SOURCE)))
def test_a_file_is_one_idea(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 300
    assert [f for f in _functions(module) if f[1] > 40] == []


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(SOURCE)))
def test_sql_lives_in_the_store(module: Path) -> None:
    if module.is_relative_to(SOURCE / "store"):
        return
    text = module.read_text(encoding="utf-8")
    assert not [word for word in ("SELECT ", "INSERT INTO", "DELETE FROM", "CREATE TABLE") if word in text]


def test_every_format_has_tests_and_one_that_writes_has_the_suite() -> None:
    here = ROOT / "tests" / "formats"
    places = [*here.glob("test_*.py"), *here.glob("*/test_*.py")]
    names = {place.stem.removeprefix("test_") if place.parent == here else place.parent.name for place in places}
    suites = "\n".join(place.read_text(encoding="utf-8") for place in places if "FormatTests" in place.read_text())
    writes = [name for name in formats() if format_named(name).encode is not None]
    assert [name for name in formats() if name not in names] == []
    assert [name for name in writes if f'name = "{name}"' not in suites] == []
