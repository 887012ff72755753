"""A task's passage through a stage."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from labelport.model.label import Label
from labelport.model.workflow import Utc


class Visit(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One passage of a task through a stage; of a stage in which several people label, each has one of their own.

    `by` left it, `milliseconds` were worked in it, `number` is the change number that it was left with: labels that
    hold there are those of the visit. `cycle` counts the passes through that stage; visits of one `consensus` are of
    one pass. `labels` are there where an export was asked for them.
    """

    stage: str
    entered_at: Utc | None = None
    left_at: Utc | None = None
    by: str | None = None
    outcome: str | None = None
    milliseconds: int | None = None
    extra: dict[str, Any] | None = None
    cycle: Annotated[int, Meta(ge=1)] | None = None
    consensus: str | None = None
    number: Annotated[int, Meta(ge=1)] | None = None
    labels: tuple[Label, ...] = ()
