"""Ready-made workflows, which have the stages of the hosted platforms under their names."""

from collections.abc import Mapping

from labelport.model.stages import STANDARD, Stage, Stages

READY: Mapping[str, Stages] = {
    "standard": STANDARD,
    "redbrick": Stages(
        (
            Stage("Label", "label", next="Review_1"),
            Stage("Review_1", "review", next="END", back="Label"),
            Stage("END", "complete", title="Ground Truth"),
        )
    ),
    "ango": Stages(
        (
            Stage("Label", "label", next="Review"),
            Stage("Review", "review", next="Complete", back="Label"),
            Stage("Complete", "complete"),
            Stage("Archive", "archived"),
        )
    ),
    "labelbox": Stages(
        (
            Stage("initial-labeling", "label", next="initial-review", title="Initial labeling task"),
            Stage("initial-review", "review", next="done", back="rework", title="Initial review task"),
            Stage("rework", "label", next="initial-review", title="Rework (all rejected)"),
            Stage("done", "complete", title="Done"),
        )
    ),
    "labellerr": Stages(
        (
            Stage("annotate", "label", next="review", title="Annotation"),
            Stage("review", "review", next="client_review", back="annotate", title="Review"),
            Stage("client_review", "review", next="accepted", back="annotate", title="Client Review"),
            Stage("accepted", "complete", title="Accepted"),
        )
    ),
    "cvat": Stages(
        (
            Stage("label", "label", next="review", title="annotation"),
            Stage("review", "review", next="acceptance", back="label", title="validation"),
            Stage("acceptance", "review", next="done", back="label", title="acceptance"),
            Stage("done", "complete"),
        )
    ),
}
"""By the platform's name; `standard` is that of a project that was given none."""
