"""The workspace and the project that a command works on."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from labelport.cli.progress import telling
from labelport.cli.surface import FOLDER, VARIABLE
from labelport.client.workspace import Project, Workspace
from labelport.errors import RequestError
from labelport.local import passing, workspace


def opened(where: Path | None, *, as_json: bool = False, workers: int = 1) -> Workspace:
    """Open the workspace that is named, or found; raises `RequestError` where there is none."""
    return workspace(_there(where) if where else found(), workers=workers, progress=telling(as_json=as_json))


def detached(*, as_json: bool, near: str | None = None) -> AbstractContextManager[Workspace]:
    """Lend a workspace that keeps nothing, for work on deliveries alone; near the place where much is written."""
    return passing(progress=telling(as_json=as_json), near=_standing(Path(near)) if near else None)


def found() -> Path:
    """Return the workspace of this place."""
    named = os.environ.get(VARIABLE)  # noqa: TID251  the command line is an entry point
    if named:
        return _there(Path(named))
    for folder in _upwards():
        if (folder / FOLDER).is_dir():
            return folder / FOLDER
    raise RequestError(
        f"no workspace here or above: `labelport init` makes one; or name it with --workspace or ${VARIABLE}"
    )


def project_of(space: Workspace, name: str | None) -> Project:
    """Return the project that is named, or the only one there is."""
    if name is not None:
        return space.project(name)
    all_of_them = list(space.projects())
    if len(all_of_them) == 1:
        return space.project(all_of_them[0].id)
    if not all_of_them:
        raise RequestError("there is no project yet: `labelport import FORMAT PATH --project NAME` makes one")
    names = ", ".join(repr(one.name) for one in all_of_them)
    raise RequestError(f"say which project with --project: there are {names}")


def _there(folder: Path) -> Path:
    """Return the workspace in a folder: the folder itself, or the one that `init` made in it."""
    inside = folder / FOLDER
    if inside.is_dir():
        return inside
    if folder.is_dir():
        return folder
    raise RequestError(f"no workspace at {str(folder)!r}: `labelport init` makes one")


def _upwards() -> Iterator[Path]:
    here = Path.cwd()
    yield from (here, *here.parents)


def _standing(path: Path) -> Path | None:
    """Return the nearest folder above a path that is there; None where the path is none."""
    try:
        return next((folder for folder in path.absolute().parents if folder.is_dir()), None)
    except OSError:
        return None
