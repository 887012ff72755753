"""The sample project as files: what a labelling tool would hand over, drawn anew each time."""

from pathlib import Path

import msgspec
from PIL import Image

from labelport.app.sample import pictures
from labelport.app.sample.records import BATCHES, LOGBOOK, Day, records
from labelport.app.sample.scene import ONTOLOGY, Scene
from labelport.kit.images import ORIENTATION

NAME = "harbour"
LYING = 6
"""The EXIF orientation (CIPA DC-008, 4.6.4) of a picture whose rows run down the displayed one, from the right."""


def write_media(folder: Path) -> None:
    """Draw the pictures and the clip, and write the text."""
    for place, scene in _scenes():
        file = folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        scene.picture().save(file)
    exif = Image.Exif()
    exif[ORIENTATION] = LYING
    stored = pictures.lighthouse().picture().transpose(Image.Transpose.ROTATE_90)
    stored.save(folder / "lighthouse.jpg", exif=exif, quality=88)
    first, *others = pictures.ferry()
    first.save(folder / "ferry.gif", save_all=True, append_images=others, duration=80, loop=0)
    (folder / "logbook.txt").write_text(LOGBOOK, encoding="utf-8", newline="")


def write_tasks(folder: Path, day: Day) -> None:
    """Write the native records of a day, and the classes and batches beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    seal = {"classes": ONTOLOGY.classes, "batches": BATCHES}
    (folder / "manifest.json").write_bytes(msgspec.json.format(msgspec.json.encode(seal), indent=2) + b"\n")
    lines = (msgspec.json.encode(record) + b"\n" for record in records(day))
    (folder / "tasks.ndjson").write_bytes(b"".join(lines))


def _scenes() -> tuple[tuple[str, Scene], ...]:
    return (
        ("harbour.png", pictures.harbour()),
        ("north/quay.png", pictures.north_quay()),
        ("south/quay.png", pictures.south_quay()),
        ("aerial.png", pictures.aerial()),
        ("dockers.png", pictures.dockers()),
        ("buoys.png", pictures.buoys()),
        ("smoke.png", pictures.smoke()),
        ("mast.png", pictures.mast(moored=True)),
        ("night.png", pictures.night()),
        ("fog.png", pictures.fog()),
        ("arrival.png", pictures.arrival()),
    )
