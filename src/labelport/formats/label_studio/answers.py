"""What was answered: choices, ratings, numbers, dates, trees, texts, comparisons and rankings, and further labels.

Each answer's key is the name of its control. Kinds are those of the ontology, which has seen all answers of the
control: one with several choices anywhere is a checklist everywhere, one with paths of choices a tree. A list of texts
is one answer for each. A ranking with buckets is one answer for each bucket, `control/bucket`.
"""

from collections.abc import Iterator

from labelport.formats.label_studio.results import ANSWERS, Region, Result
from labelport.formats.label_studio.values import Fields, Object, shown
from labelport.model.answers import Answer, Checklist, Number, Option, Radio, Ranking, Text, Tree

KINDS = {
    "choices": "radio",
    "rating": "number",
    "number": "number",
    "datetime": "text",
    "taxonomy": "tree",
    "textarea": "text",
    "pairwise": "radio",
    "ranker": "ranking",
}
"""The kind of question that each type of result answers, at its narrowest."""


def kind_of(result: Result) -> tuple[str, list[str]]:
    """Return the kind of question that a result answers, as far as it alone can tell, and the options it names."""
    value = result.value.get(ANSWERS[result.type])
    items = value if isinstance(value, list) else [value]
    kind = KINDS[result.type]
    if result.type == "choices" and any(isinstance(item, list) for item in items):
        kind = "tree"
    elif result.type == "choices" and len(items) > 1:
        kind = "checklist"
    match kind:
        case "tree":
            return kind, _joined(items)
        case "number" | "text":
            return kind, []
        case _:
            return kind, ["left", "right"] if result.type == "pairwise" else _words(items)


def answers(result: Result, kind: str, fields: Fields) -> Iterator[Answer]:
    """Yield the answers of one result; a value of the wrong type adds a fault."""
    key = str(result.given.get("from_name") or result.type)
    name = ANSWERS[result.type]
    match result.type:
        case "rating" | "number":
            yield Number(key, fields.amount(name))
        case "choices" | "taxonomy" if kind == "tree":
            paths = tuple(_paths(fields, name))
            if paths:
                yield Tree(key, paths)
        case "choices" | "pairwise":
            yield from _chosen(key, kind, fields.texts(name), fields)
        case "ranker":
            yield from _ranked(key, result.value.get(name), fields)
        case "textarea":
            yield from (Text(key, text) for text in fields.texts(name))
        case _:
            yield Text(key, fields.text(name))


def further_labels(region: Region) -> Iterator[Checklist]:
    """Yield the labels of a region after the first, which is its class, under the names of their controls."""
    taken = False
    seen: set[tuple[str, str]] = set()
    for result, labels in region.labels():
        key = str(result.given.get("from_name") or result.type)
        words = labels
        if not taken:
            seen.add((key, words[0]))
            words, taken = words[1:], True
        fresh = [word for word in dict.fromkeys(words) if (key, word) not in seen]
        seen.update((key, word) for word in fresh)
        if fresh:
            yield Checklist(key, tuple(map(Option, fresh)))


def _chosen(key: str, kind: str, words: list[str], fields: Fields) -> Iterator[Answer]:
    if kind == "checklist":
        yield Checklist(key, tuple(map(Option, words)))
    elif len(words) > 1:
        fields.wrong("choices", f"names {len(words)} options of a question that takes one")
    elif words:
        yield Radio(key, Option(words[0]))


def _ranked(key: str, value: object, fields: Fields) -> Iterator[Answer]:
    buckets: Object = value if isinstance(value, dict) else {"_": value}
    for bucket, order in buckets.items():
        if not isinstance(order, list):
            fields.wrong("ranker", f"{shown(order)} is not a list")
            continue
        words = tuple(fields.word(item, f"ranker[{at}]") for at, item in enumerate(order))
        yield Ranking(key if bucket == "_" else f"{key}/{bucket}", words)


def _paths(fields: Fields, key: str) -> Iterator[tuple[str, ...]]:
    for at, item in enumerate(fields.items(key)):
        steps = item if isinstance(item, list) else [item]
        path = tuple(fields.word(step, f"{key}[{at}]") for step in steps)
        if path:
            yield path
        else:
            fields.wrong(f"{key}[{at}]", "is an empty path")


def _joined(items: list[object]) -> list[str]:
    return ["/".join(map(str, item)) if isinstance(item, list) else str(item) for item in items if item is not None]


def _words(items: list[object]) -> list[str]:
    return [str(item) for item in items if isinstance(item, str | int | float)]
