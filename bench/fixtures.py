"""What the benchmarks run on, made when it is first needed: workloads, workspaces that hold them, peers' environments."""

import shutil
import subprocess
from pathlib import Path

import msgspec

from measure import LABELPORT, PYTHON, Command, Run, run

HERE = Path(__file__).parent
WORK = HERE / ".work"
OUT = WORK / "out"
"""Where a command writes that is measured."""
KEPT = WORK / "kept"
"""Where an export stays for a while, to be copied, read or weighed."""
PEERS = {
    "labelformat": "labelformat==0.1.17",
    "Datumaro": "datumaro==1.13.12",
    "Label Studio": "label-studio-sdk==2.1.2",
    "pandas": "pandas[parquet]==2.3.3",
    "WebDataset": "webdataset==1.0.2",
    "GeoPandas": "geopandas==1.1.1",
}


def workload(what: str, size: int) -> Path:
    """Return the folder of a workload of so many tasks (w2: frames)."""
    folder = WORK / "data" / f"{what}-{size}"
    if not folder.exists():
        fresh = folder.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        sized = ["--frames" if what == "w2" else "--tasks", str(size)]
        peers = ["--peers"] if what == "w1" and size <= 5000 else []
        subprocess.run([PYTHON, str(HERE / "workloads.py"), what, str(fresh), *sized, *peers], check=True)
        fresh.rename(folder)
    return folder


def workspace(what: str, size: int) -> Path:
    """Return a workspace whose project `p` holds a workload; how its import went is in `imported`."""
    place = WORK / "spaces" / f"{what}-{size}"
    if not place.exists():
        new = place.with_suffix(".new")
        took = run(importing(what, size, new))
        (new / "import.json").write_bytes(msgspec.json.encode(took))
        new.rename(place)
    return place


def workspace_of_coco(size: int, what: str) -> Path:
    """Return a workspace of W1 as peers read it: its `boxes` alone, or its `polygons` with outlines for the others."""
    place = WORK / "spaces" / f"coco-{what}-{size}"
    if not place.exists():
        source = workload("w1", size) / f"coco_{what}.json"
        new = place.with_suffix(".new")
        run(fresh(new, "import", "coco", str(source), "--project", "p"))
        new.rename(place)
    return place


def imported(what: str, size: int) -> Run:
    """Return how the import of a workload into its workspace went."""
    return msgspec.json.decode((workspace(what, size) / "import.json").read_bytes(), type=Run)


def changed(what: str, size: int, tasks: int) -> tuple[Path, int]:
    """Return a workspace of which some tasks, evenly spread, were changed once more, and its change number before."""
    place, lines = workspace(what, size), workload(what, size) / "data.ndjson"
    note = place / f"changed-{tasks}.json"
    if not note.exists():
        before = int(run(Command(labelport("projects", "show", "p", "--json", space=place))).said["number"])
        news = place / "changes.ndjson"
        with lines.open("rb") as file, news.open("wb") as out:
            for i, line in enumerate(file):
                if i % (size // tasks) == 0:
                    out.write(line.replace(b'"author":"', b'"author":"another.', 1))
        run(Command(labelport("import", "ndjson", str(news), "--project", "p", space=place)))
        note.write_bytes(msgspec.json.encode(before))
    return place, msgspec.json.decode(note.read_bytes(), type=int)


def importing(what: str, size: int, place: Path) -> Command:
    """Return the command that imports a workload's native file into a fresh workspace."""
    words = ("import", "ndjson", str(workload(what, size)), "--project", "p")
    return fresh(place, *words)


def fresh(place: Path, *words: str) -> Command:
    """Return a command of ours in a workspace that begins empty."""
    return Command(labelport(*words, space=place), place, lambda: place.mkdir(parents=True))


def empty() -> Path:
    """Return a workspace whose project `p` holds nothing."""
    place = WORK / "spaces" / "empty"
    if not place.exists():
        run(fresh(place, "projects", "create", "p"))
    return place


def labelport(*words: str, space: Path) -> list[str]:
    """Return a command line of ours."""
    return [LABELPORT, *words, "--workspace", str(space)]


def exporting(space: Path, out: Path, *words: str) -> Command:
    """Return the command that exports project `p`."""
    return Command(labelport("export", "--project", "p", "--to", str(out), *words, space=space), out)


def peer(name: str, script: str, *words: str | Path, out: Path | None = None) -> Command:
    """Return a command that runs a script in a peer's environment, which is made when it is not there."""
    place = WORK / "peers" / name.lower().replace(" ", "-")
    if not place.exists():
        fresh = place.with_suffix(".new")
        subprocess.run(["uv", "venv", "-q", "--clear", str(fresh)], check=True)
        wanted = ["--python", str(fresh / "bin" / "python"), PEERS[name]]
        subprocess.run(["uv", "pip", "install", "-q", *wanted], check=True)
        fresh.rename(place)
    given = map(str, words if out is None else (*words, out))
    return Command([str(place / "bin" / "python"), str(HERE / "peers" / script), *given], out)
