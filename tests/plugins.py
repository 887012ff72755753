"""Plug-ins as third parties install them: a module and its entry points, in a folder on the path of modules."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import invalidate_caches
from pathlib import Path
from textwrap import dedent


def install(folder: Path, source: str, *names: str, module: str = "thirdparty") -> Path:
    """Install a module whose attributes of these names, in capitals, are formats; return the folder."""
    about = folder / f"{module}-1.0.dist-info"
    about.mkdir(parents=True)
    points = "".join(f"{name} = {module}:{name.upper()}\n" for name in names)
    (folder / f"{module}.py").write_text(dedent(source), encoding="utf-8")
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text(f"[labelport.formats]\n{points}", encoding="utf-8")
    return folder


@contextmanager
def installed(folder: Path, source: str, *names: str, module: str = "thirdparty") -> Iterator[Path]:
    """Install, and make it found in this process and in those that it spawns, for a while."""
    place = str(install(folder, source, *names, module=module))
    sys.path.append(place)
    invalidate_caches()
    try:
        yield folder
    finally:
        sys.path.remove(place)
        sys.modules.pop(module, None)
