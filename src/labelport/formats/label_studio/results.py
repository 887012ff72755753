"""The list of results of one annotation, put together to regions: results of the same id are one region.

https://labelstud.io/guide/task_format: every control gives one result for a region, and they share its id. A choice
about the whole task has an id, and so a region, of its own. A relation is no region.
"""

from collections.abc import Container, Iterator
from typing import NamedTuple

from labelport.formats.label_studio.values import Object, identity

SHAPES = {
    "rectangle": "box",
    "rectanglelabels": "box",
    "ellipse": "ellipse",
    "ellipselabels": "ellipse",
    "polygon": "polygon",
    "polygonlabels": "polygon",
    "keypoint": "point",
    "keypointlabels": "point",
    "brush": "brush",
    "brushlabels": "brush",
    "magicwand": "brush",
    "bitmask": "bitmask",
    "bitmasklabels": "bitmask",
    "vector": "vector",
    "vectorlabels": "vector",
    "videorectangle": "track",
    "videovector": "track",
    "videovectorlabels": "track",
    "timelinelabels": "frames",
    "hypertextlabels": "html",
    "htmllabels": "html",
    "paragraphlabels": "paragraphs",
    "timeserieslabels": "interval",
    "chatmessage": "message",
}
"""Result types that say which shape their value is; `labels` and the answers take the shape of their region."""
ANSWERS = {
    "choices": "choices",
    "rating": "rating",
    "number": "number",
    "datetime": "datetime",
    "taxonomy": "taxonomy",
    "textarea": "text",
    "pairwise": "selected",
    "ranker": "ranker",
}
"""Result types that answer a question, and the key of their value that holds the answer."""
LABELS = frozenset({name for name in SHAPES if name.endswith("labels")} | {"labels", "htmllabels"})
"""Keys of a value that hold labels, each a result type as well."""
_TOLD_BY = (
    ("sequence", "track"),
    ("ranges", "frames"),
    ("rle", "brush"),
    ("imageDataURL", "bitmask"),
    ("vertices", "vector"),
    ("points", "polygon"),
    ("radiusX", "ellipse"),
    ("height", "box"),
    ("x", "point"),
)
"""Keys that tell the shape of a value, the surest first, as the editor itself tells it."""


class Result(NamedTuple):
    """One result: its path, what it is called by, and what it holds."""

    path: str
    type: str
    given: Object
    value: Object


class Region(NamedTuple):
    """What was said of one place: all results of one id."""

    id: str
    results: tuple[Result, ...]

    def shaped(self) -> tuple[Result, str] | None:
        """Return the result that holds the shape, and which shape it is; None where the region has none."""
        for result in self.results:
            shape = SHAPES.get(result.type)
            if shape and not (shape == "frames" and "ranges" not in result.value):
                return result, shape
        for result in sorted(self.results, key=lambda result: result.type in ANSWERS):
            shape = _told(result)
            if shape:
                return result, shape
        return None

    def first_label(self) -> str | None:
        """Return the label that says what the region is: the first one of all."""
        return next((labels[0] for _, labels in self.labels()), None)

    def labels(self) -> Iterator[tuple[Result, list[str]]]:
        """Yield the labels of each result that holds some."""
        for result in self.results:
            for key in result.value:
                if key in LABELS:
                    words = [word for word in _list(result.value[key]) if isinstance(word, str) and word]
                    if words:
                        yield result, words

    def strange_labels(self) -> Iterator[tuple[str, object]]:
        """Yield the path and value of what stands among labels and is none."""
        for result in self.results:
            for key in result.value:
                for at, word in enumerate(_list(result.value[key]) if key in LABELS else ()):
                    if not isinstance(word, str) or not word:
                        yield f"{result.path}.value.{key}[{at}]", word


class Results(NamedTuple):
    """The regions and relations of an annotation, and where something else stands among them."""

    regions: tuple[Region, ...]
    relations: tuple[Result, ...]
    strange: tuple[str, ...]


def results(given: object, path: str) -> Results:
    """Put a list of results together to regions, in the order in which each appears first."""
    regions: dict[str | int, list[Result]] = {}
    relations: list[Result] = []
    strange: list[str] = []
    for at, item in enumerate(given if isinstance(given, list) else ()):
        if not isinstance(item, dict):
            strange.append(f"{path}[{at}]")
            continue
        value = item.get("value")
        result = Result(f"{path}[{at}]", str(item.get("type", "")), item, value if isinstance(value, dict) else {})
        if result.type == "relation":
            relations.append(result)
        else:
            name = identity(item.get("id"))
            regions.setdefault(at if name is None else name, []).append(result)
    named = tuple(Region(_name(name, regions.keys()), tuple(of)) for name, of in regions.items())
    return Results(named, tuple(relations), tuple(strange))


def held(task: Object) -> int:
    """Return how many regions a task's annotations hold, by a count of its own: different ids, and each without one."""
    count = 0
    for annotation in annotations_of(task):
        found = annotation.get("result") if isinstance(annotation, dict) else None
        if not isinstance(found, list):
            continue
        plain = [item for item in found if not (isinstance(item, dict) and item.get("type") == "relation")]
        names = [identity(item.get("id")) if isinstance(item, dict) else None for item in plain]
        count += len({name for name in names if name is not None}) + names.count(None)
    return count


def annotations_of(task: Object) -> list[object]:
    """Return the annotations of a task; older exports call them completions."""
    for key in ("annotations", "completions"):
        found = task.get(key)
        if isinstance(found, list) and found:
            return found
    return []


def _list(found: object) -> list[object]:
    """Return labels as a list; one alone, or none, is read as well."""
    if isinstance(found, list):
        return found
    return [] if found is None else [found]


def _name(name: str | int, taken: Container[str | int]) -> str:
    """Return a region's id; one without is called by its place in the list."""
    if isinstance(name, str):
        return name
    made = f"result-{name}"
    while made in taken:
        made += "-"
    return made


def _told(result: Result) -> str | None:
    value = result.value
    for key, shape in _TOLD_BY:
        if key in value:
            return shape
    if "startOffset" in value:
        start = value.get("start")
        return "paragraphs" if isinstance(start, int) or (isinstance(start, str) and start.isdigit()) else "html"
    return "span" if "start" in value and "end" in value else None
