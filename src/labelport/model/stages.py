"""A project's workflow: its stages, and where a task goes from each."""

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from labelport.errors import Fault, NotFoundError, unknown
from labelport.model.workflow import Role

StageKind = Literal["label", "model", "consensus", "review", "complete", "archived"]
WORKED: tuple[StageKind, ...] = ("label", "model", "consensus", "review")
"""Kinds of stages in which something is done, and which a task then leaves by itself."""
LABELLING: tuple[StageKind, ...] = ("label", "model", "consensus")
"""Kinds of stages in which labels are made."""
Name = Annotated[str, Meta(min_length=1, max_length=200)]


class Stage(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A stage: `next` is where a task goes that was submitted or accepted, `back` where it goes when it was rejected.

    `title` is what people read. `labels` says how many people label a task in a `consensus` stage, `skips` how often it
    may be skipped in one pass before it is blocked.
    """

    name: Name
    kind: StageKind
    next: Name | None = None
    back: Name | None = None
    title: Name | None = None
    labels: Annotated[int, Meta(ge=1, le=100)] = 1
    skips: Annotated[int, Meta(ge=1)] = 2

    @property
    def role(self) -> Role:
        """What those are who hold a task here: its reviewers in a review, its assignees elsewhere."""
        return "reviewers" if self.kind == "review" else "assignees"


class Stages(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The stages of a project; tasks begin in the first."""

    stages: Annotated[tuple[Stage, ...], Meta(min_length=1)]

    @property
    def first(self) -> Stage:
        """The stage that tasks begin in."""
        return self.stages[0]

    @property
    def complete(self) -> Stage:
        """The stage of ground truth."""
        return next(stage for stage in self.stages if stage.kind == "complete")

    def named(self, name: str) -> Stage:
        """Return a stage; raises `NotFoundError`."""
        found = self.find(name)
        if found is None:
            raise unknown("stage", name, (stage.name for stage in self.stages))
        return found

    def find(self, name: str) -> Stage | None:
        """Return a stage, None where the project has none of that name."""
        return next((stage for stage in self.stages if stage.name == name), None)

    def chosen(self, text: str) -> Stage:
        """Return the stage that a name or a title means, in capitals or not; raises `NotFoundError`."""
        same = text.casefold()
        for stage in self.stages:
            if same in (stage.name.casefold(), (stage.title or "").casefold()):
                return stage
        known = [name for stage in self.stages for name in (stage.name, stage.title) if name]
        raise NotFoundError(str(unknown("stage", text, known)))


STANDARD = Stages(
    (
        Stage("label", "label", next="review", title="Label"),
        Stage("review", "review", next="done", back="label", title="Review"),
        Stage("done", "complete", title="Ground Truth"),
    )
)
"""The workflow of a project that was given none."""


def faults(given: Stages) -> Iterator[Fault]:
    """Yield what is wrong with a workflow: every task must be able to finish, from wherever it is."""
    names = [stage.name for stage in given.stages]
    for i, stage in enumerate(given.stages):
        if stage.name in names[:i]:
            yield Fault(f"$.stages[{i}].name", f"{stage.name!r} is the name of two stages")
        for field in ("next", "back"):
            yield from _leads(stage, i, field, names)
        if stage.labels > 1 and stage.kind != "consensus":
            yield Fault(f"$.stages[{i}].labels", f"only one person labels in a stage of kind {stage.kind!r}")
    kinds = [stage.kind for stage in given.stages]
    if kinds.count("complete") != 1:
        yield Fault("$.stages", f"{kinds.count('complete')} stages are complete, not one")
    elif names.count(given.complete.name) == 1:
        yield from (
            Fault(f"$.stages[{i}].next", f"a task in {stage.name!r} never gets to {given.complete.name!r}")
            for i, stage in enumerate(given.stages)
            if stage.kind in WORKED and not _finishes(given, stage)
        )
    if kinds[0] not in LABELLING:
        yield Fault("$.stages[0].kind", f"tasks begin in it, and nothing is labelled in a stage of kind {kinds[0]!r}")


def _leads(stage: Stage, i: int, field: str, names: list[str]) -> Iterator[Fault]:
    to = getattr(stage, field)
    wanted = stage.kind in WORKED if field == "next" else stage.kind == "review"
    if to is None and wanted:
        yield Fault(f"$.stages[{i}].{field}", f"is missing: where does a task go from {stage.name!r}?")
    elif to is not None and not wanted:
        yield Fault(f"$.stages[{i}].{field}", f"no task leaves a stage of kind {stage.kind!r} that way")
    elif to is not None and to not in names:
        yield Fault(f"$.stages[{i}].{field}", str(unknown("stage", to, names)))


def _finishes(given: Stages, stage: Stage) -> bool:
    seen: set[str] = set()
    at: Stage | None = stage
    while at is not None and at.name not in seen and at.kind != "complete":
        seen.add(at.name)
        at = given.find(at.next) if at.next else None
    return at is not None and at.kind == "complete"
