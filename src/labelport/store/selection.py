"""A selection as an SQL condition: the only SQL that is composed, and values only as parameters.

It speaks of a row of `task_version` (`t`, or another name) and of the labels that hold at the same cut.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from labelport.model.export import ExportRequest, Left, Selection, Span
from labelport.store.db import each, each_of, member, says
from labelport.store.pieces import keyed

_COLUMNS = {
    "tasks": "id",
    "assets": "asset",
    "global_keys": "global_key",
    "external_ids": "external_id",
    "names": "name",
    "stages": "stage",
    "statuses": "status",
    "batches": "batch",
    "states": "state",
}
_ERASABLE = ("assets", "global_keys", "external_ids", "names")
_BLOCK_OF = {"stage_history": "history"}
HANDED_IN = ("task.submitted", "task.accepted", "task.corrected", "task.rejected", "task.moved")
"""Events by which a task leaves a stage, or one of several has done with it; an index finds them by their time."""
_HOLDS = {"assignees": ('["assignee:',), "reviewers": ('["reviewer:', ',"reviewer:')}
"""What stands in the column of people before the id of one who has that part; a quote in an id has a backslash."""
_LABEL = (
    "EXISTS (SELECT 1 FROM label_version f WHERE f.log = {row}.log AND f.task = {row}.task"
    " AND f.since <= :{cut} AND f.until > :{cut} AND {condition})"
)


class Condition:
    """Conditions, all of which must hold, and the values that they name."""

    def __init__(self, cut: str = "cut", row: str = "t") -> None:
        """Speak of `row`, and of labels at the change number in the parameter `cut`."""
        self.cut, self.row = cut, row
        self._parts: list[str] = []
        self.values: dict[str, Any] = {}

    @property
    def text(self) -> str:
        """The SQL, true where nothing restricts."""
        return " AND ".join(self._parts) or "1 = 1"

    def add(self, text: str, **values: object) -> None:
        """Add a condition with its values."""
        self._parts.append(text)
        self.values |= values

    def changed_after(self, base: int) -> None:
        """Add the condition that the task changed after a change number, up to the cut."""
        changed = f"c.log = :log AND c.number > :base AND c.number <= :{self.cut}"
        self.add(f"{self.row}.task IN (SELECT c.task FROM change c WHERE {changed})", base=base)

    def named(self, parameter: str) -> str:
        """Return this condition, and that the task is in a list that a later reading brings."""
        return f"{self.text} AND {self.row}.task IN ({each(parameter)})"

    def among(self, name: str, wanted: tuple[Any, ...], condition: str) -> None:
        """Add a condition on a list of `{wanted}` values, of any length; an empty list does not restrict."""
        if wanted:
            self.add(condition.replace("{wanted}", each(name)), **{name: msgspec.json.encode(wanted).decode()})

    def label(self, condition: str) -> str:
        """Return the condition that some label of the task meets."""
        return _LABEL.replace("{cut}", self.cut).replace("{row}", self.row).replace("{condition}", condition)


def where(selection: Selection, cut: str = "cut", row: str = "t") -> Condition:
    """Return the condition that a task meets the selection at the change number in the parameter `cut`."""
    found = Condition(cut, row)
    for name, column in _COLUMNS.items():
        condition = f"{row}.{column} IN ({{wanted}})"
        found.among(name, getattr(selection, name), _or_erased(condition, row) if name in _ERASABLE else condition)
    _people(found, selection)
    _labels(found, selection)
    if selection.ground_truth is not None:
        found.add(f"{row}.status {'=' if selection.ground_truth else '<>'} 'done'")
    if selection.open_issues is not None:
        found.add(f"{row}.open_issues {'>' if selection.open_issues else '='} 0")
    for i, wanted in enumerate(_keys(selection)):
        condition = f"EXISTS (SELECT 1 FROM {each_of(f'{row}.keys')} k WHERE k.value = :meta{i})"
        found.add(_or_erased(condition, row), **{f"meta{i}": wanted})
    _times(found, selection)
    _work(found, selection)
    return found


def label(request: ExportRequest) -> tuple[str, Mapping[str, Any]]:
    """Return the condition that a label `l` is among those that the request chooses."""
    if request.author is not None:
        return "l.author = :author", {"author": request.author}
    return ("1 = 1", {}) if request.labels == "all" else ("l.final = 1", {})


def _keys(selection: Selection) -> Iterator[str]:
    for key, value in sorted(selection.metadata.items()):
        yield keyed(key, value)


def block_columns(fields: Sequence[str], *, stamps: bool) -> str:
    """Return the columns that point to blocks: of the asset, a label's body and stamps, and the optional fields."""
    named = (f"t.{_BLOCK_OF.get(field, field)}_block" for field in fields)
    return ", ".join(("t.asset_block", "l.body_block", "l.stamps_block" if stamps else "NULL", *named))


def class_column(wanted: Literal["told apart", "alike"]) -> str:
    """Return the column that tells labels apart by their classes, or one that does not."""
    return "l.classes" if wanted == "told apart" else "''"


def _or_erased(condition: str, row: str) -> str:
    """Return a condition that an erased task meets too: what it was is not known any more."""
    return f"({condition} OR length({row}.identity) = 0)"


def _people(found: Condition, selection: Selection) -> None:
    for role, wanted in (("assignee", selection.assignees), ("reviewer", selection.reviewers)):
        people = tuple(f"{role}:{person}" for person in wanted)
        condition = f"EXISTS (SELECT 1 FROM {each_of(f'{found.row}.people')} p WHERE p.value IN ({{wanted}}))"
        found.among(role, people, _or_erased(condition, found.row))


def _labels(found: Condition, selection: Selection) -> None:
    kinds = tuple(f"{of}:{name}" for name in selection.kinds for of in ("kind", "keyframe"))
    authors = _or_erased(found.label("f.author IN ({wanted})"), found.row)
    found.among("authors", selection.authors, authors)
    found.among("sources", selection.sources, found.label("f.source IN ({wanted})"))
    classes = f"EXISTS (SELECT 1 FROM {each_of('f.classes')} c WHERE c.value IN ({{wanted}}))"
    found.among("classes", selection.classes, found.label(classes))
    found.among(
        "kinds", kinds, found.label(f"EXISTS (SELECT 1 FROM {each_of('f.kinds')} k WHERE k.key IN ({{wanted}}))")
    )


def _work(found: Condition, selection: Selection) -> None:
    """Add what is asked of the work on a task: who does not hold it, what was saved, said and handed in."""
    row = found.row
    if selection.name_prefix is not None:
        starts = f"substr({row}.name, 1, length(:name_prefix)) = :name_prefix"
        found.add(_or_erased(starts, row), name_prefix=selection.name_prefix)
    for role in selection.without:
        for text in _HOLDS[role]:
            found.add(f"NOT {says(f'{row}.people', text)}")
    for role in selection.held_by:
        told = " OR ".join(says(f"{row}.people", text) for text in _HOLDS[role])
        found.add(_or_erased(f"({told})", row))
    if selection.came_from:
        told = " OR ".join(_came_from(found, i, stage) for i, stage in enumerate(selection.came_from))
        found.add(_or_erased(f"({told})", row))
    if selection.drafts is not None:
        draft = says(f"{row}.standing", '"draft":true')
        found.add(_or_erased(draft if selection.drafts else f"NOT {draft}", row))
    if selection.verdicts:
        told = " OR ".join(says(f"{row}.standing", f'"verdict":"{verdict}"') for verdict in selection.verdicts)
        found.add(_or_erased(f"({told})", row))
    if selection.left is not None:
        _left(found, selection.left)


def _came_from(found: Condition, i: int, stage: str) -> str:
    """Return the condition that a task came to where it is from a stage; an empty name means from none."""
    text = f"CAST({found.row}.standing AS TEXT)"
    if not stage:
        return f"instr({text}, '\"came_from\":') = 0"
    found.values[f"came_from{i}"] = f'"came_from":{msgspec.json.encode(stage).decode()}'
    return f"instr({text}, :came_from{i}) > 0"


def _left(found: Condition, left: Left) -> None:
    """Add that an event tells of a pass through a stage that ended, which events are found by their time."""
    handed_in = Condition(row="e")
    handed_in.add("e.kind IN ('" + "', '".join(HANDED_IN) + "')")
    handed_in.add(f"{member('e.data', 'stage')} = :left_stage", left_stage=left.stage)
    handed_in.among("left_by", left.by, "e.actor IN ({wanted})")
    if test := _span(found, "left_at", left.at, "e.at"):
        handed_in.add(test)
    within = f"e.log = :log AND e.number <= :{found.cut} AND {handed_in.text}"
    if left.at is None:
        of_task = f"SELECT 1 FROM event e WHERE {within} AND e.task = {found.row}.task"
        found.add(f"EXISTS ({of_task})", **handed_in.values)
    else:
        found.add(f"{found.row}.task IN (SELECT e.task FROM event e WHERE {within})", **handed_in.values)


def _times(found: Condition, selection: Selection) -> None:
    for name, column in (("last_activity_at", "active_at"), ("completed_at", "completed_at")):
        if test := _span(found, name, getattr(selection, name), f"{found.row}.{column}"):
            found.add(test)
    if test := _span(found, "label_created_at", selection.label_created_at, "f.created_at"):
        found.add(found.label(test))


def _span(found: Condition, name: str, span: Span | None, column: str) -> str | None:
    """Return the test that a time lies in a span, the end exclusive; its values go to the condition."""
    if span is None:
        return None
    tests = [f"{column} IS NOT NULL"]
    for end, sign, bound in (("from", ">=", span[0]), ("to", "<", span[1])):
        if bound is not None:
            tests.append(f"{column} {sign} :{name}_{end}")
            found.values[f"{name}_{end}"] = bound
    return " AND ".join(tests)
