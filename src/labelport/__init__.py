"""Labelport keeps annotation projects and ships them out."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from os import PathLike

    from labelport.client.jobs import ExportJob, StreamType
    from labelport.client.workspace import Project, Workspace
    from labelport.errors import LabelportError

__all__ = ["ExportJob", "LabelportError", "Project", "StreamType", "Workspace", "open"]
_HOMES = {
    "ExportJob": "labelport.client.jobs",
    "LabelportError": "labelport.errors",
    "Project": "labelport.client.workspace",
    "StreamType": "labelport.client.jobs",
    "Workspace": "labelport.client.workspace",
}
"""Where the public names live; each is imported when it is first asked for, so that `labelport --help` stays fast."""


def open(path: "str | PathLike[str]", *, workers: int = 1) -> "Workspace":  # noqa: A001  as one says it: labelport.open
    """Open the workspace in a folder, which is made when it is not there."""
    from labelport.local import workspace  # noqa: PLC0415  `import labelport` alone stays light

    return workspace(path, workers=workers)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'labelport' has no name {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
