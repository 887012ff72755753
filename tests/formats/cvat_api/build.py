"""Small dumps of CVAT's API, and what the importer makes of them."""

from typing import Any

from labelport.formats.cvat_api import FORMAT
from tests.formats import cvat
from tests.formats.cvat import Outcome

Json = dict[str, Any]
SHAPE: Json = {
    "id": 1,
    "type": "rectangle",
    "frame": 0,
    "label_id": 1,
    "group": 0,
    "points": [1.0, 2.0, 4.0, 3.0],
    "rotation": 0.0,
    "occluded": False,
    "outside": False,
    "z_order": 0,
    "source": "manual",
    "attributes": [],
    "elements": [],
}
TAG: Json = {"id": 1, "frame": 0, "label_id": 1, "group": 0, "source": "manual", "attributes": []}
STATE: Json = {
    "id": 9,
    "type": "rectangle",
    "frame": 0,
    "points": [0, 0, 1, 1],
    "rotation": 0.0,
    "occluded": False,
    "outside": False,
    "z_order": 0,
    "attributes": [],
}
TRACK: Json = {
    "id": 1,
    "frame": 0,
    "label_id": 1,
    "group": 0,
    "source": "manual",
    "attributes": [],
    "elements": [],
    "shapes": [STATE],
}
JOINT: Json = {
    "label_id": 11,
    "type": "points",
    "points": [1, 2],
    "occluded": False,
    "outside": False,
    "attributes": [],
}
JOB: Json = {
    "id": 1,
    "task_id": 1,
    "type": "annotation",
    "stage": "annotation",
    "state": "new",
    "start_frame": 0,
    "stop_frame": 1,
    "assignee": None,
    "created_date": "2024-01-01T00:00:00Z",
    "updated_date": "2024-01-02T00:00:00Z",
}
LABELS: list[Json] = [
    {
        "id": 1,
        "name": "car",
        "color": "#aabbcc",
        "task_id": 1,
        "parent_id": None,
        "attributes": [
            {"id": 1, "name": "make", "input_type": "select", "mutable": False, "values": ["a", "b"], "default_value": "a"},
            {"id": 2, "name": "seen", "input_type": "checkbox", "mutable": True, "values": ["false"], "default_value": "false"},
        ],
        "sublabels": [],
    },
    {
        "id": 10,
        "name": "body",
        "color": "#000000",
        "task_id": 1,
        "parent_id": None,
        "attributes": [],
        "svg": '<line data-node-from="1" data-node-to="2"></line><circle data-node-id="1" data-label-id="11"></circle>'
        '<circle data-node-id="2" data-label-id="12"></circle>',
        "sublabels": [
            {"id": 11, "name": "nose", "attributes": [{"id": 3, "name": "wet", "input_type": "checkbox", "mutable": False, "values": []}]},
            {"id": 12, "name": "ear", "attributes": []},
        ],
    },
]  # fmt: skip


def shape(**more: Any) -> Json:
    return {**SHAPE, **more}


def view(*shapes: Json, tags: tuple[Json, ...] = (), tracks: tuple[Json, ...] = ()) -> Json:
    return {"shapes": list(shapes), "tags": list(tags), "tracks": list(tracks), "version": 0}


def dump(*shapes: Json, **files: Any) -> dict[str, Any]:
    """A server with one task of two pictures and one job, and these shapes in it."""
    return {
        "annotations": {"task": {"1": view(*shapes)}, "job": {}},
        "jobs": [JOB],
        "labels": LABELS,
        "tasks": [{"id": 1, "name": "t", "size": 2, "mode": "annotation", "dimension": "2d"}],
        **files,
    }


def decode(content: dict[str, Any]) -> Outcome:
    return cvat.decode(FORMAT, [cvat.given(f"{name}.json", file) for name, file in content.items()])


def task(**more: Any) -> list[Json]:
    return [{"id": 1, "name": "t", "size": 2, "mode": "annotation", "dimension": "2d", **more}]
