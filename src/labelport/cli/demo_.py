"""`labelport demo`."""

import shutil
from pathlib import Path

import click

from labelport import api
from labelport.app.sample import project as sample
from labelport.app.sample.records import Day
from labelport.cli import report
from labelport.cli.page import Page
from labelport.cli.progress import telling
from labelport.cli.surface import FOLDER, counted, failing, show, with_json
from labelport.cli.tree import tree
from labelport.client.jobs import ExportJob
from labelport.client.workspace import Workspace
from labelport.errors import ConflictError
from labelport.local import workspace

MARKER = ".labelport-demo"
SAMPLE, DELIVERY, DELTA = "sample", "delivery", "delta"
FORMATS = ("coco", "csv_objects", "ndjson")
NOTES = {
    "items.csv": "every task: its name, its path, where it came from",
    "files.ndjson": "every file with its size and SHA-256",
    "manifest.json": "written last: request, change number, counts, losses",
    "receipt.json": "who ran it, and when",
    "tombstones.ndjson": "the tasks that left",
    "coco/annotations.json": "loads in pycocotools",
    "csv_objects/annotations.csv": "opens in a spreadsheet",
    "ndjson/data.ndjson": "everything, and can be imported again",
}


@click.command("demo", cls=Page)
@click.argument("folder", default="labelport-demo", type=click.Path(file_okay=False, path_type=Path), metavar="[DIR]")
@with_json
@failing
def command(folder: Path, as_json: bool) -> None:
    """Make a workspace in DIR with a sample project, export it in several formats, and say what to try next.

    The project is drawn on the spot: pictures of a harbour with every kind of shape, a clip and a text. It is
    imported, exported, verified, changed, and what changed is exported again. Takes a few seconds. DIR is
    labelport-demo unless it is named; a demo that is there already begins afresh.

    Examples:
      labelport demo
      labelport demo /tmp/harbour

    """
    removed = _begin(folder)
    if removed and not as_json:
        click.echo(f"beginning afresh: removed {', '.join(removed)} of an earlier demo\n")
    space = workspace(folder / FOLDER, progress=telling(as_json=as_json))
    run = _Run(space, folder)
    show(run.told(), as_json=as_json, text=run.text)


class _Run:
    """The demo at work: each step is one that anybody would take."""

    def __init__(self, space: Workspace, folder: Path) -> None:
        self._space, self._folder = space, folder
        sample.write_media(folder / SAMPLE / "media")
        self._taken = self._take("monday")
        self._full = self._export(DELIVERY, None)
        self._again = self._take("tuesday")
        self._delta = self._export(DELTA, self._full.uid)
        self._verified = {name: space.verify(str(folder / name)) for name in (DELIVERY, DELTA)}

    def told(self) -> dict[str, object]:
        """Return what was done, for machines."""
        jobs = {DELIVERY: self._full.export, DELTA: self._delta.export}
        return {"folder": str(self._folder.absolute()), "exports": jobs, "verified": self._verified}

    def text(self) -> str:
        """Return what was done, for people."""
        losses = [click.style("What was lost", bold=True), *report.brief(self._full.result.losses, FORMATS)]
        parts = ["\n".join(self._steps()), self._tree(), "\n".join(losses), _next(self._folder)]
        return "\n\n".join(parts)

    def _steps(self) -> list[str]:
        full, delta = self._full.result, self._delta.result
        project = self._space.project(sample.NAME).info()
        written = f"{counted(full.tallies[0].annotations_selected or 0, 'annotation')} of the final labels"
        return [
            click.style("A harbour, drawn for the occasion", bold=True),
            "",
            _step("imported", f"{_tasks(self._taken)}, {counted(len(project.classes), 'class', 'classes')}"),
            _step("exported", f"{', '.join(FORMATS)}: {counted(full.tallies[0].tasks_written, 'task')}, {written}"),
            _step("verified", self._proof(DELIVERY)),
            _step("changed", f"{self._again.changed} task: mast.png was reworked; the files were imported again"),
            _step("delta", f"{counted(delta.tallies[0].tasks_written, 'task')}, all that changed since the export"),
            _step("verified", self._proof(DELTA)),
        ]

    def _take(self, day: Day) -> api.ImportReport:
        tasks = self._folder / SAMPLE / "tasks"
        sample.write_tasks(tasks, day)
        media = str(self._folder / SAMPLE / "media")
        return self._space.import_files(sample.NAME, "ndjson", [str(tasks)], media=media)

    def _export(self, name: str, since: str | None) -> ExportJob:
        job = self._space.project(sample.NAME).export(format=FORMATS, to=str(self._folder / name), since=since)
        job.wait_till_done()
        return job

    def _proof(self, name: str) -> str:
        found = self._verified[name]
        return "; ".join(found.faults) or f"{counted(found.files, 'file')}, {found.bytes / 1000:,.0f} kB, as delivered"

    def _tree(self) -> str:
        delivery = self._folder / DELIVERY
        files = sorted(path.relative_to(delivery).as_posix() for path in delivery.rglob("*") if path.is_file())
        formats = [path for path in files if "/" in path]
        others = [path for path in NOTES if path in files and "/" not in path]
        entries = [
            (0, SAMPLE, "what a labelling tool hands over: pictures and records"),
            (0, DELIVERY, f"everything, as it was at change {self._full.export.cut}"),
            *((1, path, NOTES.get(path, "")) for path in (*formats, *others)),
            (0, DELTA, f"what change {self._delta.export.cut} brought, laid out the same way"),
        ]
        return tree(f"{self._folder}/", entries)


def _begin(folder: Path) -> list[str]:
    """Make the folder ready; return what an earlier demo left in it, which is gone now."""
    marker = folder / MARKER
    if folder.is_dir() and any(folder.iterdir()) and not marker.is_file():
        raise ConflictError(f"{str(folder)!r} is not empty, and no demo made it: name another folder for the demo")
    folder.mkdir(parents=True, exist_ok=True)
    removed = [name for name in (FOLDER, SAMPLE, DELIVERY, DELTA) if (folder / name).is_dir()]
    for name in removed:
        shutil.rmtree(folder / name)
    marker.write_text("`labelport demo` made this folder, and begins afresh in it.\n", encoding="utf-8")
    return removed


def _tasks(taken: api.ImportReport) -> str:
    return f"{counted(taken.records, 'task')}, {counted(taken.annotations, 'annotation')}"


def _step(verb: str, text: str) -> str:
    return f"  {click.style(verb.ljust(10), fg='green')}{text}"


def _next(folder: Path) -> str:
    commands = (
        ("labelport tasks --state unlabelled --state empty", "nothing to mark, and nobody looked, are two things"),
        ("labelport export groundtruth --format coco --to done.zip", "only what is finished"),
        ("labelport export --format coco --dry-run --kind ellipse", "what would be lost"),
        (f"labelport fold {DELIVERY} {DELTA} --to current", "the delivery, brought up to date"),
        ("labelport audit verify", "nobody changed the record"),
    )
    width = max(len(command) for command, _ in commands) + 3
    lines = [f"  {one.ljust(width)}{click.style(why, dim=True)}" for one, why in commands]
    enter = [f"  cd {folder}"] if folder != Path() else []
    return "\n".join([click.style("Try next", bold=True), *enter, *lines])
