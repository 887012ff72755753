"""`labelport exports`."""

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import click

from labelport.cli import report
from labelport.cli.completing import export_ids, project_names
from labelport.cli.export_ import finish
from labelport.cli.finding import opened
from labelport.cli.page import Pages
from labelport.cli.surface import counted, failing, show, table, with_json, with_workspace

NOTHING = "nothing was exported yet: `labelport export` does it"


@click.group("exports", cls=Pages, invoke_without_command=True)
@with_workspace
@with_json
@click.pass_context
def command(ctx: click.Context, where: Path | None, as_json: bool) -> None:
    """Look into the history of exports: list, show, retry, reproduce, diff.

    Examples:
      labelport exports
      labelport exports show EXPORT

    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, where=where, as_json=as_json)


@command.command("list")
@click.option("--project", help="Only this project's.", shell_complete=project_names)
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many at most.")
@with_workspace
@with_json
@failing
def list_(project: str | None = None, limit: int = 20, where: Path | None = None, as_json: bool = False) -> None:
    """List exports, the newest first.

    Examples:
      labelport exports list --project cars --limit 5

    """
    found = list(islice(opened(where).exports(project), limit))
    rows = [
        (one.id, _when(one.created_at), one.status, ",".join(one.request.formats), one.base, one.cut, one.destination)
        for one in found
    ]
    head = ("id", "created", "status", "formats", "since", "at", "to")
    show(found, as_json=as_json, text=lambda: table(rows, head) if rows else NOTHING)


@command.command("show")
@click.argument("export", shell_complete=export_ids)
@with_workspace
@with_json
@failing
def show_(export: str, where: Path | None, as_json: bool) -> None:
    """Show an export: its counts, skips and losses; with --json its whole request too.

    Examples:
      labelport exports show 01a20cea-4430-794f-93f0-a7894c3b2406

    """
    job = opened(where).export(export)
    show(job.export, as_json=as_json, text=lambda: report.summary(job.export, job.result))


@command.command("retry")
@click.argument("export", shell_complete=export_ids)
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes that work on shards.")
@click.option("--strict", is_flag=True, help="Exit 3 when something was skipped or dropped.")
@with_workspace
@with_json
@failing
def retry(export: str, workers: int, strict: bool, where: Path | None, as_json: bool) -> None:
    """Go on with an export that was interrupted or failed, behind its last finished part.

    Examples:
      labelport exports retry 01a20cea-4430-794f-93f0-a7894c3b2406

    """
    finish(opened(where, as_json=as_json, workers=workers).export(export), as_json=as_json, strict=strict)


@command.command("reproduce")
@click.argument("export", shell_complete=export_ids)
@with_workspace
@with_json
@failing
def reproduce(export: str, where: Path | None, as_json: bool) -> None:
    """Make an export again at its cut and compare every file; exit 1 where they differ.

    Examples:
      labelport exports reproduce 01a20cea-4430-794f-93f0-a7894c3b2406

    """
    found = opened(where, as_json=as_json).reproduce(export)
    erased = f"; erased since: {', '.join(found.erased)}" if found.erased else ""
    verdict = "every file came out the same" if found.same else f"the files differ{erased}"
    show(found, as_json=as_json, text=lambda: f"{export}: {verdict}")
    if not found.same:
        raise SystemExit(1)


@command.command("diff")
@click.argument("older", shell_complete=export_ids)
@click.argument("newer", shell_complete=export_ids)
@with_workspace
@with_json
@failing
def diff(older: str, newer: str, where: Path | None, as_json: bool) -> None:
    """Show which tasks came, changed and went between two exports.

    Examples:
      labelport exports diff OLDER NEWER

    """
    found = opened(where).diff(older, newer)
    lines = [f"{counted(found.added, 'task')} added, {found.changed:,} changed, {found.removed:,} removed"]
    for sign, tasks in (("+", found.added_tasks), ("~", found.changed_tasks), ("-", found.removed_tasks)):
        lines += [f"{sign} {task}" for task in tasks]
    show(found, as_json=as_json, text=lambda: "\n".join(lines))


def _when(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds / 1e6, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
