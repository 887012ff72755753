"""The exports of a project, and what is read of it at once: records, tasks, events, times."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import msgspec
from msgspec.structs import replace

from labelport import api
from labelport.client.jobs import ExportJob
from labelport.client.params import fields_of, selection_of, several
from labelport.client.searches import searched
from labelport.client.transport import Transport, pages
from labelport.errors import NotFoundError
from labelport.kit.moments import span, zone_named
from labelport.kit.task_events import active_time, task_events
from labelport.model.export import EVERY, FIELDS, ExportRequest, Selection
from labelport.model.labour import Day, Performance, performance, productivity
from labelport.model.record import Record
from labelport.model.stages import Stages


class ProjectExport:
    """The exports of a project."""

    def __init__(self, transport: Transport, project: str) -> None:
        """Export from a project."""
        self._transport, self._project = transport, project

    def __call__(
        self,
        *,
        params: Mapping[str, Any] | None = None,
        filters: Mapping[str, Any] | None = None,
        format: str | Sequence[str] = "ndjson",  # noqa: A002  the word of the interfaces
        to: str | None = None,
        since: str | int | None = None,
        request: ExportRequest | None = None,
    ) -> ExportJob:
        """Make an export job; `params` and `filters` as the product docs have them, or a whole `request`."""
        if request is None:
            request = ExportRequest(
                project=self._project,
                selection=selection_of(filters or {}),
                fields=FIELDS if params is None else fields_of(params),
                formats=several(format),
            )
        ask = api.CreateExport(request, to, None if since is None else str(since))
        return ExportJob(self._transport, self._transport.ask(api.CREATE_EXPORT, ask))

    def plan(self, request: ExportRequest) -> api.Plan:
        """Foresee an export: counts and losses, before anything is written."""
        return self._transport.ask(api.PLAN_EXPORT, api.PlanExport(request))

    def export_tasks(
        self,
        *,
        only_ground_truth: bool = False,
        task_id: str | Sequence[str] | None = None,
        stage_name: str | None = None,
        fields: Sequence[str] = FIELDS,
        at: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Yield the records of tasks as they are, or were at a change number: plain values in the native layout."""
        selection = Selection(
            tasks=() if task_id is None else several(task_id),
            ground_truth=True if only_ground_truth else None,
            stages=(stage_name,) if stage_name else (),
        )
        request = ExportRequest(project=self._project, selection=selection, fields=tuple(fields), at=at)
        for line in self._transport.records(api.StreamRecords(request)):
            yield msgspec.json.decode(line, type=dict[str, Any])

    def get_task_events(
        self,
        *,
        only_ground_truth: bool = True,
        task_id: str | None = None,
        from_timestamp: float | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Yield what happened to each task, as the product docs have it; of those changed since, everything.

        `from_timestamp` is in seconds since 1970, UTC. Deleted tasks come along unless tasks are selected.
        """
        selection = Selection(
            tasks=(task_id,) if task_id is not None else (),
            ground_truth=True if only_ground_truth and task_id is None else None,
        )
        since = _microseconds(from_timestamp)
        stages, ask = self._stages(), api.ListTrails(self._project, selection, since)
        for trail in pages(lambda mark: self._transport.ask(api.LIST_TRAILS, replace(ask, after=mark))):
            yield task_events(trail, stages)

    def get_active_time(self, stage_name: str, task_id: str | None = None) -> Iterator[dict[str, Any]]:
        """Yield how long people worked in each pass of tasks through a stage, as the product docs have it."""
        stage = self._stages().chosen(stage_name)
        ask = api.ListWorkTimes(self._project, stage.name, task_id)
        for one in self._work_times(ask):
            yield active_time(one, self._project, stage)

    def get_productivity(
        self, since: str | int | None = None, until: str | int | None = None, *, zone: str = "UTC"
    ) -> list[Day]:
        """Return what each person did in each stage on each day of a zone, in a range of time; dates as in filters."""
        start, end = span(since, until, zone) or (None, None)
        ask = api.ListWorkTimes(self._project, since=start, until=end)
        return productivity(self._work_times(ask), zone_named(zone))

    def get_performance(self, task_id: str) -> Performance:
        """Return the seconds of work on a task: on its first label, in reviews, after a rejection, all together."""
        stages = self._stages()
        for task in self.export_tasks(task_id=task_id, fields=("stage_history",)):
            return performance(msgspec.convert(task, Record).stage_history, stages)
        raise NotFoundError(f"no task {task_id!r}")

    def list_tasks(  # noqa: PLR0913  the product docs' own
        self,
        search: str | Selection = "all",
        *,
        stage_name: str | None = None,
        user_id: str | None = None,
        task_id: str | None = None,
        task_name: str | None = None,
        exact_match: bool = False,
        completed_at: tuple[float | None, float | None] | None = None,
        limit: int | None = None,
    ) -> Iterator[api.Task]:
        """Yield the tasks that a search of the product docs means, or that meet a selection; see `searched`.

        `task_name` is how the name begins, or with `exact_match` all of it; `completed_at` are seconds since 1970, UTC.
        """
        if isinstance(search, str):
            ends = None if completed_at is None else (_microseconds(completed_at[0]), _microseconds(completed_at[1]))
            search = searched(search, self._stages(), stage=stage_name, user=user_id, completed_at=ends)
        if task_id is not None:
            search = replace(search, tasks=(task_id,))
        elif task_name is not None:
            search = replace(search, names=(task_name,)) if exact_match else replace(search, name_prefix=task_name)
        yield from islice(tasks_of(self._transport, self._project, search), limit)

    def _stages(self) -> Stages:
        return self._transport.ask(api.GET_STAGES, api.GetStages(self._project))

    def _work_times(self, ask: api.ListWorkTimes) -> Iterator[api.WorkTime]:
        return pages(lambda mark: self._transport.ask(api.LIST_WORK_TIMES, replace(ask, after=mark)))


def _microseconds(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1_000_000)


def tasks_of(
    transport: Transport, project: str, selection: Selection = EVERY, at: int | None = None
) -> Iterator[api.Task]:
    """Yield the tasks of a project that meet a selection, in order of their numbers."""
    ask = api.ListTasks(project, selection, at, limit=1000)
    yield from pages(lambda mark: transport.ask(api.LIST_TASKS, replace(ask, after=mark)))
