"""What an export did or would do, told to people."""

from collections.abc import Iterable, Sequence
from textwrap import wrap

import click

from labelport import api
from labelport.cli.surface import counted, table
from labelport.model.export import Loss, MediaTally, Skip, Tally

LINE = 100


def summary(export: api.Export, result: api.Result) -> str:
    """Return what an export did."""
    if result.error:
        return f"{export.destination}  {click.style(export.status, fg='red')}\n{result.error}"
    head = f"{click.style(export.destination, bold=True)}  {export.status.replace('_', ' ')} at change {export.cut}"
    if export.status not in ("done", "done_with_skips"):
        return head if export.status == "running" else f"{head}\n`labelport exports retry {export.id}` goes on with it"
    if export.base is not None:
        head += f", what changed since {export.base}; {counted(result.removed, 'task')} left"
    lines = [head, *tallies(result.tallies), *_skips(result.skips), *_media(result.media)]
    return "\n".join([*lines, *losses(result.losses, export.request.formats)])


def plan(foreseen: api.Plan, formats: Sequence[str]) -> str:
    """Return what an export would do."""
    tasks, annotations = counted(foreseen.tasks, "task"), counted(foreseen.annotations, "annotation")
    head = (
        f"{tasks}, {annotations} at change {foreseen.cut}, in {counted(foreseen.shards, 'shard')}; nothing is written"
    )
    return "\n".join([head, *losses(foreseen.losses, formats)])


def tallies(found: Iterable[Tally]) -> list[str]:
    """Return a line for each format."""
    return [
        f"  {one.format}: {one.tasks_written:,} of {counted(one.tasks_selected, 'task')},"
        f" {one.annotations_written or 0:,} of {counted(one.annotations_selected or 0, 'annotation')}"
        for one in found
    ]


def losses(found: Sequence[Loss], formats: Sequence[str]) -> list[str]:
    """Return the loss report: for each format what was dropped and what was converted."""
    lines: list[str] = []
    whole = []
    for name in formats:
        lost = sorted(filter(is_loss, (one for one in found if one.format == name)), key=lambda one: not is_drop(one))
        if lost:
            rows = [(f"  {one.what.replace('_', ' ')}", one.fate, one.how, one.count) for one in lost]
            lines += ["", f"{click.style(name, bold=True)} could not carry everything as it is:"]
            lines += [table(rows, ("  what", "fate", "how", "count"))]
        else:
            whole.append(name)
    if not lines:
        return ["nothing is lost: everything is carried as it is"]
    every = f"{', '.join(whole)} {'carries' if len(whole) == 1 else 'carry'} everything as it is"
    return [*lines, "", every] if whole else lines


def brief(found: Sequence[Loss], formats: Sequence[str]) -> list[str]:
    """Return the loss report in a few lines: for each format what was dropped and what was converted."""
    lines = []
    width = max(map(len, formats))
    for name in formats:
        lost = sorted((one for one in found if one.format == name and is_loss(one)), key=lambda one: -one.count)
        head = f"  {name:<{width}}  "
        if not lost:
            lines.append(f"{head}carries everything as it is")
        for fate in ("dropped", "converted"):
            told = ", ".join(_told(one) for one in lost if one.fate == fate)
            if told:
                start = f"{head}{fate:<9}  "
                lines += wrap(told, LINE, initial_indent=start, subsequent_indent=" " * len(start))
                head = " " * len(head)
    return lines


def is_loss(loss: Loss) -> bool:
    """Return whether something did not come out as it was."""
    return loss.fate != "exact"


def is_drop(loss: Loss) -> bool:
    """Return whether something did not come out at all."""
    return loss.fate == "dropped"


def _told(loss: Loss) -> str:
    return f"{loss.count:,} {loss.what.replace('_', ' ')}" + (f" to {loss.how}" if loss.fate == "converted" else "")


def _media(tally: MediaTally | None) -> list[str]:
    if tally is None:
        return []
    kept = f", {tally.kept:,} kept" if tally.kept else ""
    lines = [f"  media: {tally.copied:,} copied{kept} of {counted(tally.wanted, 'task')}"]
    return lines + [line.replace("skipped", "missing of", 1) for line in _skips(tally.missing)]


def _skips(found: Sequence[Skip]) -> list[str]:
    lines = []
    for skip in found:
        named = ", ".join(skip.tasks[:3]) + (" ..." if skip.count > 3 else "")
        lines.append(f"  {skip.format}: skipped {counted(skip.count, 'task')} ({named}): {skip.reason}")
    return lines
