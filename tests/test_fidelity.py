"""What does not fit is converted or dropped as the request says, and every bit of it is counted."""

from typing import get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelport.errors import LossError
from labelport.fidelity import FEATURES, Ledger, fit, forecast, revise
from labelport.formats.coco import FORMAT as COCO
from labelport.formats.coco import encode
from labelport.kit.format import EVERYTHING, Context, Lost
from labelport.model.answers import Checklist, Option, Radio, Text
from labelport.model.asset import Asset
from labelport.model.export import Carries, Loss, OnLoss
from labelport.model.facts import facts
from labelport.model.geometry import Box, Geometry, Mask, Point, Polygon, Polyline, RotatedBox, kind
from labelport.model.label import Annotation, Keyframe, Label, Relation, Source, Track
from labelport.model.record import Record
from labelport.registry import format_named, formats
from labelport.shapes.convert import CONVERSIONS, convert
from labelport.testing.strategies import records

FLAT = ("box", "rotated_box", "polygon", "multi_polygon", "polygon_with_hole", "ellipse", "mask", "classification")
BOX = Box(1, 2, 3, 4)
TURNED = RotatedBox(10, 10, 4, 2, 30)
LINE = Polyline(((0.0, 0.0, 5.0, 5.0),))
SQUARE = (0.0, 0.0, 4.0, 0.0, 4.0, 4.0, 0.0, 4.0)
ON_LOSS = st.sampled_from(["convert", "drop"])


@st.composite
def declarations(draw: st.DrawFn) -> Carries:
    kinds = draw(
        st.frozensets(st.sampled_from([*FLAT, "keypoints", "polyline", "point", "track", "text_span", "interval"]))
    )
    converts = {how: draw(st.frozensets(st.sampled_from(known))) for how, known in CONVERSIONS.items()}
    found = {name: how for how, names in sorted(converts.items()) for name in sorted(names)}
    if draw(st.booleans()):
        found["track"] = "frames"
    return Carries(kinds, found, draw(st.frozensets(st.sampled_from(sorted(FEATURES)))))


def one(shape: Geometry | None = BOX, class_: int | None = 1) -> Annotation:
    return Annotation("n1", 1, class_, shape)


def record(*annotations: Annotation, **more: object) -> Record:
    label = msgspec.convert({"id": "l"}, Label)
    label = msgspec.structs.replace(label, annotations=annotations, **more)
    return Record("r", "a.jpg", Asset("a", "image", width=40, height=30), 1, "a.jpg", labels=(label,))


def fitted(
    given_record: Record, carries: Carries, on_loss: OnLoss = "convert"
) -> tuple[Label, list[tuple[str, str, str, int]]]:
    ledger = Ledger()
    found = fit(given_record, carries, on_loss, ledger)
    return found.labels[0], [(loss.what, loss.fate, loss.how, loss.count) for loss in ledger.losses("f")]


def carries(*kinds: str, features: tuple[str, ...] = (), **converts: str) -> Carries:
    return Carries(frozenset(kinds), converts, frozenset(features))


def held(found: Record) -> int:
    return sum(len(label.annotations) + len(label.tracks) for label in found.labels)


@given(records(), declarations(), ON_LOSS)
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_a19_selected_is_written_and_skipped(given_record: Record, declared: Carries, on_loss: OnLoss) -> None:
    ledger = Ledger()
    found = fit(given_record, declared, on_loss, ledger)
    assert (ledger.selected, ledger.written) == (held(given_record), held(found))
    assert ledger.skipped == held(given_record) - held(found)


@given(records(), declarations(), ON_LOSS)
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_the_forecast_from_facts_is_what_fitting_counts(
    given_record: Record, declared: Carries, on_loss: OnLoss
) -> None:
    done, foreseen = Ledger(), Ledger()
    fit(given_record, declared, on_loss, done)
    for label in given_record.labels:
        foreseen.merge(forecast(facts(label), declared, on_loss))
    assert (foreseen.selected, foreseen.written) == (done.selected, done.written)
    seen_by_fitting_alone = "an end of it is dropped"
    assert [loss for loss in done.losses("f") if loss.how != seen_by_fitting_alone] == list(foreseen.losses("f"))


@given(records(), declarations(), ON_LOSS)
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_left_is_carried_whole(given_record: Record, declared: Carries, on_loss: OnLoss) -> None:
    """Law: fitting what was fitted changes nothing more and loses nothing more, but for what the format converts."""
    found = fit(given_record, declared, on_loss, Ledger())
    again = Ledger()
    own = msgspec.structs.replace(declared, converts={"track": "frames"} if "track" in declared.converts else {})
    kinds = declared.kinds | set(declared.converts.values()) | set(declared.converts)
    assert (
        fit(
            found,
            msgspec.structs.replace(own, kinds=kinds),
            "drop" if "track" not in own.converts else "convert",
            again,
        )
        == found
    )
    assert again.skipped == 0


@given(records())
@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow])
def test_what_carries_everything_changes_nothing(given_record: Record) -> None:
    ledger = Ledger()
    assert fit(given_record, EVERYTHING, "fail", ledger) is given_record
    assert {loss.fate for loss in ledger.losses("f")} <= {"exact"}


@given(records(kinds=FLAT))
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_coco_writes_the_same_of_records_that_were_fitted_and_not(given_record: Record) -> None:
    """What is stored as fragments is made of records that were not."""
    fitted_record = fit(given_record, COCO.carries, "convert", Ledger())
    context = Context(())
    assert list(encode(fitted_record, context)) == list(encode(given_record, context))


def test_what_is_carried_is_exact() -> None:
    assert fitted(record(one()), carries("box")) == (Label("l", annotations=(one(),)), [("box", "exact", "", 1)])


def test_a16_what_is_not_carried_is_dropped_and_said() -> None:
    label, losses = fitted(record(one(), one(LINE)), carries("box"))
    assert label.annotations == (one(),)
    assert losses == [("box", "exact", "", 1), ("polyline", "dropped", "the format has no place for it", 1)]


def test_a17_what_can_be_converted_is_and_says_how() -> None:
    label, losses = fitted(record(one(TURNED)), carries("polygon", rotated_box="polygon"))
    assert label.annotations[0].geometry == convert(TURNED, "polygon")
    assert losses == [("rotated_box", "converted", "polygon", 1)]


def test_a17_nothing_is_converted_where_the_request_says_drop() -> None:
    label, losses = fitted(record(one(TURNED)), carries("polygon", rotated_box="polygon"), "drop")
    assert label.annotations == ()
    assert losses == [("rotated_box", "dropped", "the format cannot carry it as it is", 1)]


def test_what_the_format_converts_itself_reaches_it_whole() -> None:
    shape = Polygon(((SQUARE, (1.0, 1.0, 2.0, 1.0, 1.0, 2.0)),))
    label, losses = fitted(record(one(shape)), carries("polygon_with_hole", polygon_with_hole="mask"))
    assert label.annotations[0].geometry == shape
    assert losses == [("polygon_with_hole", "converted", "mask", 1)]


@pytest.mark.parametrize(
    ("given_record", "declared", "message"),
    [
        (record(one(LINE)), carries("box"), "task 'a.jpg': annotation 'n1': polyline would be lost"),
        (record(one(TURNED)), carries("box", rotated_box="box"), "annotation 'n1': rotated_box would be lost"),
        (record(one(class_=None)), carries("box"), "annotation 'n1': box would be lost, as it has no class"),
        (
            record(msgspec.structs.replace(one(), z_order=2)),
            carries("box"),
            "annotation 'n1': z_order would be lost, as the format has no place for it",
        ),
        (record(tracks=(Track("t", 1, 1),)), carries("box"), "track 't': track would be lost"),
        (
            record(tracks=(Track("t", 1, 1),), keyframes=(Keyframe("t", 3, LINE),)),
            carries("box", "track"),
            "track 't' in frame 3: keyframe of polyline would be lost",
        ),
        (record(relations=(Relation("x", "a", "b"),)), carries("box"), "relation 'x': relations would be lost"),
    ],
)
def test_a16_a_loss_fails_the_export_where_the_request_says_so(
    given_record: Record, declared: Carries, message: str
) -> None:
    with pytest.raises(LossError, match=message):
        fit(given_record, declared, "fail", Ledger())


def test_objects_without_class_are_dropped_where_one_is_needed() -> None:
    label, losses = fitted(record(one(class_=None), one()), carries("box"))
    assert label.annotations == (one(),)
    assert losses == [("box", "dropped", "it has no class", 1), ("box", "exact", "", 1)]


def test_objects_without_class_stay_where_the_format_can_do_without() -> None:
    assert fitted(record(one(class_=None)), carries("box", features=("unclassified",)))[1] == [("box", "exact", "", 1)]


def test_answers_need_no_class() -> None:
    assert fitted(record(one(None, None)), carries("classification", features=("answers",)))[0].annotations != ()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("confidence", 0.5),
        ("crowd", True),
        ("extra", {"a": 1}),
        ("group", "g"),
        ("occluded", False),
        ("source", "model"),
        ("truncated", True),
        ("z_order", 1),
    ],
)
def test_a_feature_that_is_not_carried_is_taken_away_and_counted(field: str, value: object) -> None:
    more = msgspec.structs.replace(one(), **{field: value})
    label, losses = fitted(record(more), carries("box"))
    assert label.annotations == (one(),)
    assert (field, "dropped", "the format has no place for it", 1) in losses
    assert fitted(record(more), carries("box", features=(field,)))[0].annotations == (more,)


def test_nested_answers_are_closed_where_only_the_first_level_is_carried() -> None:
    nested = (
        Radio("r", Option("a", (Text("t", "x"),))),
        Checklist("c", (Option("b", (Text("u", "y"),)),)),
        Text("z", "z"),
    )
    more = msgspec.structs.replace(one(), answers=nested)
    label, losses = fitted(record(more), carries("box", features=("answers",)))
    assert label.annotations[0].answers == (Radio("r", Option("a")), Checklist("c", (Option("b"),)), Text("z", "z"))
    assert losses[-1] == ("nested_answers", "dropped", "the format has no place for it", 1)


def test_texts_alone_are_kept_where_only_texts_are_carried() -> None:
    both = Annotation("n1", answers=(Text("t", "x"), Radio("r", Option("a"))))
    other = Annotation("n2", answers=(Radio("r", Option("a")),))
    label, losses = fitted(record(both, other), carries("classification", features=("texts",)))
    assert label.annotations == (Annotation("n1", answers=(Text("t", "x"),)),)
    assert losses == [
        ("answers", "dropped", "the format has no place for it", 2),
        ("classification", "dropped", "it holds no text", 1),
        ("classification", "exact", "", 1),
    ]


def test_relations_that_lose_an_end_are_dropped_and_counted() -> None:
    line = msgspec.structs.replace(one(LINE), id="n2")
    whole, broken = Relation("x", "n1", "n1"), Relation("y", "n1", "n2")
    label, losses = fitted(record(one(), line, relations=(whole, broken)), carries("box", features=("relations",)))
    assert label.relations == (whole,)
    assert ("relations", "dropped", "an end of it is dropped", 1) in losses


def test_a28_tracks_that_are_not_carried_go_with_their_keyframes() -> None:
    moving = record(tracks=(Track("t", 1, 1),), keyframes=(Keyframe("t", 0, BOX),))
    label, losses = fitted(moving, carries("box"))
    assert (label.tracks, label.keyframes) == ((), ())
    assert losses == [("track", "dropped", "the format has no place for it", 1)]


def test_keyframes_of_a_kind_that_is_not_carried_end_the_track_there() -> None:
    moving = record(
        tracks=(Track("t", 1, 1),), keyframes=(Keyframe("t", 0, BOX), Keyframe("t", 3, LINE, occluded=True))
    )
    label, losses = fitted(moving, carries("box", "track"))
    assert label.keyframes == (Keyframe("t", 0, BOX), Keyframe("t", 3))
    assert losses == [
        ("keyframe of polyline", "dropped", "the format has no place for it", 1),
        ("occluded", "dropped", "the format has no place for it", 1),
        ("track", "exact", "", 1),
    ]


@pytest.mark.parametrize("converts", [{}, {"track": "frames"}])
def test_keyframes_are_converted_unless_the_format_goes_over_them_first(converts: dict[str, str]) -> None:
    moving = record(tracks=(Track("t", 1, 1),), keyframes=(Keyframe("t", 0, TURNED),))
    kinds = {"box"} if converts else {"box", "track"}
    label, losses = fitted(moving, Carries(frozenset(kinds), {"rotated_box": "box", **converts}))
    assert label.keyframes[0].geometry == (TURNED if converts else convert(TURNED, "box"))
    assert ("keyframe of rotated_box", "converted", "box", 1) in losses


def test_tracks_without_class_are_dropped_where_one_is_needed() -> None:
    moving = record(tracks=(Track("t", 1),), keyframes=(Keyframe("t", 0, BOX),))
    label, losses = fitted(moving, carries("box", "track"))
    assert (label.tracks, label.keyframes) == ((), ())
    assert losses == [("track", "dropped", "it has no class", 1)]


def test_a34_a_task_that_loses_annotations_says_what_it_was() -> None:
    assert fit(record(one(LINE)), carries("box"), "convert", Ledger()).state == "labelled"
    assert fit(record(one()), carries("box"), "convert", Ledger()).state is None


def test_ledgers_of_shards_add_up() -> None:
    left, right = Ledger(), Ledger()
    fit(record(one(), one(LINE)), carries("box"), "convert", left)
    fit(record(one()), carries("box"), "convert", right)
    left.merge(right)
    assert (left.selected, left.written, left.skipped) == (3, 2, 1)
    assert left.losses("f") == (
        Loss("f", "box", "exact", "", 2),
        Loss("f", "polyline", "dropped", "the format has no place for it", 1),
    )


@pytest.mark.parametrize("how", sorted(CONVERSIONS))
@given(found=records(kinds=FLAT))
@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow])
def test_every_conversion_that_is_promised_is_made(how: str, found: Record) -> None:
    for label in found.labels:
        for annotation in label.annotations:
            shape = annotation.geometry
            if shape is not None and kind(shape) in CONVERSIONS[how]:
                assert kind(convert(shape, how, 30, 40)) == how


@pytest.mark.parametrize(
    ("shape", "how", "expected"),
    [
        (Point(3, 4), "box", Box(3, 4, 0, 0)),
        (Mask(2, 2, "4"), "box", Box(0, 0, 0, 0)),
        (BOX, "polygon", Polygon((((1.0, 2.0, 4.0, 2.0, 4.0, 6.0, 1.0, 6.0),),))),
        (Box(0, 0, 2, 1), "mask", Mask(1, 2, "02")),
    ],
)
def test_conversions_are_those_of_geometry(shape: Geometry, how: str, expected: Geometry) -> None:
    assert convert(shape, how) == expected


@pytest.mark.parametrize("name", formats())
def test_formats_promise_only_what_can_be_kept(name: str) -> None:
    declared = format_named(name).carries
    assert declared.features <= {*FEATURES, "*"}
    for what, how in declared.converts.items():
        assert (what, how) == ("track", "frames") or what in CONVERSIONS[how]


def test_every_feature_that_facts_tell_has_a_name() -> None:
    everything = Annotation(
        "n", 1, None, BOX, (Radio("r", Option("a", (Text("t", "x"),))),), group="g", occluded=True, truncated=True,
        crowd=True, z_order=1, source=get_args(Source)[0], confidence=1, extra={},
    )  # fmt: skip
    moving = Keyframe("t", 0, BOX, outside=True)
    label = Label("l", annotations=(everything,), keyframes=(moving,), relations=(Relation("x", "n", "n"),))
    named = {fact.partition(":")[2] for fact in facts(label) if fact.startswith("feature:")}
    assert named <= set(FEATURES)
    assert len(named) == 12


def test_what_drawing_loses_is_counted_in_place_of_what_was_fitted() -> None:
    carries = Carries(frozenset({"mask"}), {"box": "mask"})
    ledger = Ledger()
    fit(record(one(), one(), one(), one(Mask(30, 40, "`U1"))), carries, "convert", ledger)
    for lost in (
        Lost("box", "dropped", "covered"),
        Lost("box", "converted", "covered in part"),
        Lost("mask", "converted", "covered in part"),
        Lost("keyframe of box", "dropped", "covered"),
    ):
        revise(ledger, lost, carries, "convert")
    assert (ledger.selected, ledger.written, ledger.skipped) == (4, 3, 1)
    assert [(loss.what, loss.fate, loss.how, loss.count) for loss in ledger.losses("f")] == [
        ("box", "converted", "covered in part", 1),
        ("box", "converted", "mask", 1),
        ("box", "dropped", "covered", 1),
        ("keyframe of box", "dropped", "covered", 1),
        ("mask", "converted", "covered in part", 1),
    ]


def test_what_drawing_loses_is_refused_where_nothing_may_be_lost() -> None:
    with pytest.raises(LossError, match="box would be lost, as covered"):
        revise(Ledger(), Lost("box", "dropped", "covered"), EVERYTHING, "fail")
