"""The formats of labelling tools and of trackers, measured against those that write them best."""

from exporting import KEPT, OUT
from fixtures import empty, exporting, peer, workload, workspace
from measure import Command, clear, run, side_by_side
from rows import Row, Sizes, at_least


def tracks(sizes: Sizes) -> list[Row]:
    """CVAT XML and Label Studio of W1, MOT of every frame of W2, net of start-up, against what the peer takes to write."""
    small, data = workspace("w1", sizes.small), workload("w1", sizes.small)
    cvat = peer("Datumaro", "datumaro_tracks.py", "cvat", data / "coco.json", out=OUT)
    tasks = peer("Label Studio", "label_studio_tasks.py", data / "coco_polygons.json", out=OUT)
    clip, words = workspace("w2", sizes.frames), ("--format", "mot", "--frames", "all")
    run(exporting(clip, KEPT, *words))
    (rows,) = KEPT.rglob("gt.txt")
    kept = rows.parents[2].with_name("mot-rows")
    clear(kept)
    rows.parent.rename(kept)
    clear(KEPT)
    mot = peer("Datumaro", "datumaro_tracks.py", "mot_seq_gt", kept / "gt.txt", out=OUT)
    found = [
        _against("CVAT XML of W1-small, tasks/s", ("--format", "cvat_xml"), small, cvat, sizes.small, sizes.times),
        _against(
            "Label Studio of W1-small, tasks/s", ("--format", "label_studio"), small, tasks, sizes.small, sizes.times
        ),
        _against("MOT of W2, frames/s", words, clip, mot, sizes.frames, sizes.times),
    ]
    clear(kept)
    return found


def _against(what: str, words: tuple[str, ...], space: object, theirs: Command, size: int, times: int) -> Row:
    ours = {"start-up": exporting(empty(), OUT, *words), "ours": exporting(space, OUT, *words)}
    mine = side_by_side(ours, min(3, times))
    (best,) = side_by_side({"the peer": theirs}, min(3, times)).values()
    rate, peer_rate = size / (mine["ours"].wall - mine["start-up"].wall), size / best.said("write")
    figures = [*mine.values(), best, f"{rate:,.0f} a second, the peer {peer_rate:,.0f}"]
    return at_least(f"{what} net of start-up", rate / peer_rate, 1, "x the peer", figures)
