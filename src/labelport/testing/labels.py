"""Hypothesis strategies for labels on a given asset: annotations, tracks with keyframes, relations, stamps."""

from functools import cache
from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from labelport.model.asset import Asset
from labelport.model.geometry import Geometry
from labelport.model.label import Annotation, Keyframe, Label, Relation, Source, Stamp, Target, Track
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.workflow import Review
from labelport.testing.flat import keypoints
from labelport.testing.geometries import KINDS, geometries
from labelport.testing.ontologies import answers
from labelport.testing.words import ids, maybe, moments, names, objects, some, texts


class Frame(msgspec.Struct, frozen=True):
    """What a label is drawn for: its asset and ontology, the kinds wanted, and the first annotation number."""

    asset: Asset
    ontology: Ontology
    kinds: tuple[str, ...] = ()
    first: int = 1

    def shifted(self, by: int) -> "Frame":
        """Return the same with later numbers."""
        return msgspec.structs.replace(self, first=self.first + by)

    def shapes(self) -> tuple[str, ...]:
        """Return the kinds of shape that may be drawn here."""
        return tuple(kind for kind in KINDS[self.asset.kind] if not self.kinds or kind in self.kinds)

    def wants(self, kind: str) -> bool:
        """Return whether annotations of the kind are wanted."""
        return not self.kinds or kind in self.kinds


@st.composite
def labels_on(draw: st.DrawFn, frame: Frame, name: str, source: Source = "person") -> Label:
    """Draw a label named `name`; its annotations and tracks are numbered from the frame's first number."""
    annotations = _annotations(draw, frame, name)
    tracks, keyframes = _tracks(draw, frame.shifted(50), name) if frame.asset.kind == "video" else ((), ())
    linked = tuple(one.id for one in annotations)
    stamps = [draw(_stamp(one)) for one in linked] if draw(st.booleans()) else []
    return Label(
        id=name,
        source=source,
        annotations=annotations,
        tracks=tracks,
        relations=_relations(draw, linked, name) if linked else (),
        keyframes=keyframes,
        stamps=tuple(stamps),
        **draw(_about_label()),
    )


@cache
def _about_label() -> SearchStrategy[dict[str, Any]]:
    review = st.builds(Review, st.booleans(), maybe(ids()), maybe(moments()), maybe(texts()))
    return some(
        author=ids(),
        final=st.booleans(),
        created_at=moments(),
        updated_at=moments(),
        seconds=st.floats(0, 1e6),
        score=st.floats(0, 1),
        skipped=st.booleans(),
        reviews=st.tuples(review),
        extra=objects(),
    )


@cache
def _about_annotation() -> SearchStrategy[dict[str, Any]]:
    return some(
        group=st.sampled_from(("g1", "g2")),
        occluded=st.booleans(),
        truncated=st.booleans(),
        z_order=st.integers(-2, 2),
        source=st.sampled_from(("person", "model", "import")),
        confidence=st.floats(0, 1),
        extra=objects(),
    )


@cache
def _about_track() -> SearchStrategy[dict[str, Any]]:
    return some(group=st.just("g1"), source=st.just("model"), confidence=st.floats(0, 1), extra=objects())


def _annotations(draw: st.DrawFn, frame: Frame, name: str) -> tuple[Annotation, ...]:
    kinds = (*frame.shapes(), *(["classification"] if frame.wants("classification") else []))
    if not kinds:
        return ()
    chosen = draw(st.lists(st.sampled_from(kinds), max_size=4))
    return tuple([draw(_annotation(frame, f"{name}-a{i}", i, kind)) for i, kind in enumerate(chosen)])


@st.composite
def _annotation(draw: st.DrawFn, frame: Frame, name: str, index: int, kind: str) -> Annotation:
    known = draw(_classes(frame.ontology, kind))
    geometry = None if kind == "classification" else draw(_shape(frame, kind, known))
    asked = frame.ontology.attributes if known is None else known.attributes
    return Annotation(
        id=name,
        number=frame.first + index,
        class_=known.number if known else None,
        geometry=geometry,
        answers=draw(answers(asked)),
        on=draw(_targets(frame.asset, geometry)),
        crowd=kind == "mask" and draw(st.booleans()),
        **draw(_about_annotation()),
    )


def _classes(ontology: Ontology, kind: str) -> SearchStrategy[LabelClass | None]:
    """Draw a class that fits the kind: one with joints for keypoints, perhaps none for a classification."""
    fitting = [one for one in ontology.classes if (one.skeleton is not None) == (kind == "keypoints")]
    choice: SearchStrategy[LabelClass | None] = st.sampled_from(fitting) if fitting else st.none()
    return st.none() | choice if kind == "classification" else choice


def _shape(frame: Frame, kind: str, known: LabelClass | None) -> SearchStrategy[Geometry]:
    if known and known.skeleton:
        return keypoints(frame.asset, len(known.skeleton.joints))
    return geometries((kind,), frame.asset)


@st.composite
def _targets(draw: st.DrawFn, asset: Asset, geometry: Geometry | None) -> Target | None:
    """Draw the part of the asset that an annotation is on: a must for shapes in a video or a volume."""
    match asset.kind:
        case "video":
            first = draw(st.integers(0, (asset.frames or 1) - 1))
            last = first if geometry else draw(st.integers(first, (asset.frames or 1) - 1))
            return Target(first_frame=first, last_frame=last)
        case "volume":
            return Target(series=draw(st.sampled_from(asset.series)).id)
        case "conversation" if geometry is None:
            return draw(st.none() | st.builds(Target, message=st.sampled_from([m.id for m in asset.messages])))
        case "document" if geometry is None:
            return draw(st.none() | st.builds(Target, page=st.integers(0, len(asset.pages) - 1)))
        case _:
            return None


def _tracks(draw: st.DrawFn, frame: Frame, name: str) -> tuple[tuple[Track, ...], tuple[Keyframe, ...]]:
    if not frame.shapes():
        return (), ()
    drawn = [draw(_track(frame, f"{name}-k{i}", i)) for i in range(draw(st.integers(0, 2)))]
    return tuple(track for track, _ in drawn), tuple(keyframe for _, some in drawn for keyframe in some)


@st.composite
def _track(draw: st.DrawFn, frame: Frame, name: str, index: int) -> tuple[Track, tuple[Keyframe, ...]]:
    """Draw a track of one kind of shape and its keyframes by frame; it never starts outside."""
    kind = draw(st.sampled_from(frame.shapes()))
    known = draw(_classes(frame.ontology, kind))
    asked = known.attributes if known else ()
    track = Track(
        id=name,
        number=frame.first + index,
        class_=known.number if known else None,
        answers=draw(answers(asked, 0)),
        **draw(_about_track()),
    )
    frames = sorted(draw(st.sets(st.integers(0, (frame.asset.frames or 1) - 1), min_size=1, max_size=3)))
    keyframes = [
        Keyframe(
            track=name,
            frame=at,
            geometry=draw(_shape(frame, kind, known)),
            outside=at != frames[0] and draw(st.booleans()),
            occluded=draw(st.booleans()),
            answers=draw(answers(asked, 0)),
        )
        for at in frames
    ]
    return track, tuple(keyframes)


def _relations(draw: st.DrawFn, linked: tuple[str, ...], name: str) -> tuple[Relation, ...]:
    ends = st.sampled_from(linked)
    pairs = draw(st.lists(st.tuples(ends, ends), max_size=2, unique=True))
    called = maybe(names())
    return tuple([Relation(f"{name}-r{i}", *pair, draw(called), draw(st.booleans())) for i, pair in enumerate(pairs)])


def _stamp(annotation: str) -> SearchStrategy[Stamp]:
    return _about_stamp().map(lambda about: Stamp(annotation, **about))


@cache
def _about_stamp() -> SearchStrategy[dict[str, Any]]:
    return some(created_by=ids(), created_at=moments(), updated_by=ids(), updated_at=moments())
