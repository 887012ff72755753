"""`labelport report`."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Literal

import click

from labelport import api
from labelport.api.trail import NOTE
from labelport.cli.completing import with_project
from labelport.cli.finding import opened, project_of
from labelport.cli.page import Page
from labelport.cli.surface import counted, failing, show, with_json, with_workspace
from labelport.client.workspace import Project, Workspace
from labelport.errors import ConflictError, RequestError
from labelport.kit import moments, trail_pages
from labelport.model.export import Span

WRITERS: dict[str, Callable[[IO[str], Iterator[bytes], str], str]] = {
    "json": trail_pages.array,
    "ndjson": trail_pages.lines,
    "csv": trail_pages.csv,
    "html": trail_pages.html,
}


@click.command("report", cls=Page)
@click.argument("scope", type=click.Choice(("all", "groundtruth", "organization")), default="all")
@with_project
@click.option(
    "--format",
    "format_",
    type=click.Choice(tuple(WRITERS)),
    default="json",
    show_default=True,
    help="JSON and NDJSON can be verified offline; CSV and HTML are for reading.",
)
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="The file; otherwise report.FORMAT here.")
@click.option("--task", "tasks", multiple=True, metavar="ID", help="Only this task.")
@click.option("--person", "people", multiple=True, metavar="ID", help="Only what this person did.")
@click.option("--event", "types", multiple=True, metavar="TYPE", help="Only events of a type, such as TASK_REJECTED.")
@click.option("--when", metavar="FROM..TO", help="Only events in a range of time.")
@click.option("--zone", default="UTC", show_default=True, help="The time zone of dates that state none.")
@with_workspace
@with_json
@failing
def command(
    scope: str,
    project: str | None,
    format_: str,
    to: Path | None,
    *,
    where: Path | None,
    as_json: bool,
    **given: Any,  # noqa: ANN401  the conditions, as click gives them
) -> None:
    """Write the audit trail: what happened to each task, by whom and when, with the proof that it is in the log.

    Beside the file lies a note that signs it; `labelport audit verify FILE` checks both without the workspace. A report
    takes a place in the organization's log itself, which `labelport report organization` writes: exports, refusals,
    members, reports.

    Examples:
      labelport report
      labelport report groundtruth --format html --to trail.html
      labelport report --event TASK_REJECTED --when 2026-01-01..2026-02-01 --format csv

    """
    space = opened(where, as_json=as_json)
    log = _log(space, scope, project)
    ask = _asked(log.id if log else None, scope, given)
    path = to or Path(f"report.{format_}")
    if path.exists():
        raise ConflictError(f"{str(path)!r} is there already: name another file with --to")
    with _finished(path) as file:
        note = WRITERS[format_](file, space.report(ask), log.name if log else "organization")
    path.with_name(path.name + NOTE).write_text(note, encoding="utf-8", newline="\n")
    tasks_, events = note.split("\n")[3].split(" ")[:2]
    told = f"{path}: {counted(int(tasks_), 'task')}, {counted(int(events), 'event')}; signed in {path.name}{NOTE}"
    show({"path": str(path), "tasks": int(tasks_), "events": int(events)}, as_json=as_json, text=lambda: told)


def _log(space: Workspace, scope: str, project: str | None) -> Project | None:
    """Return the project that the report is of; None for the organization's log."""
    if scope != "organization":
        return project_of(space, project)
    if project is not None:
        raise RequestError("the organization's log is of no project: leave out --project")
    return None


def _asked(project: str | None, scope: str, given: Mapping[str, Any]) -> api.StreamReport:
    since, until = _span(given["when"], given["zone"])
    what: Literal["all", "groundtruth"] = "groundtruth" if scope == "groundtruth" else "all"
    return api.StreamReport(project, what, given["tasks"], given["people"], given["types"], since, until)


def _span(when: str | None, zone: str) -> Span:
    start, dots, end = (when or "").partition("..")
    if when is not None and not dots:
        raise RequestError(f"--when takes FROM..TO, not {when!r}")
    return moments.span(start or None, end or None, zone) or (None, None)


@contextmanager
def _finished(path: Path) -> Iterator[IO[str]]:
    """Lend a file that has its name only once it is whole."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
