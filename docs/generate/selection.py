"""The page of selections and requests: every filter, every part of a request."""

from typing import Any, get_args, get_origin

import msgspec
from docs.generate.markdown import block, code, page, table

from labelport.client.searches import SEARCHES, Search
from labelport.kit import moments
from labelport.model.export import FIELDS, DeliveredClass, ExportRequest, Selection, Split

SELECTED = {
    "tasks": ("Tasks by their ids.", "`--task ID`, or as WHAT"),
    "assets": ("Tasks whose asset has one of these ids.", "`--filter assets=ID`"),
    "global_keys": ("Tasks by their global keys.", "`--filter global_keys=KEY`"),
    "external_ids": ("Tasks by their ids in the system they came from.", "`--filter external_ids=ID`"),
    "names": ("Tasks by their names; several may bear one.", "`--name NAME`"),
    "stages": ("Tasks in one of these stages of the workflow.", "`--stage STAGE`"),
    "statuses": ("Tasks of one of these statuses.", "`--status STATUS`"),
    "ground_truth": ("`true`: tasks that finished the workflow (status `done`); `false`: all others.", "`groundtruth`"),
    "batches": ("Tasks of one of these batches, by id; the command line takes names too.", "`--batch BATCH`"),
    "assignees": ("Tasks that are assigned to one of these people, by id.", "`--filter assignees=ID`"),
    "authors": ("Tasks with a label by one of these people.", "`--filter authors=ID`"),
    "reviewers": ("Tasks that one of these people reviews.", "`--filter reviewers=ID`"),
    "classes": ("Tasks that hold an object of one of these classes, by number.", "`--class NAME`"),
    "kinds": ("Tasks that hold an annotation of one of these kinds.", "`--kind KIND`"),
    "metadata": ("Tasks whose metadata fields have these values.", "`--filter FIELD=VALUE`"),
    "states": ("`labelled`, `empty` (reviewed, and there is nothing) or `unlabelled`.", "`--state STATE`"),
    "open_issues": ("`true`: tasks with an open issue; `false`: without.", "`--filter open_issues=true`"),
    "sources": ("Tasks with a label by a `person`, a `model` or an `import`.", "`--filter sources=model`"),
    "last_activity_at": ("Tasks that were last changed in this range.", "`--filter last_activity_at=FROM..TO`"),
    "label_created_at": ("Tasks with a label made in this range.", "`--filter label_created_at=FROM..TO`"),
    "completed_at": ("Tasks that finished the workflow in this range.", "`--filter completed_at=FROM..TO`"),
    "name_prefix": ("Tasks whose names begin so.", "`--filter name_prefix=TEXT`"),
    "without": ("Tasks that nobody holds to label them, or to review them.", "`--filter without=assignees`"),
    "held_by": ("Tasks that somebody holds to label them, or to review them.", "`--filter held_by=reviewers`"),
    "came_from": (
        "Tasks that came to their stage from one of these; an empty name: from none.",
        "`--filter came_from=STAGE`",
    ),
    "drafts": ("`true`: tasks in which work was saved in this pass; `false`: all others.", "`--filter drafts=true`"),
    "verdicts": ("Tasks whose last review found this.", "`--filter verdicts=rejected`"),
    "left": (
        "Tasks that left `stage`, handed in `by` these people, `at` a time in this range.",
        "`--search completed`",
    ),
}
SEARCHED: dict[Search, str] = {
    "all": "every task, or every task at the stage that is given",
    "groundtruth": "tasks that finished the workflow",
    "unassigned": "tasks that wait at the stage, and nobody holds them",
    "queued": "tasks at the stage, but for those that were skipped",
    "draft": "tasks at the stage in which work was saved",
    "skipped": "tasks that were skipped at the stage, and those that are blocked for it",
    "completed": "tasks that left the stage, wherever they are now; `--filter completed_at=FROM..TO` says when",
    "failed": "tasks whose last review sent them back",
    "issues": "tasks with an open issue",
}
REQUESTED = {
    "project": ("The project, by id or name.", "`--project`"),
    "selection": ("Which tasks: see above.", "the filters"),
    "fields": ("The optional blocks: see below. What is off is absent, not null.", "`--fields`"),
    "formats": ("One format or several; all read the same change number.", "`--format`"),
    "options": ("Options of formats, by the format's name.", "`--option`"),
    "labels": (
        "Of several labels the `final` one, or `all`; `each-stage`: beside the final one those of each visit.",
        "`--labels`",
    ),
    "author": ("Only the labels of this person.", "`--author`"),
    "frames": (
        "Of tracks: `keyframes` as they were set, `all` frames, one in N (`every:N`), or F a second (`fps:F`).",
        "`--frames`",
    ),
    "class_map": ("What classes the delivery has: see below.", "`--class-map`, `--only-class`"),
    "since": ("Only what changed after this change number.", "`--since`"),
    "at": ("The change number to read at; the newest one unless it is given.", "`--at`"),
    "on_loss": ("What a format cannot carry: `convert` or `drop` it, or `fail`.", "`--on-loss`"),
    "split": ("Parts by share: see below.", "`--split`"),
    "media": (
        "Copies of the media: `none`, `copies` as they are, or `upright`: pictures turned as they are displayed.",
        "`--with-files`, `--upright`",
    ),
    "shard_size": ("How many task numbers are worked on at a time.", "`--shard-size`"),
    "verify": ("`counts`: while it is written; `deep`: read back, too.", "`--verify`"),
    "envelope": ("What the delivery is wrapped in: a `bagit` bag, or an `in-toto` statement beside.", "`--envelope`"),
}
BLOCKS = {
    "annotation_metadata": "who made and last changed each annotation, and when",
    "attachments": "what is shown beside the asset",
    "embeddings": "vectors that describe the asset",
    "issues": "questions raised on the task, with their comments",
    "label_details": "times, seconds spent, score and reviews of each label",
    "metadata": "the asset's metadata fields",
    "predictions": "labels of models",
    "stage_history": "the stages that the task passed through",
}
MAPPED = {
    "of": "The project's classes, by number, that go into a class of the delivery.",
    "name": "What it is called; the name of the first of them unless it is given. Several must be given one.",
    "number": "Its number; that of the first of them unless it is given.",
}
SPLIT = {
    "shares": "The parts and their shares, which add up to 1.",
    "by": "What keeps tasks in one part: `task` (each by itself), or a metadata field such as `patient`.",
    "seed": "Another seed gives other parts.",
    "stratify": "What comes in like shares in every part: `class`, or a metadata field.",
}


def selection_page() -> str:
    """Return the page."""
    return page(
        "Selections and requests",
        "A selection says which tasks. All conditions hold at once; of a list, one must hold; a condition that is not "
        "given does not restrict. Without any, every task is selected, whatever its stage. The same selection is taken "
        "by `labelport tasks` and `labelport export`, by `filters=` of the SDK, and is kept in every manifest.",
        "## Selection\n\n" + table(("field", "selects", "values", "command line"), _rows(Selection, SELECTED)),
        "The filters of the hosted platforms' documents work too: `workflow_status` (`ToLabel`, `InReview`, "
        "`InRework`, `Done`), `batch_ids`, `data_row_ids`, `global_keys` and `task_ids`. A misspelt filter is an "
        "error; a metadata field whose name is like a filter's is written `metadata.FIELD=VALUE`.",
        "## Searches\n\nSearches of the hosted platforms are selections with a name: `--search` on the command line, "
        "`list_tasks(search=...)` in the SDK. They look at one stage, the first unless another is given.\n\n"
        + table(("search", "selects"), [(code(name), SEARCHED[name]) for name in SEARCHES]),
        "## Dates\n\n"
        "A range is `[from, to]`, the end exclusive, either end open. On the command line it is `FROM..TO`, or a JSON "
        "list. `--zone` names the time zone of dates that state none.\n\n" + _dates(),
        "## Request\n\n" + table(("field", "means", "values", "command line"), _rows(ExportRequest, REQUESTED)),
        "## Optional blocks\n\n" + table(("field", "holds"), [(code(name), BLOCKS[name]) for name in FIELDS]),
        "## Split\n\n" + table(("field", "means"), [(code(name), SPLIT[name]) for name in Split.__struct_fields__]),
        "A part is found by the hash of what keeps tasks together: a task stays in its part as the project grows.",
        "## Class map\n\n`to` lists classes of the delivery; `others` says whether the project's other classes are "
        "kept as they are (`keep`), or their objects dropped and counted (`drop`).\n\n"
        + table(("field", "means"), [(code(name), MAPPED[name]) for name in DeliveredClass.__struct_fields__]),
        "## As JSON\n\n" + block("json", _example(), "an example; names are not those of a project here"),
    )


def _rows(kind: type[msgspec.Struct], about: dict[str, tuple[str, str]]) -> list[tuple[str, str, str, str]]:
    return [
        (code(field.name), about[field.name][0], _values(field.type), about[field.name][1])
        for field in msgspec.structs.fields(kind)
    ]


def _values(kind: Any) -> str:  # noqa: ANN401  an annotation of whatever form
    """Return the values that a field takes, in words."""
    text = str(kind)
    if "int | None, int | None" in text:
        return "range of dates"
    if get_origin(kind) is tuple or "tuple[" in text:
        inner = [str(value) for one in get_args(kind) for value in get_args(one) if isinstance(value, str)]
        return (
            f"list of {', '.join(map(code, inner))}" if inner else f"list of {'numbers' if 'int' in text else 'texts'}"
        )
    if "Literal" in text:
        return ", ".join(code(value) for value in get_args(kind))
    plain = {
        "bool": "true, false",
        "dict": "object",
        "Selection": "selection",
        "Split": "split",
        "ClassMap": "class map",
        "Left": "object",
    }
    return next((word for mark, word in plain.items() if mark in text), "number" if "int" in text else "text")


def _dates() -> str:
    """Return the table of forms that the module of moments documents."""
    lines = (moments.__doc__ or "").splitlines()
    return "\n".join(line for line in lines if line.startswith("|"))


def _example() -> str:
    request = ExportRequest(
        project="harbour",
        selection=Selection(stages=("review",), kinds=("ellipse",), metadata={"weather": "clear"}),
        fields=("metadata",),
        formats=("coco", "ndjson"),
        split=Split({"train": 0.8, "val": 0.2}, by="berth"),
    )
    return msgspec.json.format(msgspec.json.encode(request), indent=2).decode()
