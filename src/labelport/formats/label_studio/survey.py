"""The first pass over an export: which classes, questions and objects there are, before any record is made.

Classes are numbered in the order of the configuration, then in the order in which labels appear first. The first label
of a region is its class; a label that only ever comes second is a class all the same.
"""

from typing import Literal, NamedTuple, cast

from labelport.formats.label_studio.answers import KINDS, kind_of
from labelport.formats.label_studio.config import Config, Control
from labelport.formats.label_studio.results import ANSWERS, Region, Result, annotations_of, results
from labelport.formats.label_studio.values import Object
from labelport.model.ontology import Attribute, LabelClass, Ontology

Kind = Literal["radio", "checklist", "text", "number", "boolean", "tree", "ranking"]
_RANK = ("radio", "checklist", "tree")
"""Kinds of a question with choices, each wider than the one before."""
_SHOWN_BY = {
    "box": "image",
    "ellipse": "image",
    "polygon": "image",
    "point": "image",
    "brush": "image",
    "bitmask": "image",
    "vector": "image",
    "track": "video",
    "frames": "video",
    "html": "html",
    "paragraphs": "conversation",
    "message": "conversation",
}
"""The kind of asset on which a shape lies."""


class _Question:
    """What is known of a question: its kind, its options in order, and of what it is asked."""

    __slots__ = ("classes", "kind", "options", "whole")

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.options: dict[str, None] = {}
        self.classes: dict[str, None] = {}
        self.whole = False


class Seen(NamedTuple):
    """An object of the task as its results tell of it: the kind of asset, and the key of its data."""

    kind: str | None
    source: str | None


class Plan(NamedTuple):
    """What the first pass found out."""

    ontology: Ontology
    kinds: dict[str, str]
    objects: dict[str, Seen]
    config: Config


class Survey:
    """Looks at every task once."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._classes: dict[str, str | None] = {}
        self._questions: dict[str, _Question] = {}
        self._objects: dict[str, Seen] = {}
        for control in config.controls.values():
            for name in control.objects:
                if name in config.objects and "{{" not in name:
                    self._objects.setdefault(name, Seen(None, None))
        for name, control in config.controls.items():
            self._configured(name, control)
        for name in config.objects:
            if "{{" not in name:
                self._objects.setdefault(name, Seen(None, None))

    def see(self, task: Object) -> None:
        """Note the labels, answers and objects of a task."""
        predictions = task.get("predictions")
        for given in [*annotations_of(task), *(predictions if isinstance(predictions, list) else [])]:
            found = results(given.get("result") if isinstance(given, dict) else None, "$")
            for region in found.regions:
                self._region(region)

    def plan(self) -> Plan:
        """Return what was found."""
        numbered = enumerate(self._classes.items(), 1)
        classes = tuple(
            LabelClass(number, name, shade, attributes=self._of(name)) for number, (name, shade) in numbered
        )
        whole = tuple(_attribute(key, it) for key, it in self._questions.items() if it.whole or not it.classes)
        kinds = {key: question.kind for key, question in self._questions.items()}
        return Plan(Ontology(classes, whole), kinds, self._objects, self._config)

    def _configured(self, name: str, control: Control) -> None:
        for label, shade in control.labels:
            self._classes[label] = self._classes.get(label) or shade
        kind = KINDS.get(control.tag)
        if kind is None or "{{" in name:
            return
        question = self._question(name, "checklist" if kind == "radio" and control.multiple else kind)
        question.options.update(dict.fromkeys(("left", "right") if control.tag == "pairwise" else control.options))
        question.whole = not control.per_region
        if control.per_region:
            question.classes.update(dict.fromkeys(control.when or self._labels_on(control.objects)))

    def _labels_on(self, objects: tuple[str, ...]) -> list[str]:
        controls = self._config.controls.values()
        return [label for it in controls if set(it.objects) & set(objects) for label, _ in it.labels]

    def _region(self, region: Region) -> None:
        shaped = region.shaped()
        shape = shaped[1] if shaped else None
        label = region.first_label()
        for result in region.results:
            self._object(result, shape)
            if result.type in ANSWERS:
                self._answer(result, label, shape)
        for at, (result, labels) in enumerate(region.labels()):
            self._classes.update({word: self._classes.get(word) for word in labels})
            further = labels[1:] if at == 0 else labels
            if further:
                key = str(result.given.get("from_name") or result.type)
                question = self._question(key, "checklist")
                question.options.update(dict.fromkeys(further))
                question.classes[str(label)] = None

    def _answer(self, result: Result, label: str | None, shape: str | None) -> None:
        kind, options = kind_of(result)
        key = str(result.given.get("from_name") or result.type)
        ranked = result.value.get("ranker")
        buckets = [key] if not isinstance(ranked, dict) else [key if it == "_" else f"{key}/{it}" for it in ranked]
        repeated = self._config.repeated(key) if key not in self._questions else None
        for name in buckets:
            question = self._question(name, kind)
            question.options.update(dict.fromkeys(repeated.options if repeated else ()))
            question.options.update(dict.fromkeys(options))
            if shape is not None and label is not None:
                question.classes[label] = None
            else:
                question.whole = True

    def _question(self, key: str, kind: str) -> _Question:
        question = self._questions.setdefault(key, _Question(kind))
        if kind in _RANK and question.kind in _RANK:
            question.kind = max(question.kind, kind, key=_RANK.index)
        return question

    def _object(self, result: Result, shape: str | None) -> None:
        name, source = result.given.get("to_name"), result.given.get("source")
        if not isinstance(name, str):
            return
        before = self._objects.get(name, Seen(None, None))
        kind = before.kind or _kind(result, shape)
        key = before.source or (source.removeprefix("$") if isinstance(source, str) else None)
        self._objects[name] = Seen(kind, key)

    def _of(self, label: str) -> tuple[Attribute, ...]:
        return tuple(_attribute(key, it) for key, it in self._questions.items() if label in it.classes)


def _kind(result: Result, shape: str | None) -> str | None:
    if shape in ("span", "interval"):
        if result.type == "timeserieslabels":
            return "other"
        heard = "channel" in result.value or "original_length" in result.given
        return "audio" if heard else "text" if shape == "span" and isinstance(result.value.get("text"), str) else None
    return _SHOWN_BY.get(shape or "")


def _attribute(key: str, question: _Question) -> Attribute:
    return Attribute(key, cast("Kind", question.kind), tuple(question.options))
