"""Readers that others wrote and that nothing of ours depends on, each in an environment of its own.

It is made when a campaign first asks for it (`uv` and a package registry are needed), and kept in `.judges`.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
KEPT = HERE.parent.parent / ".judges"


def judge(package: str, script: str, *words: str | Path) -> Any:
    """Return what a script of this folder prints as JSON, run where the package is installed."""
    place = KEPT / package
    if not place.exists():
        fresh = place.with_suffix(".new")
        python = str(fresh / "bin" / "python")
        subprocess.run(["uv", "venv", "-q", "--clear", str(fresh)], check=True)
        subprocess.run(["uv", "pip", "install", "-q", "--python", python, package], check=True)
        fresh.rename(place)
    command = [str(place / "bin" / "python"), str(HERE / script), *map(str, words)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
