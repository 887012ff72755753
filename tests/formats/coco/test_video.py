"""A video is COCO images by frame; its tracks and objects are annotations of them."""

import json
import re

import msgspec
import pytest

from labelport.errors import RequestError
from labelport.formats.coco import FORMAT, encode
from labelport.kit.format import Context, Row
from labelport.model.geometry import Box, Polygon, RotatedBox
from labelport.model.label import Target
from labelport.shapes import convert
from labelport.testing.render import render, stored
from tests.formats.coco.build import CLASSES, HEIGHT, WIDTH, context, one, record, video, written


def test_a28_tracks_are_images_by_frame_that_say_which_track() -> None:
    document = written(video((0, Box(0, 0, 2, 2)), (2, Box(4, 0, 2, 2)), first_frame=10, frame_step=5))
    base = 2**52 + 2**20
    assert document["images"] == [
        {
            "id": base + frame,
            "file_name": f"clips/v/frame_{frame:06d}.jpg",
            "width": WIDTH,
            "height": HEIGHT,
            "state": "labelled",
            "video": "clips/v.mp4",
            "frame": frame,
            "source_frame": 10 + 5 * frame,
            "seconds": (10 + 5 * frame) / 2,
        }
        for frame in (0, 2)
    ]
    assert [(a["id"], a["image_id"], a["track_id"], a.get("occluded")) for a in document["annotations"]] == [
        (2**52 + 5 * 2**20, base, 5, True),
        (2**52 + 5 * 2**20 + 2, base + 2, 5, None),
    ]


def test_a29_all_frames_are_written_where_asked() -> None:
    moving = Context(CLASSES, frames="all")
    given_record = video((0, RotatedBox(5, 5, 4, 2, 0)), (2, RotatedBox(9, 5, 4, 2, 90)))
    document = json.loads(render(FORMAT, [given_record], moving)["annotations.json"])
    assert [image["frame"] for image in document["images"]] == [0, 1, 2, 3]
    assert [a.get("keyframe") for a in document["annotations"]] == [None, False, None, False]
    turned = convert.convert(RotatedBox(7, 5, 4, 2, 45), "polygon")
    assert isinstance(turned, Polygon)
    assert document["annotations"][1]["segmentation"] == [list(turned.parts[0][0])]
    assert FORMAT.count is not None
    assert FORMAT.count(given_record, moving) == {"images": 4, "annotations": 4}


def test_objects_on_frames_and_on_the_whole_video_are_kept_apart() -> None:
    framed = one(Box(0, 0, 1, 1), 8, on=Target(first_frame=2, last_frame=2))
    ranged = one(Box(0, 0, 1, 1), 9, on=Target(first_frame=1, last_frame=3))
    given_record = video((2, Box(0, 0, 1, 1)), annotations=(one(Box(0, 0, 1, 1), 7), framed, ranged))
    document = written(given_record)
    assert [image.get("frame") for image in document["images"]] == [None, 1, 2]
    assert [a["id"] for a in document["annotations"]] == [7, 9, 2**52 + 5 * 2**20 + 2, 8]
    assert [a.get("on") for a in document["annotations"]] == [None, {"first_frame": 1, "last_frame": 3}, None, None]
    assert FORMAT.count is not None
    assert FORMAT.count(given_record, context()) == {"images": 3, "annotations": 4}


def test_a_video_without_objects_is_one_image() -> None:
    assert [image["file_name"] for image in written(video())["images"]] == ["clips/v.mp4"]


def test_long_videos_are_written_in_runs() -> None:
    keyframes = [(frame, Box(0, 0, 1, 1)) for frame in range(1200)]
    rows = [item for item in encode(video(*keyframes), context()) if isinstance(item, Row)]
    sizes = [item.data.count(b",\n") + 1 for item in rows if item.section == "annotations"]
    assert sizes == [512, 512, 176]


@pytest.mark.parametrize(("frame", "task"), [(2**20, 1), (0, 2**32)])
def test_numbers_that_ids_have_no_room_for_are_refused(frame: int, task: int) -> None:
    given_record = msgspec.structs.replace(video((frame, Box(0, 0, 1, 1))), number=task)
    with pytest.raises(RequestError, match=re.escape(f"is past {2**20 - 1 if frame else 2**32 - 1}")):
        written(given_record)


def test_labels_with_tracks_or_classes_by_name_have_no_fragment() -> None:
    named = one(Box(0, 0, 1, 1), class_="cat")
    assert [stored(FORMAT, each) for each in (video((0, Box(0, 0, 1, 1))), record(named))] == [None, None]
