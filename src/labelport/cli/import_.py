"""`labelport import`."""

import sys
from pathlib import Path
from typing import Literal

import click

from labelport import api
from labelport.cli.completing import format_names, project_names
from labelport.cli.finding import opened
from labelport.cli.page import Page
from labelport.cli.surface import STRICT, counted, failing, interrupted, show, table, with_json, with_workspace

SHOWN = 10
"""So many rejected records are shown; the quarantine file holds all."""


@click.command("import", cls=Page)
@click.argument("format_", metavar="FORMAT", shell_complete=format_names)
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@click.option(
    "--project",
    required=True,
    help="The project's name or id; it is made when it is not there.",
    shell_complete=project_names,
)
@click.option("--media", type=click.Path(file_okay=False), help="Where the media lie; their true size is read.")
@click.option(
    "--media-mode",
    type=click.Choice(["link", "copy"]),
    default="link",
    show_default=True,
    help="Refer to the media where they lie, or copy them into the workspace.",
)
@click.option("--strict", is_flag=True, help="Exit 3 also where keys were not read or media not found.")
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Processes that work on it.")
@with_workspace
@with_json
@failing
def command(
    format_: str,
    paths: tuple[str, ...],
    project: str,
    media: str | None,
    media_mode: Literal["link", "copy"],
    strict: bool,
    workers: int,
    where: Path | None,
    as_json: bool,
) -> None:
    """Bring annotations in from files or folders of FORMAT (`labelport formats` lists them).

    The same files again change nothing, changed files only what changed. What is faulty is put aside and told;
    it never sinks the rest, and the exit code is 3 then.

    Examples:
      labelport import coco instances_val2017.json --project cars --media val2017/
      labelport import label_studio export.json --project reviews
      labelport import ndjson delivery/ --project cars

    """
    space = opened(where, as_json=as_json, workers=workers)
    try:
        report = space.import_files(project, format_, paths, media=media, media_mode=media_mode)
    except KeyboardInterrupt:
        interrupted("interrupted; the same command goes on: what is in already changes nothing", as_json=as_json)
    show(report, as_json=as_json, text=lambda: _text(report, project))
    if report.rejected or (strict and (report.unread or report.media_missing)):
        sys.exit(STRICT)


def _text(report: api.ImportReport, project: str) -> str:
    news = f"{report.created:,} new, {report.changed:,} changed, {report.unchanged:,} as before"
    held = f"{counted(report.annotations, 'annotation')} into {project!r}"
    lines = [f"{counted(report.records, 'record')} with {held}: {news}"]
    if report.rejected:
        records = counted(report.rejected_records, "record")
        lines.append(f"rejected: {records}, {counted(report.rejected_annotations, 'annotation')}")
        lines += [f"  {_place(one)}: {'; '.join(map(str, one.faults))}" for one in report.rejected[:SHOWN]]
        lines.append(f"  all of them: {report.quarantine}")
    if report.media_missing:
        lines.append(f"media not found for {counted(report.media_missing, 'record')}: look at --media")
    if report.unread:
        lines += ["", table(list(report.unread.items()), ("keys that have no place here", "count"))]
    return "\n".join(lines)


def _place(rejected: api.Rejected) -> str:
    return f"{rejected.file} {rejected.record}".strip()
