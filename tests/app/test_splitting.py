"""A split keeps groups together and in their parts, whatever comes, changes or goes; a stratified one keeps the shares."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelport.app.splitting import Balance, Splitting
from labelport.client.workspace import Project
from labelport.errors import RequestError
from labelport.model.export import ExportRequest, Split
from labelport.model.geometry import Box
from labelport.model.label import Annotation, Label
from labelport.model.record import Record
from labelport.store.heads import head_at
from labelport.store.reads import Reader
from tests.laws.requests import STRATIFIED
from tests.plugins import installed
from tests.spaces import Space, files, record

SHARES = {"train": 0.7, "val": 0.2, "test": 0.1}
quick = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


class Put(msgspec.Struct, frozen=True):
    """Save a task with objects of these classes (None: not labelled), in a group; or remove it."""

    task: int
    classes: tuple[int, ...] | None
    group: int | None
    gone: bool = False


PUTS = st.builds(
    Put,
    task=st.integers(0, 7),
    classes=st.none() | st.lists(st.integers(1, 3), max_size=2).map(tuple),
    group=st.none() | st.integers(0, 3),
    gone=st.sampled_from((False, False, False, True)),
)


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Space]:
    made = Space(tmp_path_factory.mktemp("splits"))
    yield made
    made.app.store.close()


def saved(put: Put) -> Record:
    found = tuple(
        Annotation(f"o{i}", class_=f"class {one}", geometry=Box(0, 0, 1, 1)) for i, one in enumerate(put.classes or ())
    )
    return record(
        put.task,
        labels=() if put.classes is None else (Label("l", annotations=found),),
        metadata=None if put.group is None else {"key": f"g{put.group}"},
    )


def do(project: Project, puts: Sequence[Put]) -> None:
    there = {task.id for task in project.tasks()}
    for put in puts:
        if not put.gone:
            project.save([saved(put)])
            there.add(f"t{put.task}")
        elif f"t{put.task}" in there:
            project.remove([f"t{put.task}"])
            there.remove(f"t{put.task}")


def parts(space: Space, project: Project, split: Split) -> dict[str, tuple[str, str, bool]]:
    """Return the part of each task, with what keeps it together with others, and whether it is labelled."""
    log = space.app.store.project(project.id).log
    cut = head_at(space.app.store.db, log, None).number
    splitting = Splitting(split, space.app.store.db, log, cut)
    reader = Reader(space.app.store.db, log, ExportRequest(project.id), base=None, cut=cut)
    return {
        found.stored.id: (splitting.part(found), found.keys, found.stored.state != "unlabelled")
        for run in reader.plan(100)
        for found in reader.rows(run)
    }


@given(st.lists(PUTS, max_size=12), st.lists(PUTS, max_size=12), st.sampled_from([*STRATIFIED, ("key", "class")]))
@quick
def test_a42_what_was_labelled_never_moves_and_no_group_is_in_two_parts(
    space: Space, before: list[Put], after: list[Put], how: tuple[str, str | None]
) -> None:
    by, stratify = how
    split = Split({"a": 0.4, "b": 0.35, "c": 0.25}, by, stratify=stratify)
    project = space.work.create_project(space.app.new_id())
    do(project, before)
    first = parts(space, project, split)
    do(project, after)
    second = parts(space, project, split)
    for task, (part, group, labelled) in first.items():
        stays = labelled or stratify != "class"
        if stays and task in second and (by == "task" or second[task][1] == group):
            assert second[task][0] == part
    if by == "key":
        groups = defaultdict(set)
        for part, group, _ in second.values():
            if group != "[]":
                groups[group].add(part)
        assert all(len(found) == 1 for found in groups.values())


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 1, exclude_max=True)), max_size=60))
def test_no_part_has_one_more_of_a_stratum_than_its_share(drawn: list[tuple[str, float]]) -> None:
    shares = (0.7, 0.2, 0.1)
    balance = Balance(shares)
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for stratum, at in drawn:
        part = balance.choose((stratum,), at)
        balance.add((stratum,), part)
        counts[stratum][part] += 1
        for found in counts.values():
            assert all(found[i] < share * found.total() + 1 + 1e-9 for i, share in enumerate(shares))


def test_a42_each_class_comes_in_its_shares(space: Space) -> None:
    project = space.work.create_project("stratified")
    project.save([saved(Put(i, ((1,), (1,), (1, 2), (3,))[i % 4], None)) for i in range(200)])
    split = Split(SHARES, stratify="class")
    found = parts(space, project, split)
    for rest, count in ((2, 50), (3, 50)):
        held = Counter(part for task, (part, *_) in found.items() if int(task[1:]) % 4 == rest)
        assert all(abs(held[name] - share * count) <= 3 for name, share in SHARES.items())
    other = parts(space, project, msgspec.structs.replace(split, seed="other"))
    assert {task: part for task, (part, *_) in other.items()} != {task: part for task, (part, *_) in found.items()}


def test_a_metadata_field_stratifies(space: Space) -> None:
    project = space.work.create_project("sites")
    project.save([saved(Put(i, (1,), int(i % 10 == 0))) for i in range(200)])
    found = parts(space, project, Split(SHARES, stratify="key"))
    held = Counter(part for task, (part, *_) in found.items() if int(task[1:]) % 10 == 0)
    assert held == {"train": 14, "val": 4, "test": 2}


def test_a_delta_that_would_move_what_did_not_change_is_refused(space: Space) -> None:
    project = space.work.create_project("refused")
    project.save([saved(Put(0, None, 1)), saved(Put(1, None, 1))])
    split = Split(SHARES, "key", stratify="class")
    with pytest.raises(RequestError, match="cannot be a delta"):
        space.export(space.request(project.id, split=split, since=1))


OWN = """
from labelport.kit.format import FILES, File, Format
from labelport.model.export import Carries


def encode(record, context):
    yield File(f"labels/{context.part}/{record.number}.txt", b"")


def once(context):
    yield File("data.yaml", ",".join(context.parts).encode())


OWN = Format("Own parts", Carries(frozenset({"box"})), encode, once=once, holds={FILES: "task"}, parts="own")
"""


def test_a_format_may_place_the_parts_itself(space: Space, tmp_path: Path) -> None:
    project = space.work.create_project("placed")
    project.save([saved(Put(i, (1,), None)) for i in range(6)])
    split = Split({"train": 0.5, "val": 0.5})
    with installed(tmp_path, OWN, "own"):
        alone = placed(files(space.export(space.request(project.id, formats=("own",), split=split)).destination))
    assert alone["data.yaml"] == b"train,val"
    of = {f"labels/{part}/{task[1:]}" for task, (part, *_) in parts(space, project, split).items()}
    assert {path.removesuffix(".txt") for path in alone if path.startswith("labels/")} == {
        f"{path.rpartition('/')[0]}/{int(path.rpartition('/')[2]) + 1}" for path in of
    }


def placed(found: Mapping[str, bytes]) -> dict[str, bytes]:
    return {path: data for path, data in found.items() if path.startswith(("labels/", "data"))}
