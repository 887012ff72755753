"""The table of measurements: goals and what was measured, side by side in one go.

`just bench` measures everything in full size, a group of rows after the other, into bench/RESULTS.md (half an hour of
two idle cores, 15 GB of disk); `--only help,native` some groups; `--quick` small sizes, on the screen alone.
"""

import argparse
import platform
from datetime import UTC, datetime
from pathlib import Path

import msgspec

import access
import exporting
import importing
import rivals
from fixtures import HERE, WORK
from rows import Row, Sizes

GROUPS = {
    "native": exporting.native,
    "coco": rivals.coco,
    "masks": rivals.masks,
    "tables": rivals.tables,
    "tracks": rivals.tracks,
    "files": rivals.files,
    "video": exporting.video,
    "memory": exporting.memory,
    "delta": exporting.delta,
    "workers": exporting.workers,
    "deep": exporting.deep,
    "lines": access.lines,
    "help": access.help_page,
    "saves": importing.saves,
    "import": importing.imports,
}
FULL = Sizes(small=5000, big=100_000, million=1_000_000, frames=200_000, times=5)
QUICK = Sizes(small=1000, big=5000, million=20_000, frames=20_000, times=3)


def table(rows: list[Row]) -> str:
    lines = ["| what | goal | measured | verdict |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.goal} | {row.measured} | {row.verdict} |" for row in rows]
    return "\n".join(lines)


def raw(rows: list[Row]) -> str:
    return "\n\n".join(f"**{row.what}**\n\n" + "\n".join(f"- {line}" for line in row.raw) for row in rows)


def machine() -> str:
    cpu = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = next(line.partition(":")[2].strip() for line in cpu.splitlines() if line.startswith("model name"))
    memory = Path("/proc/meminfo").read_text(encoding="utf-8").split()[1]
    today = datetime.now(UTC).date()
    return (
        f"{cpu.count('processor	')} cores ({model}), {int(memory) / 2**20:.0f} GiB, {platform.system()},"
        f" Python {platform.python_version()}, {today}"
    )


def report(groups: list[list[Row]], sizes: Sizes) -> str:
    rows = [row for group in groups for row in group]
    return (
        f"# Measured\n\nMade by `just bench` on {machine()}. Medians of {sizes.times} whole-process runs (of three where"
        f" one takes long), taking turns. W1 has {sizes.big:,} tasks (W1-small {sizes.small:,}), W2 {sizes.frames:,} frames,"
        f" W4 {sizes.million:,} tasks. An export is on the disk and hashed when it ends. `cp` ends when the bytes are"
        f" in memory, and how long it takes hangs on that memory: 0.3 s for 1.3 GB where it was free just before, 1.6 to 2.5 s"
        f" where it is new to the machine; so each copy takes turns with the export alone. Peak memory of small commands"
        f" shows the measuring process's own 17 MiB.\n\n{table(rows)}\n\n## Raw\n\n{raw(rows)}\n"
    )


def kept(name: str) -> Path:
    return WORK / "results" / f"{name}.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help=f"Groups, with commas: {', '.join(GROUPS)}.")
    parser.add_argument("--quick", action="store_true", help="Small sizes; nothing is kept.")
    given = parser.parse_args()
    sizes = QUICK if given.quick else FULL
    for name in given.only.split(",") if given.only else GROUPS:
        found = GROUPS[name](sizes)
        print(table(found), raw(found), sep="\n\n", flush=True)
        if not given.quick:
            kept(name).parent.mkdir(parents=True, exist_ok=True)
            kept(name).write_bytes(msgspec.json.encode(found))
    if not given.quick and all(kept(name).exists() for name in GROUPS):
        groups = [msgspec.json.decode(kept(name).read_bytes(), type=list[Row]) for name in GROUPS]
        (HERE / "RESULTS.md").write_text(report(groups, sizes), encoding="utf-8")


if __name__ == "__main__":
    main()
