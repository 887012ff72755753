"""`labelport export`."""

import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from labelport.cli import report
from labelport.cli.completing import format_names, with_project
from labelport.cli.finding import opened, project_of
from labelport.cli.page import Page
from labelport.cli.progress import event
from labelport.cli.selecting import present, selecting, selection
from labelport.cli.surface import STRICT, failing, interrupted, show, with_json, with_workspace
from labelport.client.class_maps import class_map_of, pairs
from labelport.client.jobs import ExportJob
from labelport.client.workspace import Project
from labelport.errors import RequestError, unknown
from labelport.model.export import FIELDS, ClassMap, ExportRequest, Split


@click.command("export", cls=Page)
@click.argument("what", nargs=-1)
@with_project
@click.option(
    "--format",
    "formats",
    multiple=True,
    default=["ndjson"],
    show_default=True,
    help="A format; repeatable.",
    shell_complete=format_names,
)
@click.option(
    "--to",
    help="A new folder, or FILE.zip; otherwise a folder of the workspace. With `--since last` a folder that is filled"
    " with one delivery after the other: 0001, 0002 ...",
)
@click.option("--since", help="Only what changed: `last`, an export's id, a change number or a time.")
@click.option("--at", type=int, help="As of a change number.")
@click.option("--fields", help=f"Optional blocks, with commas, or `none`: {', '.join(FIELDS)}. Default: all.")
@click.option("--frames", metavar="WHICH", help="Video: `keyframes` (the default), `all`, `every:N`, or `fps:F`.")
@click.option("--only-key-frames", is_flag=True, help="The same as --frames keyframes.")
@click.option("--all-frames", is_flag=True, help="The same as --frames all.")
@click.option(
    "--class-map",
    "renamed",
    multiple=True,
    metavar="CLASS=NAME[:NUMBER]",
    help="Call a class otherwise in the delivery; those that get one name are merged.",
)
@click.option("--only-class", "only_classes", multiple=True, metavar="CLASS", help="Objects of this class; repeatable.")
@click.option("--with-files", is_flag=True, help="Copy the media into the delivery.")
@click.option("--upright", is_flag=True, help="Copy pictures turned as they are displayed (EXIF orientation).")
@click.option(
    "--labels",
    type=click.Choice(["final", "all", "each-stage"]),
    default="final",
    show_default=True,
    help="Of several labels the final one, or all; or beside the final one those of each visit to a stage.",
)
@click.option("--author", help="Only this one's labels.")
@click.option("--option", "options", multiple=True, metavar="FORMAT.NAME=VALUE", help="An option of a format.")
@click.option("--split", metavar="train=0.8,val=0.1,test=0.1", help="Parts by share, each a folder.")
@click.option(
    "--split-by", default="task", show_default=True, help="What stays in one part: `task`, or a metadata field."
)
@click.option("--stratify", metavar="FIELD", help="Like shares of what in every part: `class`, or a metadata field.")
@click.option(
    "--on-loss",
    type=click.Choice(["convert", "drop", "fail"]),
    default="convert",
    show_default=True,
    help="What to do with what a format cannot carry.",
)
@click.option("--strict", is_flag=True, help="Exit 3 when something was skipped or dropped.")
@click.option(
    "--verify",
    type=click.Choice(["counts", "deep"]),
    default="counts",
    show_default=True,
    help="Count while writing, or also read everything back.",
)
@click.option(
    "--envelope",
    type=click.Choice(["bagit", "in-toto"]),
    help="Wrap the delivery: a BagIt bag, or an in-toto statement of every file beside it.",
)
@click.option("--dry-run", is_flag=True, help="Show counts and losses; write nothing.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes that work on shards.")
@click.option("--shard-size", type=click.IntRange(1), default=5000, show_default=True, help="Task numbers in a shard.")
@selecting
@with_workspace
@with_json
@failing
def command(what: tuple[str, ...], where: Path | None, as_json: bool, **given: Any) -> None:  # noqa: ANN401  options
    """Ship annotations out. WHAT is `all` (the default), `groundtruth` (what is done), or task ids.

    Every condition must hold. The delivery is complete when its manifest.json is there, and never before.

    Examples:
      labelport export --format coco --to delivery
      labelport export groundtruth --format coco --format ndjson --to cars.zip
      labelport export --since last
      labelport export --format coco --dry-run

    """
    space = opened(where, as_json=as_json, workers=given["workers"])
    project = project_of(space, given["project"])
    request = _request(what, project, given)
    if given["dry_run"]:
        foreseen = project.export.plan(request)
        show(foreseen, as_json=as_json, text=lambda: report.plan(foreseen, request.formats))
        _strict(given["strict"], lost=any(map(report.is_drop, foreseen.losses)))
        return
    job = project.export(request=request, to=given["to"], since=given["since"])
    finish(job, as_json=as_json, strict=given["strict"])


def finish(job: ExportJob, *, as_json: bool, strict: bool) -> None:
    """Run an export to its end and tell of it; where it is broken off, say how to go on."""
    try:
        if as_json:
            event("export", id=job.uid, cut=job.export.cut, base=job.export.base, destination=job.export.destination)
        job.wait_till_done()
    except KeyboardInterrupt:
        interrupted(
            f"interrupted; `labelport exports retry {job.uid}` goes on behind the last finished part", as_json=as_json
        )
    show(job.export, as_json=as_json, text=lambda: report.summary(job.export, job.result))
    _strict(strict, lost=job.export.status == "done_with_skips" or any(map(report.is_drop, job.result.losses)))


def _request(what: tuple[str, ...], project: Project, given: dict[str, Any]) -> ExportRequest:
    chosen = selection(given, project)
    if what == ("groundtruth",):
        chosen = msgspec.structs.replace(chosen, ground_truth=True)
    elif what not in ((), ("all",)):
        chosen = msgspec.structs.replace(chosen, tasks=(*chosen.tasks, *what))
    if given["since"] is None:
        present(project, chosen.tasks, given["at"])
    return ExportRequest(
        project=project.id,
        selection=chosen,
        fields=_fields(given["fields"]),
        formats=tuple(given["formats"]),
        options=_options(given["options"]),
        labels=given["labels"],
        author=given["author"],
        frames=_frames(given),
        class_map=_class_map(project, given),
        at=given["at"],
        on_loss=given["on_loss"],
        media="upright" if given["upright"] else "copies" if given["with_files"] else "none",
        split=_split(given["split"], given["split_by"], given["stratify"]),
        shard_size=given["shard_size"],
        verify=given["verify"],
        envelope=given["envelope"],
    )


def _fields(text: str | None) -> tuple[str, ...]:
    """Return the optional blocks in the one order that counts as one request."""
    if text is None:
        return FIELDS
    wanted = {} if text == "none" else dict.fromkeys(text.split(","))
    for name in wanted:
        if name not in FIELDS:
            raise unknown("field", name, FIELDS)
    return tuple(name for name in FIELDS if name in wanted)


def _frames(given: dict[str, Any]) -> str:
    """Return which frames of tracks are wanted: said once at most."""
    said = [given["frames"]] if given["frames"] else []
    said += [word for flag, word in (("only_key_frames", "keyframes"), ("all_frames", "all")) if given[flag]]
    if len(said) > 1:
        raise RequestError("--frames, --only-key-frames and --all-frames exclude each other: give one of them")
    return str(said[0]) if said else "keyframes"


def _class_map(project: Project, given: dict[str, Any]) -> ClassMap | None:
    if not given["renamed"] and not given["only_classes"]:
        return None
    return class_map_of(project.info().classes, pairs(given["renamed"]), given["only_classes"])


def _options(texts: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for text in texts:
        path, equals, value = text.partition("=")
        format_, dot, name = path.partition(".")
        if not equals or not dot:
            raise RequestError(f"--option takes FORMAT.NAME=VALUE, not {text!r}")
        found.setdefault(format_, {})[name] = value
    return found


def _split(text: str | None, by: str, stratify: str | None) -> Split | None:
    if text is None:
        if stratify is not None:
            raise RequestError("--stratify needs --split, which says what parts there are")
        return None
    try:
        shares = {name: float(share) for name, _, share in (part.partition("=") for part in text.split(","))}
        return msgspec.convert({"shares": shares, "by": by, "stratify": stratify}, Split)
    except (ValueError, msgspec.ValidationError) as e:
        raise RequestError(f"--split takes NAME=SHARE,... with shares from 0 to 1, not {text!r}") from e


def _strict(strict: bool, *, lost: bool) -> None:
    if strict and lost:
        sys.exit(STRICT)
