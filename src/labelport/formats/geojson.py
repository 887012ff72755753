"""GeoJSON: a feature for each geometry on the globe (RFC 7946), longitude before latitude in WGS 84.

Outer rings run counterclockwise, and what crosses the antimeridian is cut there (3.1.6, 3.1.9). An answer about the
whole map, and a task or label without annotations, is a feature without a place (3.2: its geometry is null), so that
labelled, empty and unlabelled tasks are told apart by `state`. `annotation` is the native annotation but its geometry.

Read are feature collections, features and geometries of anybody: the first text among the properties `class_name`,
`class`, `label`, `category` and `name` is the class, the others are kept in `extra`, and a file is a task. What this
format wrote comes back as it was. The obsolete member `crs` is refused where it names another system (section 4).
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import msgspec

from labelport.errors import Fault
from labelport.kit import native
from labelport.kit.count import annotations
from labelport.kit.format import BROKEN, Context, Counted, Document, Format, Input, Item, Reject, Row, Section
from labelport.model.asset import Asset
from labelport.model.export import Carries, State
from labelport.model.geojson import geometry_faults
from labelport.model.geometry import Geo
from labelport.model.label import Annotation, Label, Source
from labelport.model.ontology import LabelClass
from labelport.model.record import Record, state_of
from labelport.model.workflow import Status, Workflow
from labelport.shapes.globe import proper

CARRIES = Carries(
    frozenset({"geo", "classification"}),
    features=frozenset(
        {
            *("answers", "confidence", "crowd", "extra", "group", "nested_answers", "occluded", "on", "source"),
            *("texts", "truncated", "unclassified", "z_order"),
        }
    ),
)
HEAD = b'{"type":"FeatureCollection","features":[\n'
TAIL = b"\n]}\n"
CLASS = ("class_name", "class", "label", "category", "name")
"""Properties that may say the class, the likeliest first."""
WGS84 = ("CRS84", "EPSG::4326", "EPSG:4326")
"""What the names of the one system hold that is allowed."""


class Properties(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a feature says beside its place: of its task, its label, its annotation."""

    task_number: int
    task: str
    name: str
    path: str
    state: State
    uri: str | None = None
    external_id: str | None = None
    stage: str = "label"
    status: Status = "queued"
    batch: str | None = None
    label: str | None = None
    author: str | None = None
    label_source: Source = "person"
    class_name: str | None = None
    annotation: Annotation | None = None


class Feature(msgspec.Struct, frozen=True, tag="Feature", tag_field="type"):
    """A feature as this format writes it."""

    geometry: dict[str, Any] | None
    properties: Properties


class _Numbered(msgspec.Struct, frozen=True):
    task_number: int


class _Element(msgspec.Struct, frozen=True):
    properties: _Numbered


_encode = msgspec.json.Encoder().encode
_numbered = msgspec.json.Decoder(_Element)
_value = msgspec.json.Decoder(dict[str, Any])
Found = Feature | dict[str, Any]
"""A feature of ours, or somebody's."""


def documents(context: Context) -> tuple[Document, ...]:  # noqa: ARG001
    """Return the one collection."""
    return (Document("annotations.geojson", (HEAD, Section("features", b",\n"), TAIL)),)


def encode(record: Record, context: Context) -> Iterator[Row]:
    """Yield the features of a task."""
    classes: dict[object, LabelClass] = {one.number: one for one in context.classes}
    task = _task(record)
    for label in record.labels:
        said = msgspec.structs.replace(task, label=label.id, author=label.author, label_source=label.source)
        for one in label.annotations:
            yield Row("features", _encode(_feature(one, said, classes)))
        if not label.annotations:
            yield Row("features", _encode(Feature(None, said)))
    if not record.labels:
        yield Row("features", _encode(Feature(None, task)))


def number(section: str, element: bytes) -> int:
    """Return the number of a feature's task."""
    del section
    return _numbered.decode(element).properties.task_number


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes of the manifests, then the tasks of each file."""
    manifests, files, strange = native.split_inputs(inputs, (".geojson", ".json"))
    for manifest in manifests:
        yield from native.seal(manifest)
    yield from strange
    for file in files:
        yield from _counted(file)


def _task(record: Record) -> Properties:
    flow = record.workflow
    return Properties(
        record.number,
        record.id,
        record.name,
        record.path,
        state_of(record),
        record.asset.uri,
        record.external_id,
        flow.stage,
        flow.status,
        flow.batch,
    )


def _feature(one: Annotation, said: Properties, classes: dict[object, LabelClass]) -> Feature:
    found = classes.get(one.class_)
    name = one.class_ if isinstance(one.class_, str) else found.name if found else None
    place = proper(one.geometry.geometry) if isinstance(one.geometry, Geo) else None
    bare = msgspec.structs.replace(one, geometry=None)
    return Feature(place, msgspec.structs.replace(said, class_name=name, annotation=bare))


def _counted(file: Input) -> Iterator[Item]:
    """Yield the tasks of a file, what cannot be taken of it, and how much there was."""
    seen = held = 0
    try:
        for item in _items(file):
            if isinstance(item, Record):
                seen, held = seen + 1, held + annotations(item)
            else:
                seen, held = seen + item.records, held + item.annotations
            yield item
    except (*BROKEN, ValueError) as e:
        yield Reject(file.path, "$", (native.fault(e),))
    yield Counted(file.path, seen, held)


def _items(file: Input) -> Iterator[Record | Reject]:
    foreign: list[dict[str, Any]] = []
    for _, group in groupby(_ours(file, foreign), lambda one: one.properties.task_number):
        yield from _record(list(group), file.path)
    if foreign:
        yield from _foreign(foreign, file.path)


def _ours(file: Input, foreign: list[dict[str, Any]]) -> Iterator[Feature]:
    """Yield the features that this format wrote; put the others aside."""
    for found in _features(file):
        if isinstance(found, Feature):
            yield found
        else:
            foreign.append(found)


def _features(file: Input) -> Iterator[Found]:
    """Yield the features of a file: line by line where it is laid out as ours are."""
    with file.open() as opened:
        head = opened.readline()
        if head == HEAD:
            for line in opened:
                if line == TAIL[1:]:
                    return
                if line != TAIL[:1]:
                    yield _read(_value.decode(line.rstrip(b",\n")))
            raise ValueError("the collection does not end")
        yield from map(_read, _members(_value.decode((head + opened.read()).removeprefix(native.BOM))))


def _members(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the features of a GeoJSON text of any kind; raises `ValueError` where it is not in WGS 84."""
    crs = document.get("crs")
    if crs is not None and not any(name in str(crs) for name in WGS84):
        raise ValueError(f"crs {crs!r}: GeoJSON is in WGS 84; convert it first (RFC 7946, section 4)")
    match document.get("type"):
        case "FeatureCollection":
            return msgspec.convert(document.get("features"), list[dict[str, Any]])
        case "Feature":
            return [document]
        case _:
            return [{"type": "Feature", "geometry": document, "properties": None}]


def _read(value: dict[str, Any]) -> Found:
    """Return the feature, as one of ours where it says of which task it is."""
    properties = value.get("properties")
    is_ours = isinstance(properties, dict) and {"task_number", "task"} <= properties.keys()
    return msgspec.convert(value, Feature) if is_ours else value


def _record(features: list[Feature], path: str) -> Iterator[Record | Reject]:
    """Yield the task that features of ours are of, and those of its annotations that have no proper place."""
    said = features[0].properties
    labels: dict[str, Label] = {}
    marks: dict[str, list[Annotation]] = {}
    for feature in features:
        about = feature.properties
        if about.label is not None and about.label not in labels:
            labels[about.label] = Label(about.label, about.author, about.label_source)
            marks[about.label] = []
    for feature in features:
        label, one = feature.properties.label, feature.properties.annotation
        if label is None or one is None:
            continue
        if wrong := _wrong(feature.geometry):
            yield Reject(path, said.task, wrong, annotations=1, records=0)
        else:
            shape = Geo(feature.geometry) if feature.geometry else None
            marks[label].append(msgspec.structs.replace(one, geometry=shape))
    yield Record(
        said.task,
        said.name,
        Asset(said.task, "geo", said.uri),
        said.task_number,
        said.path,
        said.external_id,
        workflow=Workflow(said.stage, said.status, said.batch),
        labels=tuple(msgspec.structs.replace(one, annotations=tuple(marks[one.id])) for one in labels.values()),
    )


def _foreign(features: list[dict[str, Any]], path: str) -> Iterator[Record | Reject]:
    """Yield the one task of a file that somebody else wrote."""
    found: dict[str, Annotation] = {}
    for place, feature in enumerate(features):
        geometry = feature.get("geometry")
        if wrong := _wrong(geometry):
            yield Reject(path, f"$.features[{place}]", wrong, annotations=1, records=0)
            continue
        given = feature.get("properties")
        properties = dict(given) if isinstance(given, dict) else {}
        class_ = next((name for name in CLASS if isinstance(properties.get(name), str)), "")
        id_ = str(feature.get("id", f"feature-{place}"))
        id_ = f"{id_}-{place}" if id_ in found else id_
        named = properties.pop(class_, None)
        shape = Geo(geometry) if geometry else None
        found[id_] = Annotation(id_, class_=named, geometry=shape, extra=properties or None)
    name = path.rpartition("/")[2]
    yield Record(
        path, name, Asset(path, "geo"), labels=(Label("geojson", source="import", annotations=tuple(found.values())),)
    )


def _wrong(geometry: object) -> tuple[Fault, ...]:
    """Return what is wrong with a place; none is not wrong."""
    if geometry is None:
        return ()
    return tuple(Fault(f"$.geometry{one.path}", one.reason) for one in geometry_faults(geometry))


FORMAT = Format(
    "GeoJSON, a feature for each annotation",
    CARRIES,
    encode,
    documents,
    decode=decode,
    holds={"features": "shape_or_empty"},
    number=number,
)
