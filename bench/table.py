"""The table of measurements: goals and what was measured, side by side in one go.

just bench                    everything, in full size, into bench/RESULTS.md (hours of one core, 12 GB of disk)
just bench --quick            small sizes, on the screen
just bench --only help,native
"""

import argparse
import platform
from datetime import UTC, datetime
from pathlib import Path

import access
import exporting
import importing
from fixtures import HERE
from rows import Row, Sizes

GROUPS = {
    "native": exporting.native,
    "coco": exporting.coco,
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


def report(rows: list[Row], sizes: Sizes) -> str:
    return (
        f"# Measured\n\nMade by `just bench` on {machine()}. Medians of {sizes.times} whole-process runs, taking turns;"
        f" `cp` does not sync, an export does. W1 has {sizes.big:,} tasks (small: {sizes.small:,}),"
        f" W2 {sizes.frames:,} frames, W4 {sizes.million:,} tasks.\n\n{table(rows)}\n\n## Raw\n\n{raw(rows)}\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help=f"Groups, with commas: {', '.join(GROUPS)}.")
    parser.add_argument("--quick", action="store_true", help="Small sizes; nothing is written.")
    parser.add_argument("--times", type=int, help="How often each command runs.")
    given = parser.parse_args()
    sizes = QUICK if given.quick else FULL
    if given.times:
        sizes = sizes._replace(times=given.times)
    rows = []
    for name in given.only.split(",") if given.only else GROUPS:
        found = GROUPS[name](sizes)
        print(table(found), raw(found), sep="\n\n", flush=True)
        rows += found
    if not given.quick and not given.only:
        (HERE / "RESULTS.md").write_text(report(rows, sizes), encoding="utf-8")


if __name__ == "__main__":
    main()
