"""Labelport keeps annotation projects and ships them out."""

from os import PathLike

from labelport.client.jobs import ExportJob, StreamType
from labelport.client.workspace import Project, Workspace
from labelport.errors import LabelportError

__all__ = ["ExportJob", "LabelportError", "Project", "StreamType", "Workspace", "open"]


def open(path: str | PathLike[str], *, workers: int = 1) -> Workspace:  # noqa: A001  as one says it: labelport.open
    """Open the workspace in a folder, which is made when it is not there."""
    from labelport.local import workspace  # noqa: PLC0415  `import labelport` alone stays light

    return workspace(path, workers=workers)
