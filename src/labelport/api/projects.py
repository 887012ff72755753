"""Questions and answers about projects, their tasks, and what goes in."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from labelport.api.operation import Limit
from labelport.errors import Fault
from labelport.model.asset import Asset
from labelport.model.export import Selection
from labelport.model.ontology import LabelClass
from labelport.model.record import Record
from labelport.model.workflow import Member


class CreateProject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Make a project."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]


class GetProject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Find a project by id or name; `at` a change number."""

    project: str
    at: int | None = None


class FindProject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Find a project by id or name, and count nothing."""

    project: str


class ProjectName(msgspec.Struct, frozen=True):
    """Which project it is."""

    id: str
    name: str


class Project(msgspec.Struct, frozen=True):
    """A project as it stands at a change number."""

    id: str
    name: str
    number: int
    tasks: int
    labelled: int
    empty: int
    classes: tuple[LabelClass, ...]
    batches: dict[str, str]


class ImportFiles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Import files or folders of a format into a project, which is made when it is not there."""

    project: str
    format: str
    paths: Annotated[tuple[str, ...], Meta(min_length=1)]
    media: str | None = None
    media_mode: Literal["link", "copy"] = "link"


class Rejected(msgspec.Struct, frozen=True):
    """Something that was not taken: where it stands in the input, and everything that is wrong with it."""

    file: str
    record: str
    faults: tuple[Fault, ...]
    annotations: int = 0


class ImportReport(msgspec.Struct, frozen=True):
    """What an import did. Records and annotations found = taken + rejected.

    `unread` counts the keys of the input that the format has no place for. `rejected` holds the first hundred; all of
    them are in the file `quarantine`.
    """

    project: str
    records: int
    created: int
    changed: int
    unchanged: int
    annotations: int
    rejected_records: int
    rejected_annotations: int
    rejected: tuple[Rejected, ...]
    unread: dict[str, int]
    number: int
    quarantine: str | None = None
    media_missing: int = 0


class ListTasks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Find tasks."""

    project: str
    selection: Selection = Selection()
    at: int | None = None
    after: str | None = None
    limit: Limit = 100


class Task(msgspec.Struct, frozen=True):
    """A task as it stands."""

    number: int
    id: str
    name: str
    path: str
    stage: str
    status: str
    batch: str | None
    state: str
    external_id: str | None
    global_key: str | None
    open_issues: int


class SaveTasks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Store these records as the tasks' state, all with one change number."""

    project: str
    records: Annotated[tuple[Record, ...], Meta(min_length=1)]


class RemoveTasks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Delete tasks; their history stays."""

    project: str
    tasks: Annotated[tuple[str, ...], Meta(min_length=1)]


class EraseTask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Erase every content that was ever stored for a deleted task; the record that there was one stays."""

    project: str
    task: str


class Erased(msgspec.Struct, frozen=True):
    """How many blocks went."""

    blocks: int


class AddClass(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Add a class; it gets the next number."""

    project: str
    name: Annotated[str, Meta(min_length=1)]


class RenameClass(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Give a class another name; its number stays."""

    project: str
    number: int
    name: Annotated[str, Meta(min_length=1)]


class RenameBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Give a batch another name; its id stays."""

    project: str
    batch: str
    name: Annotated[str, Meta(min_length=1)]


class EditAsset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Change an asset wherever it is: every project that holds it takes a number."""

    asset: Asset


class Edited(msgspec.Struct, frozen=True):
    """The change number that each project took, by project id."""

    numbers: dict[str, int]


class PutMember(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Add a person or change what is known of one."""

    member: Member
