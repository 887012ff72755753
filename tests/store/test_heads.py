"""Where a log stood at a number or a time is what its events say, whatever the clocks did."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.errors import RequestError
from labelport.store import merkle
from labelport.store.heads import head_at, number_at
from labelport.store.log import ORGANIZATION
from labelport.store.store import Store
from tests.spaces import Space
from tests.store.test_erasing import telling

CHANGES = st.lists(st.tuples(st.integers(1, 9), st.integers(-20, 20)), max_size=12)
"""Of each change: how many events, and its time."""


@contextmanager
def written(folder: Path, changes: list[tuple[int, int]]) -> Iterator[Store]:
    store = Store(folder)
    store.db.connection.execute("PRAGMA synchronous = OFF")
    for count, at in changes:
        with store.organization("tester", at) as events:
            for i in range(count):
                events.append("tried", {"i": i})
    yield store
    store.close()


@given(CHANGES)
@settings(max_examples=40, deadline=None)
def test_the_head_at_every_number_is_the_root_over_the_events_up_to_it(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]]
) -> None:
    with written(tmp_path_factory.mktemp("heads"), changes) as store:
        leaves = [row[2] for row in store.db.rows("times", {"log": ORGANIZATION})]
        for number in range(len(changes) + 1):
            size = sum(count for count, _ in changes[:number])
            found = head_at(store.db, ORGANIZATION, number)
            assert (found.number, found.size, found.root) == (number, size, merkle.root(leaves[:size]))
        with pytest.raises(RequestError, match="not yet"):
            head_at(store.db, ORGANIZATION, len(changes) + 1)


@given(CHANGES, st.integers(-25, 25))
@settings(max_examples=40, deadline=None)
def test_a_time_stands_for_the_last_change_before_the_first_that_bears_it_or_a_later_one(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]], moment: int
) -> None:
    with written(tmp_path_factory.mktemp("times"), changes) as store:
        later = [number for number, (_, at) in enumerate(changes) if at >= moment]
        assert number_at(store.db, ORGANIZATION, moment) == min(later, default=len(changes))


def test_a_store_of_the_schema_before_gets_its_heads(tmp_path: Path) -> None:
    space = Space(tmp_path)
    db = space.app.store.db.connection
    project = space.work.create_project("p")
    for version in range(3):
        project.save([telling(i, version) for i in range(8)])
    export = space.export(space.request(project.id, at=2))
    project.remove(["t1"])
    project.erase("t1")
    db.execute("DROP INDEX task_version_at_work; DROP INDEX event_handed_in; DROP TABLE head; PRAGMA user_version = 1")
    space.app.store.close()
    again = Space(tmp_path)
    assert again.work.verify_log().faults == ()
    assert head_at(again.app.store.db, 1, 2).root == again.app.store.db.rows("export_rows")[0][9]
    assert not again.work.reproduce(export.id).same
