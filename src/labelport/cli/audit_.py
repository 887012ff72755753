"""`labelport audit`."""

from pathlib import Path

import click

from labelport.cli.completing import project_names
from labelport.cli.finding import detached, opened
from labelport.cli.page import Pages
from labelport.cli.surface import counted, failing, show, with_json, with_workspace


@click.group("audit", cls=Pages)
def command() -> None:
    """Check the log, or sign where it stands.

    Examples:
      labelport audit verify
      labelport audit checkpoint --project cars > checkpoint.txt

    """


@command.command("verify")
@click.argument("file", required=False, type=click.Path(dir_okay=False))
@click.option("--project", help="Only this project's log.", shell_complete=project_names)
@click.option("--key", help="With FILE: the public key that signs, as `labelport audit checkpoint --json` tells it.")
@click.option(
    "--checkpoint",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint of that log that was kept elsewhere.",
)
@with_workspace
@with_json
@failing
def verify(
    file: str | None,
    project: str | None,
    key: str | None,
    *,
    checkpoint: Path | None,
    where: Path | None,
    as_json: bool,
) -> None:
    """Check every event, version, block and blob against the log; exit 1 where something was changed.

    With a FILE that `labelport report` wrote (JSON or NDJSON) check that, without any workspace. With a checkpoint that
    was kept elsewhere, a log or a report that was rewritten whole shows too.

    Examples:
      labelport audit verify
      labelport audit verify report.json --checkpoint checkpoint.txt
      labelport audit verify --project cars --checkpoint checkpoint.txt

    """
    text = checkpoint.read_text(encoding="utf-8") if checkpoint else None
    if file is not None:
        _report(file, text, key, as_json=as_json)
        return
    found = opened(where).verify_log(project, text)
    lines = [
        f"{one.log}: {f'task {one.task!r}, ' if one.task else ''}change {one.number}: {one.reason}"
        for one in found.faults
    ]
    good = f"{counted(found.events, 'event')} in {counted(found.logs, 'log')}: all as recorded"
    erased = f"; {counted(found.erased, 'block was', 'blocks were')} erased on request" if found.erased else ""
    show(found, as_json=as_json, text=lambda: "\n".join(lines) or good + erased)
    if found.faults:
        raise SystemExit(1)


def _report(file: str, checkpoint: str | None, key: str | None, *, as_json: bool) -> None:
    with detached(as_json=as_json) as space:
        found = space.verify_report(file, checkpoint, key)
    lines = [
        f"{f'task {one.task!r}: ' if one.task else ''}{f'event {one.event}: ' if one.event else ''}{one.reason}"
        for one in found.faults
    ]
    held = (
        f"held against {found.against}, {'signature checked' if found.signed else 'signature not checked: see --key'}"
    )
    good = f"{file}: {counted(found.tasks, 'task')}, {counted(found.events, 'event')}: all as reported; {held}"
    show(found, as_json=as_json, text=lambda: "\n".join(lines) or good)
    if found.faults:
        raise SystemExit(1)


@command.command("checkpoint")
@click.option("--project", help="A project's log; otherwise the organization's.", shell_complete=project_names)
@with_workspace
@with_json
@failing
def checkpoint(project: str | None, where: Path | None, as_json: bool) -> None:
    """Sign where a log stands (C2SP tlog-checkpoint), to be kept where nobody who can change the workspace can write.

    Examples:
      labelport audit checkpoint --project cars > checkpoint.txt

    """
    found = opened(where).checkpoint(project)
    show(found, as_json=as_json, text=lambda: found.text.rstrip("\n"))
