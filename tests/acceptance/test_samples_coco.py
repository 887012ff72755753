"""Real COCO files come out as they went in, element by element, as pycocotools and the standard library read both."""

import json
from pathlib import Path
from typing import Any

import pytest
from pycocotools import mask

from tests.acceptance.real import Taken, plain, read, taken
from tests.coco import opened
from tests.samples import sample

Object = dict[str, Any]
OUTLINED = (
    "coco_val2017_10/instances_val2017_filtered.json",
    "coco_val2017_10/person_keypoints_val2017_filtered.json",
    "coco_panoptic_20/instances.json",
    "coco_panoptic_20/rle.json",
)
PANOPTIC = "coco_panoptic_20/panoptic.json"
CAPTIONS = "coco_val2017_10/captions_val2017_filtered.json"
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools, NumPy 2


class Pair:
    """A source and its delivery, both by pycocotools, and which delivered ids stand for which of the source."""

    def __init__(self, folder: Path, path: str) -> None:
        self.out: Taken = taken(folder, "coco", sample(path))
        assert self.out.report.rejected == ()
        self.was, self.now = opened(sample(path)), opened(self.out.delivery / "coco/annotations.json")
        lines = self.out.lines()
        self.images = {int(line["id"]): line["number"] for line in lines}
        self.numbers = {
            one["id"]: one["number"]
            for line in lines
            for label in line["labels"]
            for one in label.get("annotations", ())
        }

    def elements(self) -> list[tuple[Object, Object]]:
        """Return each annotation of the source with the delivered one that has its outline (or its joints alone)."""
        return [(one, self.now.anns[self.numbers[str(one["id"])]]) for one in self.was.dataset["annotations"]]


@pytest.fixture(scope="module", params=OUTLINED)
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("coco"), request.param)


def test_a20_every_mask_has_the_pixels_of_its_source(pair: Pair) -> None:
    for was, now in pair.elements():
        if was.get("segmentation"):
            runs = pair.was.annToRLE(was), pair.now.annToRLE(now)
            assert mask.iou([runs[1]], [runs[0]], [0])[0][0] == 1.0
            assert (mask.decode(runs[0]) == mask.decode(runs[1])).all()


def test_every_polygon_has_the_points_of_its_source(pair: Pair) -> None:
    for was, now in pair.elements():
        if was.get("segmentation") and isinstance(was["segmentation"], list):
            assert now["segmentation"] == was["segmentation"]


def test_a23_every_box_and_area_are_those_of_the_mask_and_of_the_source(pair: Pair) -> None:
    for was, now in pair.elements():
        is_mask = isinstance(was["segmentation"], dict) if was.get("segmentation") else False
        # COCO rounds to a hundredth of a pixel, and leaves out the last row and column of a crowd
        assert now["bbox"] == pytest.approx(was["bbox"], abs=1 if is_mask else 0.011)
        if was.get("segmentation"):
            runs = pair.now.annToRLE(now)
            assert now["area"] == mask.area(runs)
            assert not is_mask or now["bbox"] == mask.toBbox(runs).tolist()


def test_a12_every_category_keeps_its_number_its_parent_and_its_skeleton(pair: Pair) -> None:
    delivered = {one["id"]: one for one in pair.now.dataset["categories"]}
    for one in pair.was.dataset["categories"]:
        assert {key: delivered[one["id"]][key] for key in one} == one
    for was, now in pair.elements():
        assert now["category_id"] == was["category_id"]


def test_every_image_keeps_its_name_and_size(pair: Pair) -> None:
    for one in pair.was.dataset["images"]:
        made = pair.now.imgs[pair.images[one["id"]]]
        assert {key: made[key] for key in ("file_name", "width", "height")} == {
            key: one[key] for key in ("file_name", "width", "height")
        }
    for was, now in pair.elements():
        assert now["image_id"] == pair.images[was["image_id"]]
        assert now["iscrowd"] == was["iscrowd"]


def test_every_joint_keeps_its_place_and_visibility(pair: Pair) -> None:
    labelled = 0
    for was, now in pair.elements():
        if was.get("num_keypoints"):
            assert now["keypoints"] == was["keypoints"]
            assert now["num_keypoints"] == was["num_keypoints"]
            labelled += 1
        else:
            assert not now.get("num_keypoints")
    assert bool(labelled) == ("keypoints" in pair.was.dataset["categories"][0])


def test_every_image_keeps_where_it_comes_from(pair: Pair) -> None:
    told = ("license", "coco_url", "flickr_url", "date_captured")
    for one, line in zip(pair.was.dataset["images"], pair.out.lines(), strict=True):
        assert line.get("metadata", {}) == {key: one[key] for key in told if key in one}
        assert line["asset"]["uri"] == one.get("coco_url", one["file_name"])


def test_every_panoptic_segment_keeps_its_id_category_box_area_and_crowd(tmp_path: Path) -> None:
    out = taken(tmp_path, "coco", sample(PANOPTIC))
    delivered = opened(out.delivery / "coco/annotations.json")
    source = read(PANOPTIC)
    by_image = {one["image_id"]: one for one in source["annotations"]}
    seen = 0
    for line in out.lines():
        given = by_image[int(line["id"])]["segments_info"]
        (label,) = line["labels"]
        assert len(label["annotations"]) == len(given)
        for made, segment in zip(label["annotations"], given, strict=True):
            x, y, width, height = segment["bbox"]
            assert made["id"] == f"{line['id']}/{segment['id']}"
            assert made["class"] == segment["category_id"]
            assert plain(made["geometry"]) == plain({"kind": "box", "x": x, "y": y, "width": width, "height": height})
            assert made.get("extra", {}).get("area") == segment["area"]
            assert made.get("crowd", False) == bool(segment["iscrowd"])
            row = delivered.anns[made["number"]]
            assert plain([row["bbox"], row["category_id"], row["iscrowd"]]) == plain(
                [segment["bbox"], segment["category_id"], segment["iscrowd"]]
            )
            seen += 1
    assert seen == sum(len(one["segments_info"]) for one in source["annotations"]) > 0
    kept = {one["id"]: (one["name"], one["supercategory"]) for one in delivered.dataset["categories"]}
    assert kept == {one["id"]: (one["name"], one["supercategory"]) for one in source["categories"]}


def test_every_caption_stays_with_its_image_word_for_word(tmp_path: Path) -> None:
    out = taken(tmp_path, "coco", sample(CAPTIONS))
    source = read(CAPTIONS)
    (file,) = (out.delivery / "coco_captions").glob("*.json")
    delivered = json.loads(file.read_bytes())

    def said(document: Object) -> dict[str, list[str]]:
        names = {one["id"]: one["file_name"] for one in document["images"]}
        found: dict[str, list[str]] = {name: [] for name in names.values()}
        for one in document["annotations"]:
            found[names[one["image_id"]]].append(one["caption"])
        return found

    assert said(delivered) == said(source)
    numbers = {
        one["number"]: one["id"] for line in out.lines() for label in line["labels"] for one in label["annotations"]
    }
    texts = {f"caption:{one['id']}": one["caption"] for one in source["annotations"]}
    assert {numbers[one["id"]]: one["caption"] for one in delivered["annotations"]} == texts
