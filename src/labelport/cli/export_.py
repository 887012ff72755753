"""`labelport export`."""

import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from labelport import api
from labelport.cli.selecting import selecting, selection
from labelport.cli.surface import failing, opened, show, table, with_json, with_workspace
from labelport.client.workspace import Project, Workspace
from labelport.errors import RequestError
from labelport.model.export import FIELDS, ExportRequest, Split

STRICT = 3


@click.command("export")
@click.argument("what", nargs=-1)
@click.option("--project", help="The project's name or id; needed where the workspace has several.")
@click.option("--format", "formats", multiple=True, default=["ndjson"], show_default=True, help="A format; repeatable.")
@click.option("--to", help="A folder, or FILE.zip; otherwise a folder of the workspace.")
@click.option("--since", help="Only what changed: `last`, an export, a change number or a time.")
@click.option("--at", type=int, help="As of a change number.")
@click.option("--fields", help=f"Optional blocks, with commas, or `none`: {','.join(FIELDS)}. Default: all.")
@click.option("--only-key-frames", is_flag=True, help="Video: key frames as they were set (the default).")
@click.option("--all-frames", is_flag=True, help="Video: every frame, interpolated.")
@click.option("--labels", type=click.Choice(["final", "all"]), default="final", show_default=True)
@click.option("--author", help="Only this one's labels.")
@click.option("--option", "options", multiple=True, metavar="FORMAT.NAME=VALUE", help="An option of a format.")
@click.option("--split", metavar="train=0.8,val=0.1,test=0.1", help="Parts by share.")
@click.option("--split-by", default="task", show_default=True, help="What stays together: task or a metadata key.")
@click.option("--on-loss", type=click.Choice(["convert", "drop", "fail"]), default="convert", show_default=True)
@click.option("--strict", is_flag=True, help="Exit 3 when something was skipped or dropped.")
@click.option("--verify", type=click.Choice(["counts", "deep"]), default="counts", show_default=True)
@click.option("--dry-run", is_flag=True, help="Show counts and losses; write nothing.")
@click.option("--workers", type=int, default=1, show_default=True, help="Processes that work on shards.")
@click.option("--shard-size", type=int, default=5000, show_default=True, help="Task numbers in a shard.")
@selecting
@with_workspace
@with_json
@failing
def command(what: tuple[str, ...], where: Path | None, as_json: bool, **given: Any) -> None:  # noqa: ANN401  options
    r"""Ship annotations out. WHAT is `all` (the default), `groundtruth`, or task ids.

    \b
      labelport export --project cars --format coco --to delivery
      labelport export groundtruth --format coco --format ndjson --to cars.zip
      labelport export --project cars --since last --to nightly
      labelport export --dry-run --format coco
    """
    space = opened(where, as_json=as_json, workers=given["workers"])
    project = _project(space, given["project"])
    request = _request(what, project, given)
    if given["dry_run"]:
        plan = project.export.plan(request)
        show(plan, as_json=as_json, text=lambda: _plan(plan))
        _strict(given["strict"], lost=any(loss.fate == "dropped" for loss in plan.losses))
        return
    job = project.export(request=request, to=given["to"], since=given["since"])
    if not as_json:
        click.echo(f"export {job.uid} at change {job.export.cut}", err=True)
    job.wait_till_done()
    show(job.export, as_json=as_json, text=lambda: summary(job.export, job.result))
    dropped = any(loss.fate == "dropped" for loss in job.result.losses)
    _strict(given["strict"], lost=dropped or job.export.status == "done_with_skips")


def summary(export: api.Export, result: api.Result) -> str:
    """Return what an export did, for people."""
    lines = [f"{export.destination}  ({export.status.replace('_', ' ')}, cut at change {export.cut})"]
    if export.base is not None:
        lines.append(f"changed since {export.base}; {result.removed:,} tasks left")
    lines += [
        f"{tally.format}: {tally.tasks_written:,} of {tally.tasks_selected:,} tasks,"
        f" {tally.annotations_written:,} of {tally.annotations_selected:,} annotations"
        for tally in result.tallies
    ]
    lines += [f"  skipped {skip.count:,}: {skip.reason}" for skip in result.skips]
    return "\n".join(lines + _losses(result.losses))


def _plan(plan: api.Plan) -> str:
    head = f"{plan.tasks:,} tasks, {plan.annotations:,} annotations at change {plan.cut}, in {plan.shards} shards"
    return "\n".join([head, *_losses(plan.losses)])


def _losses(losses: tuple[Any, ...]) -> list[str]:
    rows = [(loss.format, loss.what, loss.fate, loss.how, f"{loss.count:,}") for loss in losses if loss.fate != "exact"]
    return [table(rows, ("format", "what", "fate", "how", "count"))] if rows else ["nothing is lost"]


def _project(space: Workspace, name: str | None) -> Project:
    if name is not None:
        return space.project(name)
    found = list(space.projects())
    if len(found) != 1:
        names = ", ".join(repr(one.name) for one in found) or "none; `labelport import` makes one"
        raise RequestError(f"say which project with --project: there are {names}")
    return space.project(found[0].id)


def _request(what: tuple[str, ...], project: Project, given: dict[str, Any]) -> ExportRequest:
    chosen = selection(given, project)
    if what == ("groundtruth",):
        chosen = msgspec.structs.replace(chosen, ground_truth=True)
    elif what not in ((), ("all",)):
        chosen = msgspec.structs.replace(chosen, tasks=(*chosen.tasks, *what))
    fields = FIELDS if given["fields"] is None else tuple(one for one in given["fields"].split(",") if one != "none")
    return ExportRequest(
        project=project.id,
        selection=chosen,
        fields=fields,
        formats=tuple(given["formats"]),
        options=_options(given["options"]),
        labels=given["labels"],
        author=given["author"],
        frames="all" if given["all_frames"] else "keyframes",
        at=given["at"],
        on_loss=given["on_loss"],
        split=_split(given["split"], given["split_by"]),
        shard_size=given["shard_size"],
        verify=given["verify"],
    )


def _options(texts: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for text in texts:
        path, equals, value = text.partition("=")
        format_, dot, name = path.partition(".")
        if not equals or not dot:
            raise RequestError(f"--option takes FORMAT.NAME=VALUE, not {text!r}")
        found.setdefault(format_, {})[name] = value
    return found


def _split(text: str | None, by: str) -> Split | None:
    if text is None:
        return None
    try:
        shares = {name: float(share) for name, _, share in (part.partition("=") for part in text.split(","))}
    except ValueError as e:
        raise RequestError(f"--split takes NAME=SHARE,..., not {text!r}") from e
    if abs(sum(shares.values()) - 1) > 1e-9:
        raise RequestError(f"the shares of --split add up to {sum(shares.values()):g}, not 1")
    return Split(shares, by)


def _strict(strict: bool, *, lost: bool) -> None:
    if strict and lost:
        sys.exit(STRICT)
