"""Every kind of result that Label Studio has, through import and export, beside those that the real files hold."""

import json
from pathlib import Path
from typing import Any

import label_studio_brush_rle_rs as brush
import numpy as np
import pytest
from pycocotools import mask

import labelport
from tests.acceptance.real import plain

Object = dict[str, Any]
SIZE = {"original_width": 200, "original_height": 100, "image_rotation": 0}
PICTURE = {"image": "/data/a.jpg"}
WORDS = {"text": "One two three"}
TALK = {"talk": [{"author": "A", "text": "Hello there"}, {"author": "B", "text": "Hi"}]}


def result(type_: str, value: Object, name: str, to: str, **given: Any) -> Object:
    return {"id": "r", "type": type_, "from_name": name, "to_name": to, "value": value, **given}


def delivered(folder: Path, data: Object, *results: Object) -> Object:
    """Take one task in and deliver it; return its label."""
    task = {"id": 1, "data": data, "annotations": [{"id": 7, "completed_by": 3, "result": list(results)}]}
    (folder / "tasks.json").write_text(json.dumps([task]), encoding="utf-8")
    space = labelport.open(folder / "w")
    report = space.import_files("kinds", "label_studio", [str(folder / "tasks.json")])
    assert (report.rejected, report.unread) == ((), {})
    space.project("kinds").export(to=str(folder / "d")).wait_till_done()
    found: Object = json.loads((folder / "d/data.ndjson").read_bytes())["labels"][0]
    return found


MARKED: list[tuple[Object, Object, Object]] = [
    (
        PICTURE,
        result("ellipselabels", {"x": 50, "y": 40, "radiusX": 10, "radiusY": 20, "rotation": 30, "ellipselabels": ["E"]}, "e", "image", **SIZE),
        {"kind": "ellipse", "cx": 100.0, "cy": 40.0, "rx": 20.0, "ry": 20.0, "angle": 30.0},
    ),
    (
        PICTURE,
        result("polygonlabels", {"points": [[0, 0], [50, 0], [50, 50]], "closed": False, "polygonlabels": ["P"]}, "p", "image", **SIZE),
        {"kind": "polyline", "lines": [[0.0, 0.0, 100.0, 0.0, 100.0, 50.0]]},
    ),
    (
        PICTURE,
        result("rectanglelabels", {"x": 50, "y": 20, "width": 10, "height": 40, "rotation": 90, "rectanglelabels": ["R"]}, "r", "image", **SIZE),
        {"kind": "rotated_box", "cx": 80.0, "cy": 30.0, "width": 20.0, "height": 40.0, "angle": 90.0},
    ),
    (
        WORDS,
        result("labels", {"start": 4, "end": 7, "text": "two", "labels": ["N"]}, "n", "text"),
        {"kind": "text_span", "start": 4, "end": 7, "text": "two"},
    ),
    (
        TALK,
        result("paragraphlabels", {"start": "0", "end": "0", "startOffset": 6, "endOffset": 11, "text": "there", "paragraphlabels": ["W"]}, "w", "talk"),
        {"kind": "message_span", "message": "0", "start": 6, "end": 11, "text": "there"},
    ),
    (
        {"audio": "/data/a.wav"},
        result("labels", {"start": 1.5, "end": 2.25, "channel": 1, "labels": ["S"]}, "s", "audio", original_length=9.0),
        {"kind": "interval", "start": 1500.0, "end": 2250.0, "channel": 1},
    ),
    (
        {"html": "<p>One two</p>"},
        result("hypertextlabels", {"start": "/p[1]/text()[1]", "end": "/p[1]/text()[1]", "startOffset": 4, "endOffset": 7, "text": "two", "hypertextlabels": ["H"]}, "h", "html"),
        {"kind": "html_span", "start_path": "/p[1]/text()[1]", "start": 4, "end_path": "/p[1]/text()[1]", "end": 7, "text": "two"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("data", "given", "shape"), MARKED, ids=[shape["kind"] for *_, shape in MARKED])
def test_every_shape_is_delivered_value_by_value(tmp_path: Path, data: Object, given: Object, shape: Object) -> None:
    (made,) = delivered(tmp_path, data, given)["annotations"]
    assert plain({key: one for key, one in made["geometry"].items() if one is not None}) == plain(shape)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools with NumPy 2
def test_every_pixel_of_a_brush_is_delivered(tmp_path: Path) -> None:
    drawn = np.zeros((100, 200), np.uint8)
    drawn[10:40, 5:150] = 255
    drawn[20:30, 50:60] = 0
    packed = list(brush.encode_rle(np.repeat(drawn.ravel(), 4).tolist(), 8, [3, 4, 8, 16]))
    given = result("brushlabels", {"format": "rle", "rle": packed, "brushlabels": ["B"]}, "b", "image", **SIZE)
    (made,) = delivered(tmp_path, PICTURE, given)["annotations"]
    shape = made["geometry"]
    decoded = mask.decode({"size": [shape["height"], shape["width"]], "counts": shape["counts"]})
    assert (decoded == (drawn > 0)).all()


ANSWERED = [
    (result("rating", {"rating": 4}, "stars", "text"), {"kind": "number", "key": "stars", "number": 4}),
    (result("number", {"number": 2.5}, "size", "text"), {"kind": "number", "key": "size", "number": 2.5}),
    (
        result("choices", {"choices": ["a", "b"]}, "tags", "text"),
        {"kind": "checklist", "key": "tags", "options": [{"value": "a"}, {"value": "b"}]},
    ),
    (result("choices", {"choices": ["a"]}, "tag", "text"), {"kind": "radio", "key": "tag", "option": {"value": "a"}}),
    (
        result("taxonomy", {"taxonomy": [["x", "y"], ["z"]]}, "tree", "text"),
        {"kind": "tree", "key": "tree", "paths": [["x", "y"], ["z"]]},
    ),
    (result("textarea", {"text": ["say"]}, "note", "text"), {"kind": "text", "key": "note", "text": "say"}),
    (
        result("datetime", {"datetime": "2025-05-01"}, "day", "text"),
        {"kind": "text", "key": "day", "text": "2025-05-01"},
    ),
    (
        result("pairwise", {"selected": "left"}, "better", "text"),
        {"kind": "radio", "key": "better", "option": {"value": "left"}},
    ),
]


@pytest.mark.parametrize(("given", "answer"), ANSWERED, ids=[given["from_name"] for given, _ in ANSWERED])
def test_every_answer_is_delivered_under_its_question(tmp_path: Path, given: Object, answer: Object) -> None:
    (made,) = delivered(tmp_path, WORDS, given)["annotations"]
    assert made["answers"] == [answer]
    assert "geometry" not in made


def test_every_key_frame_of_a_video_is_delivered(tmp_path: Path) -> None:
    def key(frame: int, x: float, *, enabled: bool) -> Object:
        return {
            "frame": frame,
            "time": frame / 10,
            "enabled": enabled,
            "x": x,
            "y": 10,
            "width": 10,
            "height": 20,
            "rotation": 0,
        }

    value = {
        "framesCount": 30,
        "duration": 3.0,
        "sequence": [key(1, 0, enabled=True), key(11, 50, enabled=False)],
        "labels": ["C"],
    }
    size = {"original_width": 200, "original_height": 100}
    label = delivered(tmp_path, {"video": "/data/v.mp4"}, result("videorectangle", value, "box", "video", **size))
    assert [track["id"] for track in label["tracks"]] == ["r"]
    seen = [(one["frame"], one.get("geometry", {}).get("x"), one.get("outside", False)) for one in label["keyframes"]]
    assert seen == [(0, 0.0, False), (10, 100.0, False), (11, None, True)]


@pytest.mark.parametrize(
    ("direction", "ends", "directed"), [("right", "ab", True), ("left", "ba", True), ("bi", "ab", False)]
)
def test_every_relation_is_delivered_with_its_name_and_direction(
    tmp_path: Path, direction: str, ends: str, directed: bool
) -> None:
    spans = [
        {**result("labels", {"start": at, "end": at + 3, "labels": ["N"]}, "n", "text"), "id": name}
        for name, at in (("a", 0), ("b", 4))
    ]
    link = {"type": "relation", "from_id": "a", "to_id": "b", "direction": direction, "labels": ["next to"]}
    (made,) = delivered(tmp_path, WORDS, *spans, link)["relations"]
    assert (made["source"] + made["target"], made["name"], made.get("directed", True)) == (ends, "next to", directed)
