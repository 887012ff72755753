"""SQL is in named files, all of it is used, and every order is total."""

import re
from pathlib import Path

import pytest

from labelport.store.db import statements

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "labelport"
COMPOSERS = {SOURCE / "store" / "selection.py", SOURCE / "store" / "db.py"}
"""Where SQL is composed: what a request asks for, and what differs between databases."""
SPEAKS = re.compile(r"\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE TABLE|ALTER TABLE|LEFT JOIN|ORDER BY)\b")
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "__pycache__" not in path.parts)
KEYS = {
    "block": ("block",),
    "change": ("log", "number", "task"),
    "event": ("log", "position"),
    "export": ("id",),
    "fragment": ("fragment",),
    "head": ("log", "number"),
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
    "fragment": ({"body_block", "asset_block", "format", "version"},),
}
"""What else does."""
AT_ONE_NUMBER = {
    "task_version": ({"log", "task"},),
    "label_version": ({"log", "task", "label"},),
    "named": ({"log", "kind", "key"},),
}
"""What does so among the versions that hold at one number, or are the newest."""
READS = sorted(name for name, text in statements().items() if "SELECT" in text)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_module_but_the_composers_speaks_sql(module: Path) -> None:
    if module not in COMPOSERS:
        assert SPEAKS.findall(module.read_text(encoding="utf-8")) == []


def test_every_statement_is_used() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in MODULES)
    assert [name for name in statements() if f'"{name}"' not in code] == []


def test_every_name_stands_once() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (SOURCE / "store" / "sql").glob("*.sql")]
    names = [name for text in texts for name in re.findall(r"^-- name: (\w+)$", text, re.MULTILINE)]
    assert len(names) == len(set(names))
    assert sorted(names) == sorted(statements())


@pytest.mark.parametrize("name", READS)
def test_every_order_is_total(name: str) -> None:
    text = _without_inner(statements()[name])
    found = re.search(r"ORDER BY (.*?)(?: LIMIT .*)?$", text)
    limited = " LIMIT " in text
    if found is None:
        assert not limited, "rows are left off in no order"
        return
    ordered = {_column(one) for one in found[1].split(",")}
    one = re.search(r"GROUP BY (.*?) ORDER BY", text) or re.search(r"SELECT DISTINCT (.*?) FROM", text)
    if one or " UNION " in text:
        assert set(map(_column, one[1].split(",") if one else ["log"])) <= ordered
        return
    table = text.partition(" FROM ")[2].split()[0]
    fixed = {_column(one) for one in re.findall(r"([\w.]+) = :\w+", text)}
    keys = [set(KEYS[table]), *ALSO.get(table, ()), *(AT_ONE_NUMBER.get(table, ()) if _at_one_number(name) else ())]
    assert any(key <= ordered | fixed for key in keys), f"{table} is ordered by {ordered}, with {fixed} fixed"


def _at_one_number(name: str) -> bool:
    text = statements()[name]
    return bool(
        re.search(r"until (> :cut|> :base|> :number|= :open|= 4611686018427387904)", text)
        or "n.since > v.since" in text
    )


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
    assert set(parts) <= {"where", "where_base", "where_cut", "label", "blocks", "classes", "wanted", "each_class"}
    assert " LIKE " not in statements()[name]
