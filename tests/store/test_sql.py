"""SQL is in named files, all of it is used, and every order is total."""

import re
from pathlib import Path

import pytest

from labelport.store.db import statements

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "labelport"
COMPOSERS = {SOURCE / "store" / "selection.py", SOURCE / "store" / "reads.py", SOURCE / "store" / "db.py"}
"""Where SQL is composed: the conditions, the columns that a request asks for, and what differs between databases."""
SPEAKS = re.compile(r"\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE TABLE|ALTER TABLE|LEFT JOIN|ORDER BY)\b")
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "__pycache__" not in path.parts)
KEYS = {
    "block": ("block",),
    "change": ("log", "number", "task"),
    "event": ("log", "position"),
    "export": ("id",),
    "label_version": ("log", "task", "label", "since"),
    "log": ("log",),
    "named": ("log", "kind", "key", "since"),
    "path": ("log", "clash"),
    "project": ("log",),
    "task": ("log", "task"),
    "task_version": ("log", "task", "since"),
}
"""What tells the rows of a table apart."""
ALSO = {
    "event": ({"log", "task", "task_seq"},),
    "task_version": ({"log", "task"},),
    "label_version": ({"log", "task", "label"},),
    "named": ({"log", "kind", "key"},),
}
"""What does so where only versions that hold at one number are read, or one task's events."""
READS = sorted(name for name, text in statements().items() if "SELECT" in text)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_module_but_the_composers_speaks_sql(module: Path) -> None:
    if module not in COMPOSERS:
        assert SPEAKS.findall(module.read_text(encoding="utf-8")) == []


def test_every_statement_is_used() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in MODULES)
    assert [name for name in statements() if f'"{name}"' not in code] == []


def test_every_name_stands_once() -> None:
    for file in ("reads.sql", "writes.sql"):
        text = (SOURCE / "store" / "sql" / file).read_text(encoding="utf-8")
        names = re.findall(r"^-- name: (\w+)$", text, re.MULTILINE)
        assert len(names) == len(set(names))


@pytest.mark.parametrize("name", READS)
def test_every_order_is_total(name: str) -> None:
    text = _without_inner(statements()[name])
    found = re.search(r"ORDER BY (.*?)(?: LIMIT .*)?$", text)
    limited = " LIMIT " in text
    if found is None:
        assert not limited, "rows are left off in no order"
        return
    ordered = {_column(one) for one in found[1].split(",")}
    if "GROUP BY" in text:
        assert {_column(one) for one in re.search(r"GROUP BY (.*?) ORDER BY", text)[1].split(",")} <= ordered
        return
    table = re.search(r"FROM (\w+)", text)[1]
    fixed = {_column(one) for one in re.findall(r"([\w.]+) = :\w+", text)}
    keys = [set(KEYS[table]), *(ALSO[table] if _at_one_number(text) or table == "event" else ())]
    assert any(key <= ordered | fixed for key in keys), f"{table} is ordered by {ordered}, with {fixed} fixed"


def _at_one_number(text: str) -> bool:
    return bool(re.search(r"until > :(cut|base|number)", text) or re.search(r"until = :open", text))


def _without_inner(text: str) -> str:
    """Return a statement on one line, without comments and subqueries."""
    text = " ".join(line.partition("--")[0] for line in text.splitlines())
    while re.search(r"\([^()]*\)", text):
        text = re.sub(r"\([^()]*\)", "", text)
    return " ".join(text.split())


def _column(text: str) -> str:
    return text.strip().split()[0].rpartition(".")[2]


@pytest.mark.parametrize("name", sorted(statements()))
def test_values_are_parameters(name: str) -> None:
    parts = re.findall(r"\{(\w+)\}", statements()[name])
    assert set(parts) <= {"where", "where_base", "where_cut", "label", "columns", "joins", "each_class"}
    assert " LIKE " not in statements()[name]
