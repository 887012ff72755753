"""Gives finished local files their names, and makes them last."""

import os
from pathlib import Path


def publish(part: Path, target: Path) -> None:
    """Give a file a name that is free; raises `FileExistsError` where it is not.

    It is one step where the file system has hard links. Where it has none (exFAT, some network shares) the name is
    taken first, so that no other writer gets it, and then filled.
    """
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        part.replace(target)
    else:
        part.unlink()


def sync(place: Path) -> None:
    """Make a file, or the names in a folder, outlive a power cut; one that went meanwhile needs it no more."""
    try:
        handle = os.open(place, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
