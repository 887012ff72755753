"""Requests that laws hold for: every format, and whatever may differ besides."""

from typing import Any

from hypothesis import strategies as st

from labelport.model.export import FIELDS, ClassMap, DeliveredClass, Selection, Split

FORMATS = (
    "ndjson",
    "json",
    "coco",
    "coco_captions",
    "csv_objects",
    "datumaro",
    "ndjson_split",
    "parquet",
    "geojson",
    "csv_labels",
    "webdataset",
    "huggingface",
)
OPTIONS: dict[str, tuple[dict[str, Any], ...]] = {
    "ndjson": ({}, {"rows": 2}, {"size": 900}),
    "ndjson_split": ({"per": "task"}, {"per": "rows", "rows": 2}, {"per": "size", "size": 1500}),
    "csv_objects": ({}, {"bom": True}),
    "webdataset": ({}, {"rows": 2}, {"size": 900}),
}
SELECTIONS = (
    Selection(),
    Selection(statuses=("done",)),
    Selection(stages=("review",), states=("labelled", "empty")),
    Selection(batches=("b0",)),
    Selection(classes=(1, 8)),
    Selection(kinds=("box", "polygon", "mask")),
    Selection(metadata={"key": "1"}),
    Selection(states=("labelled",)),
    Selection(assets=("shared",)),
    Selection(ground_truth=False, open_issues=True),
    Selection(names=("a.jpg", "A.jpg")),
    Selection(assignees=("m0",), sources=("person",)),
    Selection(tasks=("t0", "t2", "t4", "nobody")),
)
CLASS_MAPS = (
    ClassMap((DeliveredClass((1, 2), "vehicle", 1000),)),
    ClassMap((DeliveredClass((4,), "plant"),)),
    ClassMap((DeliveredClass((7,)), DeliveredClass((2, 1), "car")), "drop"),
    ClassMap((DeliveredClass((1,), number=4), DeliveredClass((4,), number=1))),
)
STRATIFIED = (("task", None), ("key", None), ("task", "class"), ("task", "key"), ("key", "key"))
FRAMES = ("keyframes", "keyframes", "all", "every:3", "fps:10", "fps:7.5")


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """Draw what may differ between requests: all of it must fold."""
    given: dict[str, Any] = {
        "formats": draw(st.sampled_from([FORMATS, *((name,) for name in FORMATS)])),
        "selection": draw(st.sampled_from((*[SELECTIONS[0]] * 5, *SELECTIONS))),
        "labels": draw(st.sampled_from(("final", "all"))),
        "fields": draw(st.sampled_from((FIELDS, (), ("metadata", "label_details")))),
        "shard_size": draw(st.integers(1, 4)),
        "envelope": draw(st.sampled_from((None, None, "bagit", "in-toto"))),
        "on_loss": draw(st.sampled_from(("convert", "drop"))),
        "frames": draw(st.sampled_from(FRAMES)),
        "class_map": draw(st.sampled_from((None, None, *CLASS_MAPS))),
    }
    options = {name: draw(st.sampled_from(OPTIONS[name])) for name in given["formats"] if name in OPTIONS}
    given["options"] = {name: chosen for name, chosen in options.items() if chosen}
    if draw(st.booleans()):
        by, stratify = draw(st.sampled_from(STRATIFIED))
        given["split"] = Split({"train": 0.5, "val": 0.5}, by, stratify=stratify)
    return given
