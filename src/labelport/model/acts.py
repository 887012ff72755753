"""What can be done to a task in its workflow, each with what must be said about it."""

from collections.abc import Mapping
from typing import Annotated, get_args

import msgspec
from msgspec import Meta

from labelport.model.geometry import Count
from labelport.model.stages import Name

Text = Annotated[str, Meta(min_length=1, max_length=20_000)]
People = Annotated[tuple[Name, ...], Meta(min_length=1)]


class Act(msgspec.Struct, frozen=True, tag_field="act", tag=str.lower, forbid_unknown_fields=True, omit_defaults=True):
    """Something that is done to a task."""

    @classmethod
    def name(cls) -> str:
        """Return its name, which tags it in JSON too."""
        return cls.__name__.lower()


class Start(Act, frozen=True):
    """Begin to work; who starts a task that nobody holds, holds it."""


class Beat(Act, frozen=True):
    """Say that one is still at work."""


class Save(Act, frozen=True):
    """Keep what was done so far, as a draft; of a task that is done, change the ground truth."""


class Submit(Act, frozen=True):
    """Hand in a label."""


class Accept(Act, frozen=True):
    """Find a label right."""

    comment: Text | None = None


class Correct(Act, frozen=True):
    """Put a label right, and accept it so."""

    comment: Text | None = None


class Reject(Act, frozen=True):
    """Find a label wrong, and send it back."""

    reason: Text


class Skip(Act, frozen=True):
    """Pass a task by."""

    reason: Text | None = None


class Choose(Act, frozen=True):
    """Make one of several labels the final one."""

    label: Name


class Raise(Act, frozen=True):
    """Raise an issue, perhaps at a place (flat coordinates on a frame)."""

    text: Text
    frame: Count | None = None
    position: tuple[float, ...] = ()


class Comment(Act, frozen=True):
    """Say something: about an issue, or about the task."""

    text: Text
    issue: Name | None = None


class Resolve(Act, frozen=True):
    """Say that an issue is settled."""

    issue: Name


class Assign(Act, frozen=True):
    """Say who shall work on a task; it is unblocked with that."""

    to: People


class Unassign(Act, frozen=True):
    """Take a task from whoever holds it."""


class Move(Act, frozen=True):
    """Put a task into another stage."""

    to: Name
    reason: Text


class Prioritize(Act, frozen=True):
    """Say how urgent a task is; more is sooner."""

    priority: int


Work = Start | Beat | Save | Submit | Accept | Correct | Reject | Skip | Choose | Raise | Comment | Resolve
"""What those do who work on tasks."""
Lead = Assign | Unassign | Move | Prioritize
"""What those do who lead the work."""
ACTS: Mapping[str, type[Work | Lead]] = {kind.name(): kind for kind in get_args(Work | Lead)}
"""Every act by its name."""
