"""A block is of one task, so that what is found by blocks, as fragments are, is of that task too."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.model.asset import Asset
from tests.spaces import Space, record

STEPS = st.lists(
    st.tuples(st.sampled_from(("save", "remove", "edit")), st.sets(st.integers(0, 3), min_size=1), st.integers(0, 2)),
    max_size=8,
)
POINTERS = """
SELECT log, task, asset_block FROM task_version UNION SELECT log, task, metadata_block FROM task_version
UNION SELECT log, task, body_block FROM label_version UNION SELECT log, task, stamps_block FROM label_version
"""


@given(STEPS)
@settings(max_examples=25, deadline=None)
def test_no_block_is_of_two_tasks_and_no_fragment_of_two(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, set[int], int]]
) -> None:
    """All tasks hold the same content, in two projects, so that only their being apart keeps blocks apart."""
    space = Space(tmp_path_factory.mktemp("blocks"))
    db = space.app.store.db.connection
    db.execute("PRAGMA synchronous = OFF")
    shared = Asset("asset", "image", uri="file:///a.jpg", width=64, height=48)
    projects = [space.work.create_project(name) for name in ("p", "q")]

    def save(tasks: set[int], boxes: int) -> None:
        same = record(0, boxes=boxes, asset=shared, metadata={"k": boxes})
        for project in projects:
            project.save([record(i, asset=shared, labels=same.labels, metadata=same.metadata) for i in sorted(tasks)])

    save({0, 1}, 1)
    for what, tasks, boxes in steps:
        there = {int(one.id[1:]) for one in projects[0].tasks()}
        match what:
            case "save":
                save(tasks, boxes)
            case "remove" if tasks & there:
                for project in projects:
                    project.remove([f"t{i}" for i in sorted(tasks & there)])
            case "edit" if there:
                shared = Asset("asset", "image", uri=f"file:///{boxes}.jpg", width=64, height=48)
                space.work.edit_asset(shared)
    owners: dict[object, tuple[int, int]] = {}
    for log, task, block in db.execute(POINTERS):
        if block is not None:
            assert owners.setdefault(block, (log, task)) == (log, task)
    fragments = db.execute("SELECT body_block, asset_block FROM fragment").fetchall()
    assert fragments
    assert all(owners[body] == owners[asset] for body, asset in fragments)
    space.app.store.close()
