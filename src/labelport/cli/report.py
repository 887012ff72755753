"""What an export did or would do, told to people."""

from collections.abc import Iterable, Sequence

import click

from labelport import api
from labelport.cli.surface import counted, table
from labelport.model.export import Loss, Skip, Tally


def summary(export: api.Export, result: api.Result) -> str:
    """Return what an export did."""
    if result.error:
        return f"{export.destination}  {click.style(export.status, fg='red')}\n{result.error}"
    head = f"{click.style(export.destination, bold=True)}  {export.status.replace('_', ' ')} at change {export.cut}"
    if export.base is not None:
        head += f", what changed since {export.base}; {counted(result.removed, 'task')} left"
    lines = [head, *tallies(result.tallies), *_skips(result.skips)]
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
        f" {one.annotations_written:,} of {counted(one.annotations_selected, 'annotation')}"
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


def is_loss(loss: Loss) -> bool:
    """Return whether something did not come out as it was."""
    return loss.fate != "exact"


def is_drop(loss: Loss) -> bool:
    """Return whether something did not come out at all."""
    return loss.fate == "dropped"


def _skips(found: Sequence[Skip]) -> list[str]:
    lines = []
    for skip in found:
        named = ", ".join(skip.tasks[:3]) + (" ..." if skip.count > 3 else "")
        lines.append(f"  {skip.format}: skipped {counted(skip.count, 'task')} ({named}): {skip.reason}")
    return lines
