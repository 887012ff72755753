"""Whatever stands in a dump of CVAT's API, the counts close and records are sound."""

import copy
import json
from contextlib import suppress
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from labelport.errors import RequestError
from tests.formats.cvat import places
from tests.formats.cvat_api.build import JOB, JOINT, TAG, TRACK, decode, dump, shape, task, view
from tests.samples import sample

SKELETON = shape(id=3, type="skeleton", label_id=10, points=[], elements=[JOINT, {**JOINT, "label_id": 12}])
MEDLEY: dict[str, Any] = dump(
    annotations={
        "task": {
            "1": view(shape(attributes=[{"spec_id": 1, "value": "a"}]), SKELETON, tags=(TAG,)),
            "2": view(tracks=(TRACK,)),
        },
        "job": {"1": view(shape(id=1)), "2": view(shape(id=8, type="mask", points=[0, 4, 0, 0, 1, 1]))},
    },
    jobs=[JOB, {**JOB, "id": 2, "type": "ground_truth"}, {**JOB, "id": 3, "task_id": 2}],
    tasks=[
        *task(),
        {"id": 2, "name": "v", "size": 4, "mode": "interpolation", "dimension": "3d"},
        {"id": 3, "name": "n"},
    ],
    issues=[{"id": 1, "job": 1, "frame": 1, "position": [1, 2], "resolved": True, "owner": {"username": "ada"}}],
    comments=[{"id": 1, "issue": 1, "message": "?", "owner": {"id": 3}, "created_date": "2024-01-01T00:00:00Z"}],
    users=[{"id": 3, "username": "ada", "groups": ["admin"]}],
    memberships=[{"user": {"username": "ada"}, "role": "owner", "is_active": True}],
)
"""Every kind of object once."""
HOSTILE: list[Any] = [
    None, True, 0, -1, 1, 2.5, 1e300, 10**30, "", "x", "1", "1e999", "\x00", "😀", [], [[]], {}, {"id": {}}, [None], [1, "a"],
    "skeleton", "mask", "ground_truth", "acceptance", "2024-01-01",
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, base: dict[str, Any]) -> dict[str, Any]:
    """Return the dump with some values changed, taken out or put where others are."""
    content = copy.deepcopy(base)
    for _ in range(draw(st.integers(1, 4))):
        found = [path for path in places(content) if len(path) > 1]
        path = draw(st.sampled_from(found))
        where: Any = content
        for step in path[:-1]:
            where = where[step]
        match draw(st.sampled_from(["put", "put", "swap", "delete"])):
            case "put":
                where[path[-1]] = copy.deepcopy(draw(st.sampled_from(HOSTILE)))
            case "swap":
                other: Any = content
                for step in draw(st.sampled_from(found)):
                    other = other[step]
                where[path[-1]] = copy.deepcopy(other)
            case _:
                del where[path[-1]]
    return content


def survives(content: dict[str, Any]) -> None:
    with suppress(RequestError):
        assert decode(content) == decode(content)


@given(mutated(MEDLEY))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_whatever_stands_in_a_dump_counts_close_and_records_are_sound(content: dict[str, Any]) -> None:
    survives(content)


@pytest.mark.parametrize("first", range(3))
def test_every_value_of_every_kind_of_object_may_be_anything(first: int) -> None:
    for at, path in enumerate(path for path in places(MEDLEY) if len(path) > 1):
        content = copy.deepcopy(MEDLEY)
        where: Any = content
        for step in path[:-1]:
            where = where[step]
        where[path[-1]] = HOSTILE[(at * 7 + first) % len(HOSTILE)]
        survives(content)


def test_whatever_stands_in_a_real_dump_counts_close_and_records_are_sound() -> None:
    names = ("annotations", "comments", "issues", "jobs", "labels", "memberships", "tasks", "users")
    whole = {name: json.loads(sample(f"cvat_project/{name}.json").read_bytes()) for name in names}

    @given(mutated(whole))
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    def real_survives(content: dict[str, Any]) -> None:
        with suppress(RequestError):
            decode(content)

    real_survives()
