"""What the hosted platforms call where a task is: their words for our stages and statuses, both ways.

Their words say at once what we say by a stage, a status, whether somebody holds the task, and where it was sent back
from. The first review of a workflow is its `review`, every later one a review by the client.
"""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from msgspec.structs import replace

from labelport.errors import unknown
from labelport.model.export import Selection
from labelport.model.refusals import holders
from labelport.model.stages import LABELLING, StageKind, Stages
from labelport.model.workflow import Status, Verdict, Workflow

Place = Literal["label", "review", "client", "complete", "archived"]
PLACES: tuple[Place, ...] = ("label", "review", "client", "complete", "archived")
_WORKED: tuple[Place, ...] = ("label", "review", "client")


class Word(NamedTuple):
    """A word means tasks at these places, of these statuses.

    `held`, `draft` and `back_from` narrow it where they are set. `shown` is how the platform's pages show it.
    """

    word: str
    shown: str
    at: tuple[Place, ...]
    statuses: tuple[Status, ...]
    held: bool | None = None
    draft: bool | None = None
    back_from: Literal["review", "client"] | None = None


WORDS: Mapping[str, tuple[Word, ...]] = {
    "labellerr": (
        Word("None", "Remaining", ("label",), ("queued",), held=False),
        Word("assigned", "Assigned", ("label",), ("queued",), held=True),
        Word("assigned", "Assigned", ("label",), ("in_progress",)),
        Word("skipped", "Skipped", ("label",), ("skipped",)),
        Word("critical", "Blocked", ("label",), ("blocked",)),
        Word("review", "In Review", ("review",), ("submitted",), held=False),
        Word("r_assigned", "In Review", ("review",), ("submitted",), held=True),
        Word("r_assigned", "In Review", ("review",), ("in_review",)),
        Word("r_skipped", "Review Skipped", ("review",), ("skipped",)),
        Word("r_critical", "Review Blocked", ("review",), ("blocked",)),
        Word("rejected", "Rejected", ("label",), ("rework",), back_from="review"),
        Word("client_review", "In Client Review", ("client",), ("submitted",), held=False),
        Word("cr_assigned", "In Client Review", ("client",), ("submitted",), held=True),
        Word("cr_assigned", "In Client Review", ("client",), ("in_review",)),
        Word("cr_skipped", "Client Review Skipped", ("client",), ("skipped",)),
        Word("cr_critical", "Client Review Blocked", ("client",), ("blocked",)),
        Word("client_rejected", "Client Rejected", ("label",), ("rework",), back_from="client"),
        Word("client_rejected", "Client Rejected", ("review", "client"), ("rework",)),
        Word("accepted", "Accepted", ("complete",), ("done",)),
    ),
    "labelbox": (
        Word("ToLabel", "To label", ("label",), ("queued", "in_progress")),
        Word("InReview", "In review", ("review", "client"), ("submitted", "in_review")),
        Word("InRework", "In rework", _WORKED, ("rework",)),
        Word("Done", "Done", ("complete",), ("done",)),
    ),
    "redbrick": (
        Word("UNASSIGNED", "Unassigned", _WORKED, ("queued", "submitted", "rework"), held=False),
        Word("ASSIGNED", "Assigned", _WORKED, ("queued", "submitted", "rework"), held=True),
        Word("IN_PROGRESS", "In progress", _WORKED, ("in_progress", "in_review"), draft=False),
        Word("STAGED", "Draft", _WORKED, ("in_progress", "in_review"), draft=True),
        Word("SKIPPED", "Skipped", _WORKED, ("skipped", "blocked")),
        Word("COMPLETED", "Ground Truth", ("complete",), ("done",)),
    ),
    "ango": (
        Word("Label", "Label", ("label",), ("queued", "in_progress", "rework", "skipped", "blocked")),
        Word(
            "Review",
            "Review",
            ("review", "client"),
            ("submitted", "in_review", "rework", "skipped", "blocked"),
        ),
        Word("Complete", "Complete", ("complete",), ("done",)),
        Word("Archive", "Archive", ("archived",), ("archived",)),
    ),
}
"""Each platform's words, with what each means here. A task may have none: Labelbox has no word for what was skipped."""
VERDICTS: Mapping[str, Mapping[Verdict, str]] = {
    "redbrick": {"accepted": "PASSED", "rejected": "FAILED", "corrected": "CORRECTED"},
    "ango": {"accepted": "Accepted", "rejected": "Rejected", "corrected": "Fixed"},
}
"""What they call the finding of a task's last review."""
KINDS: Mapping[str, Mapping[str, StageKind]] = {
    "redbrick": {"LabelStage": "label", "ReviewStage": "review", "ModelStage": "model", "END": "complete"},
    "ango": {
        "Label": "label",
        "Review": "review",
        "Consensus": "consensus",
        "Plugin": "model",
        "Webhook": "model",
        "Complete": "complete",
        "Archive": "archived",
    },
}
"""Their kinds of stages. Ango's Start, Logic and Hold are no stages here: tasks begin in the first, and wait in any."""


def word_of(vendor: str, stages: Stages, workflow: Workflow) -> Word | None:
    """Return the platform's word for where a task is; None where it has none, or the workflow not the task's stage."""
    at = _place(stages, workflow.stage)
    held = bool(holders(stages.find(workflow.stage), workflow))
    back_from = "client" if _place(stages, workflow.came_from or "") == "client" else "review"
    for word in _words(vendor):
        if (
            at in word.at
            and workflow.status in word.statuses
            and word.held in (None, held)
            and word.draft in (None, workflow.draft)
            and word.back_from in (None, back_from)
        ):
            return word
    return None


def selections_of(vendor: str, text: str, stages: Stages) -> tuple[Selection, ...]:
    """Return the selections that a platform's word means in a workflow: each task of that word meets exactly one."""
    meant = [word for word in _words(vendor) if word.word == text]
    if not meant:
        raise unknown(f"status of {vendor}", text, {word.word for word in _words(vendor)})
    return tuple(selection for word in meant for selection in _selections(word, stages))


def _selections(word: Word, stages: Stages) -> Iterator[Selection]:
    for stage in stages.stages:
        if _place(stages, stage.name) not in word.at:
            continue
        found = Selection(stages=(stage.name,), statuses=word.statuses, drafts=word.draft)
        if word.held is not None:
            found = replace(found, **{"held_by" if word.held else "without": (stage.role,)})
        if word.back_from is not None:
            clients = tuple(one.name for one in stages.stages if _place(stages, one.name) == "client")
            others = ("", *(one.name for one in stages.stages if one.name not in clients))
            found = replace(found, came_from=clients if word.back_from == "client" else others)
            if not found.came_from:
                continue
        yield found


def _words(vendor: str) -> tuple[Word, ...]:
    if vendor not in WORDS:
        raise unknown("platform", vendor, WORDS)
    return WORDS[vendor]


def _place(stages: Stages, name: str) -> Place | None:
    reviews = [stage.name for stage in stages.stages if stage.kind == "review"]
    stage = stages.find(name)
    if stage is None:
        return None
    if stage.kind in LABELLING:
        return "label"
    if stage.kind == "review":
        return "review" if name == reviews[0] else "client"
    return "complete" if stage.kind == "complete" else "archived"
