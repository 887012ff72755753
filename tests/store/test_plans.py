"""What runs for a task or a request finds its rows by a key; what reads whole tables does so by intent."""

import re

import apsw
import pytest

from labelport.model.export import Left, Selection
from labelport.store.db import Database, each, each_of, statements
from labelport.store.selection import block_columns, class_column, where

BIG = ("event", "change", "task", "path", "block", "task_version", "label_version", "fragment", "head")
"""Tables that grow with the tasks or their changes."""
AUDITED = {
    "change_gaps",
    "changes_without_event",
    "classes_at",
    "erased_tasks",
    "events",
    "fragment_ids",
    "heads_beyond",
    "labels_astray",
    "owners_by_labels",
    "owners_by_versions",
    "paths",
    "paths_of_versions",
    "pointers_of_labels",
    "pointers_of_versions",
    "sources_of_fragments",
    "strays",
    "tasks_astray",
    "times",
    "versions_without_event",
}
"""The audit holds all that is stored against the log; and heads that a version before did not keep are made of it."""
BY_INTENT = {
    "came": "a split that is stratified by metadata goes by the whole order in which tasks came",
    "held": "the annotations of an export are counted once",
    "holds": "what an export would lose is foreseen once, over all it selects",
    "labelled": "a split that is stratified by class goes by the whole order in which tasks were labelled",
    "last_task": "the greatest key of a log, found at its end",
    "names_blob": "an erasure looks whether another task names the same blob",
    "newest_head": "the greatest key of a log, found at its end",
    "project_counts": "a project's tasks are counted when it is shown",
    "tasks_of_class": "a rename of a class finds all tasks that show it",
}
PARTS = {
    "where": where(Selection()).text,
    "where_base": where(Selection(), "base").text,
    "where_cut": where(Selection(), "cut", "n").text,
    "label": "1 = 1",
    "classes": class_column("told apart"),
    "blocks": block_columns(("metadata",), stamps=True),
    "wanted": each("wanted"),
    "each_class": each_of("l.classes"),
}


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> apsw.Connection:
    return Database(tmp_path_factory.mktemp("plans") / "empty.db").connection


def composed(name: str) -> str:
    text = statements()[name]
    for part, given in PARTS.items():
        text = text.replace("{" + part + "}", given)
    return text


def plan(connection: apsw.Connection, text: str) -> list[str]:
    names = set(re.findall(r":(\w+)", text))
    values = dict.fromkeys(names) if names else (None,) * text.count("?")
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", values)]


def whole_reads(connection: apsw.Connection, text: str) -> list[str]:
    """Return the steps of a statement's plan that read all of a big table, or all of a log in it."""
    plain = " ".join(line.partition("--")[0] for line in text.splitlines())
    big = {alias for found in re.findall(rf"\b({'|'.join(BIG)})\b(?: ([a-z])\b)?", plain) for alias in found}
    return [
        step
        for step in plan(connection, text)
        if (found := re.match(r"(SCAN|SEARCH) (\w+)", step)) and found[2] in big
        if found[1] == "SCAN" or step.endswith("(log=?)")
    ]


@pytest.mark.parametrize("name", sorted(statements()))
def test_only_what_is_meant_to_reads_a_whole_table(connection: apsw.Connection, name: str) -> None:
    meant = name in AUDITED or name in BY_INTENT
    found = whole_reads(connection, composed(name))
    assert bool(found) == meant, found


@pytest.mark.parametrize("name", sorted(AUDITED - {"strays"}))
def test_the_audit_reads_a_table_once_and_all_else_by_key(connection: apsw.Connection, name: str) -> None:
    assert len(whole_reads(connection, composed(name))) == 1


def test_a_delta_finds_what_changed_by_the_change_index(connection: apsw.Connection) -> None:
    condition = where(Selection(batches=("b",), authors=("ann",)))
    condition.changed_after(1)
    text = statements()["holds"].replace("{where}", condition.text).replace("{label}", "1 = 1")
    found = plan(connection, text.replace("{classes}", class_column("alike")))
    assert any("SEARCH c USING PRIMARY KEY (log=? AND number>? AND number<?)" in step for step in found), found


def test_tasks_of_one_status_at_a_stage_come_in_order_from_an_index(connection: apsw.Connection) -> None:
    assert plan(connection, composed("tasks_at_work"))[0] == (
        "SEARCH t USING INDEX task_version_at_work (log=? AND stage=? AND status=? AND task>?)"
    )


def test_passes_that_ended_in_a_range_of_time_are_found_by_it(connection: apsw.Connection) -> None:
    condition = where(Selection(left=Left("label", at=(1, 2))))
    found = plan(connection, statements()["tasks"].replace("{where}", condition.text))
    assert any("SEARCH e USING INDEX event_handed_in (log=? AND at>? AND at<?)" in step for step in found), found


def test_whether_a_task_ever_left_a_stage_is_looked_up_among_its_own_events(connection: apsw.Connection) -> None:
    condition = where(Selection(left=Left("label")))
    found = plan(connection, statements()["tasks"].replace("{where}", condition.text))
    assert any("USING INDEX event_of_task (log=? AND task=?)" in step for step in found), found
