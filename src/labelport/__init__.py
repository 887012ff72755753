"""Labelport keeps annotation projects and ships them out."""

from importlib import import_module
from os import PathLike

TYPE_CHECKING = False
if TYPE_CHECKING:
    from labelport.client.jobs import ExportJob, StreamType
    from labelport.client.workspace import Project, Workspace
    from labelport.errors import LabelportError

__all__ = ["ExportJob", "LabelportError", "Project", "StreamType", "Workspace", "open"]

_HOMES = {
    "ExportJob": "labelport.client.jobs",
    "StreamType": "labelport.client.jobs",
    "Project": "labelport.client.workspace",
    "Workspace": "labelport.client.workspace",
    "LabelportError": "labelport.errors",
}


def open(path: str | PathLike[str], *, workers: int = 1) -> "Workspace":  # noqa: A001  as one says it: labelport.open
    """Open the workspace in a folder, which is made when it is not there."""
    from labelport.local import workspace  # noqa: PLC0415  `import labelport` alone stays light

    return workspace(path, workers=workers)


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for, so that the command line starts at once (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found
