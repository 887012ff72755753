"""The SDK: projects, tasks and exports, asked for through a transport (the workspace itself, or a server)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from labelport import api
from labelport.client.class_maps import class_map_of
from labelport.client.jobs import ExportJob
from labelport.client.params import several
from labelport.client.project_export import ProjectExport, tasks_of
from labelport.client.transport import Transport, pages
from labelport.model.acts import Lead, Work
from labelport.model.asset import Asset
from labelport.model.export import EVERY, ClassMap, Selection
from labelport.model.label import Label
from labelport.model.record import Record
from labelport.model.stages import Stages
from labelport.model.workflow import Member


class Workspace:
    """Everything that one may see: projects, people, exports."""

    def __init__(self, transport: Transport) -> None:
        """Ask through a transport."""
        self._transport = transport

    def create_project(self, name: str) -> "Project":
        """Make a project; raises `ConflictError` where the name is taken."""
        return self._project(self._transport.ask(api.CREATE_PROJECT, api.CreateProject(name)))

    def project(self, key: str) -> "Project":
        """Return a project by id or name; raises `NotFoundError`."""
        return self._project(self._transport.ask(api.FIND_PROJECT, api.FindProject(key)))

    def projects(self) -> Iterator[api.Project]:
        """Yield all projects as they stand."""
        yield from self._transport.ask(api.LIST_PROJECTS, api.Nothing()).items

    def import_files(
        self,
        project: str,
        format: str,  # noqa: A002  the word of the interfaces
        paths: Iterable[str],
        *,
        media: str | None = None,
        media_mode: Literal["link", "copy"] = "link",
    ) -> api.ImportReport:
        """Import files into a project, which is made when it is not there."""
        ask = api.ImportFiles(project, format, tuple(paths), media, media_mode)
        return self._transport.ask(api.IMPORT_FILES, ask)

    def edit_asset(self, asset: Asset) -> dict[str, int]:
        """Change an asset in every project that holds it; return the change number that each took."""
        return self._transport.ask(api.EDIT_ASSET, api.EditAsset(asset)).numbers

    def put_member(self, member: Member) -> None:
        """Add a person or change what is known of one."""
        self._transport.ask(api.PUT_MEMBER, api.PutMember(member))

    def export(self, export: str) -> ExportJob:
        """Find an export again by its id."""
        return ExportJob(self._transport, self._transport.ask(api.GET_EXPORT, api.Named(export)))

    def exports(self, project: str | None = None) -> Iterator[api.Export]:
        """Yield exports, the newest first."""
        yield from pages(lambda after: self._transport.ask(api.LIST_EXPORTS, api.ListExports(project, after)))

    def reproduce(self, export: str) -> api.Reproduced:
        """Make an export again at its cut, and compare."""
        return self._transport.ask(api.REPRODUCE_EXPORT, api.Named(export))

    def diff(self, older: str, newer: str) -> api.Diff:
        """Compare two exports of a project."""
        return self._transport.ask(api.DIFF_EXPORTS, api.DiffExports(older, newer))

    def verify(self, path: str) -> api.Verified:
        """Check a delivery against its manifest."""
        return self._transport.ask(api.VERIFY_DELIVERY, api.VerifyDelivery(path))

    def fold(self, base: str, deltas: Iterable[str], to: str) -> api.Folded:
        """Apply deltas, in order, to a full delivery."""
        return self._transport.ask(api.FOLD_DELIVERIES, api.FoldDeliveries(base, tuple(deltas), to))

    def verify_log(self, project: str | None = None, checkpoint: str | None = None) -> api.LogReport:
        """Check logs against all that is stored, and against a checkpoint kept elsewhere."""
        return self._transport.ask(api.VERIFY_LOG, api.VerifyLog(project, checkpoint))

    def checkpoint(self, project: str | None = None) -> api.Checkpoint:
        """Sign where a log stands."""
        return self._transport.ask(api.TAKE_CHECKPOINT, api.TakeCheckpoint(project))

    def report(self, ask: api.StreamReport | None = None) -> Iterator[bytes]:
        """Yield the report of the organization's log: exports, refusals, members, reports; see `Project.report`."""
        return self._transport.report(ask or api.StreamReport(None))

    def verify_report(self, path: str, checkpoint: str | None = None, key: str | None = None) -> api.ReportVerified:
        """Check a report that lies in a file; its checkpoint may have been kept elsewhere, the key be published."""
        return self._transport.ask(api.VERIFY_REPORT, api.VerifyReport(path, checkpoint, key))

    def _project(self, found: api.Project | api.ProjectName) -> "Project":
        return Project(self._transport, found.id, found.name)


class Project:
    """A project. `export` is called to make a job, and has methods that return records at once."""

    def __init__(self, transport: Transport, id: str, name: str) -> None:  # noqa: A002  the field's word
        """Name a project by its id."""
        self.id, self.name = id, name
        self._transport = transport
        self.export = ProjectExport(transport, id)

    def info(self, at: int | None = None) -> api.Project:
        """Return the project as it stands, or stood at a change number."""
        return self._transport.ask(api.GET_PROJECT, api.GetProject(self.id, at))

    def save(self, records: Sequence[Record]) -> int | None:
        """Store records with one change number; return it, None where nothing changed."""
        return self._transport.ask(api.SAVE_TASKS, api.SaveTasks(self.id, tuple(records))).number

    def remove(self, tasks: Iterable[str]) -> int | None:
        """Delete tasks; their history stays."""
        return self._transport.ask(api.REMOVE_TASKS, api.RemoveTasks(self.id, tuple(tasks))).number

    def erase(self, task: str) -> int:
        """Erase every content of a deleted task; return how many blocks went."""
        return self._transport.ask(api.ERASE_TASK, api.EraseTask(self.id, task)).blocks

    def add_class(self, name: str) -> int | None:
        """Add a class with the next number."""
        return self._transport.ask(api.ADD_CLASS, api.AddClass(self.id, name)).number

    def rename_class(self, number: int, name: str) -> int | None:
        """Give a class another name."""
        return self._transport.ask(api.RENAME_CLASS, api.RenameClass(self.id, number, name)).number

    def class_map(self, renamed: Mapping[str, str], only: Sequence[str] = ()) -> ClassMap | None:
        """Return a class map for an `ExportRequest`: `{"car": "vehicle", "truck": "vehicle:3"}`; see `class_map_of`."""
        return class_map_of(self.info().classes, list(renamed.items()), only)

    def rename_batch(self, batch: str, name: str) -> int | None:
        """Give a batch another name."""
        return self._transport.ask(api.RENAME_BATCH, api.RenameBatch(self.id, batch, name)).number

    def work(self, tasks: str | Iterable[str], act: Work, labels: Sequence[Label] = ()) -> int | None:
        """Do something to tasks, such as `acts.Submit()`; raises `ConflictError`, which says what is legal."""
        ask = api.WorkOnTasks(self.id, several(tasks), act, tuple(labels))
        return self._transport.ask(api.WORK_ON_TASKS, ask).number

    def lead(self, tasks: str | Iterable[str], act: Lead) -> int | None:
        """Assign, unassign, move or prioritize tasks; raises `ConflictError`, which says what is legal."""
        return self._transport.ask(api.LEAD_TASKS, api.LeadTasks(self.id, several(tasks), act)).number

    def restore(self, tasks: str | Iterable[str]) -> int | None:
        """Bring back deleted tasks as they were."""
        return self._transport.ask(api.RESTORE_TASKS, api.RestoreTasks(self.id, several(tasks))).number

    def acts(self, task: str) -> api.Acts:
        """Return where a task is, and what may be done to it."""
        return self._transport.ask(api.FIND_ACTS, api.FindActs(self.id, task))

    def stages(self, at: int | None = None) -> Stages:
        """Return the workflow."""
        return self._transport.ask(api.GET_STAGES, api.GetStages(self.id, at))

    def set_stages(self, stages: Stages) -> int | None:
        """Give the project its workflow."""
        return self._transport.ask(api.SET_STAGES, api.SetStages(self.id, stages)).number

    def report(self, ask: api.StreamReport | None = None) -> Iterator[bytes]:
        """Yield the audit report as lines of JSON, one for each task; the last one is the note that signs them."""
        return self._transport.report(ask or api.StreamReport(self.id))

    def tasks(self, selection: Selection = EVERY, *, at: int | None = None) -> Iterator[api.Task]:
        """Yield tasks in order of their numbers."""
        yield from tasks_of(self._transport, self.id, selection, at)
