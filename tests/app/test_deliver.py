"""The last step of an export: nothing is to be seen before the seal, and only what is whole is sealed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from zipfile import ZipFile

import msgspec
import pytest

from labelport.app.places import place
from labelport.client.workspace import Project
from labelport.errors import ConflictError, IntegrityError, LossError, NotFoundError
from labelport.model.export import FileEntry
from labelport.model.geometry import Ellipse
from labelport.model.label import Annotation, Label
from tests.plugins import installed
from tests.spaces import OWN, Space, everything, files, manifest, record


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Space]:
    made = Space(tmp_path / "space")
    made.work.create_project("cars").save([record(i) for i in range(9)])
    yield made
    made.app.store.close()


@pytest.fixture
def project(space: Space) -> Project:
    return space.work.project("cars")


@pytest.mark.parametrize("suffix", ["", ".zip"])
def test_a_place_that_is_not_empty_is_refused_and_left_as_it_is(space: Space, project: Project, suffix: str) -> None:
    to = space.fresh() + suffix
    first = space.export(space.request(project.id), to=to)
    before = everything(to)
    with pytest.raises(ConflictError, match="holds a delivery"):
        space.export(space.request(project.id, formats=("json",)), to=to)
    assert everything(to) == before
    assert space.work.verify(first.destination).faults == ()


def test_a_folder_with_anything_in_it_is_refused(space: Space, project: Project) -> None:
    to = Path(space.fresh())
    to.mkdir(parents=True)
    (to / "mine.txt").write_text("mine")
    with pytest.raises(ConflictError, match="is not empty"):
        space.export(space.request(project.id), to=str(to))
    assert [path.name for path in to.iterdir()] == ["mine.txt"]


def test_an_empty_folder_that_is_there_is_taken(space: Space, project: Project) -> None:
    to = Path(space.fresh())
    to.mkdir(parents=True)
    assert space.export(space.request(project.id), to=str(to)).status == "done"


@pytest.mark.parametrize("suffix", ["", ".zip"])
def test_no_manifest_is_there_before_everything_else_is(space: Space, project: Project, suffix: str) -> None:
    """While exports run, whoever sees a manifest sees a whole delivery."""
    stop, seen = Event(), set[str]()
    places = [space.fresh() + suffix for _ in range(5)]

    def watch() -> None:
        while not stop.is_set():
            for to in places:
                there = set(place(to).list())
                if "manifest.json" in there:
                    listed = {one.path for one in entries(to)}
                    assert listed <= there
                    seen.add(to)

    with ThreadPoolExecutor(1) as pool:
        watched = pool.submit(watch)
        for to in places:
            request = space.request(project.id, formats=("ndjson_split",), options={"ndjson_split": {"per": "task"}})
            space.export(request, to=to)
        stop.set()
        watched.result()
    assert seen


def entries(address: str) -> list[FileEntry]:
    with place(address).get("files.ndjson") as file:
        return [msgspec.json.decode(line, type=FileEntry) for line in file]


def test_an_archive_and_a_folder_hold_the_same_files(space: Space, project: Project) -> None:
    request = space.request(project.id, formats=("coco", "ndjson"))
    folder, archive = space.fresh(), space.fresh() + ".zip"
    space.export(request, to=folder)
    space.export(request, to=archive)
    assert files(folder) == files(archive)
    assert manifest(folder) == manifest(archive)
    with ZipFile(archive) as opened:
        assert opened.namelist()[-1] == "manifest.json"


def test_the_manifest_lists_every_file_with_its_hash(space: Space, project: Project) -> None:
    made = space.export(space.request(project.id, formats=("coco", "csv_objects")))
    assert {one.path for one in entries(made.destination)} == set(files(made.destination)) - {"files.ndjson"}
    assert set(everything(made.destination)) == {*files(made.destination), *OWN}


FAULTY = """
from labelport.formats.ndjson import documents, encode as plain
from labelport.kit.format import EVERYTHING, File, Format
from labelport.kit.native import number


def encode(record, context):
    yield from plain(record, context)
    yield File({path}, b"x")


FAULTY = Format("Faulty", EVERYTHING, encode, documents, number=number)
"""


def test_a_delivery_may_lie_beside_the_folder_that_one_is_in(
    space: Space, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    space.export(space.request(project.id, formats=("preview",)), to="../there")
    assert (tmp_path / "there" / "index.html").exists()


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("'../out'", "leaves the delivery"),
        ("'/etc/x'", "leaves the delivery"),
        ("'manifest.json'", "is the delivery's own"),
        ("'receipt.json'", "is the delivery's own"),
        ("'items.csv'", "is the delivery's own"),
        ("'files.ndjson'", "is the delivery's own"),
        ("'.incoming/x'", "is the delivery's own"),
        ("'one for all'", "named a file twice: 'one for all'"),
        ("'A' if record.number % 2 else 'B'", "named a file twice: '[AB]'"),
        ("'data.ndjson'", "named a file twice: 'data.ndjson'"),
    ],
)
@pytest.mark.parametrize("workers", [1, 2])
def test_a_format_that_names_a_file_wrongly_is_refused(
    space: Space, project: Project, tmp_path: Path, path: str, reason: str, workers: int
) -> None:
    with installed(tmp_path / "plugin", FAULTY.replace("{path}", path), "faulty"):
        working = Space(space.folder, workers=workers)
        job = working.work.project("cars").export(
            request=space.request(project.id, formats=("faulty",)), to=space.fresh()
        )
        with pytest.raises(IntegrityError, match=reason):
            job.wait_till_done()
        working.app.store.close()
    assert list(place(job.export.destination).list()) == []
    assert not list(Path(job.export.destination).parent.glob(".*"))


def test_a_failed_export_leaves_nothing_beside_its_place(space: Space, project: Project) -> None:
    shape = Annotation("e", class_="car", geometry=Ellipse(5.0, 5.0, 2.0, 2.0))
    project.save([record(5, labels=(Label("l", annotations=(shape,)),))])
    job = project.export(request=space.request(project.id, formats=("coco",), on_loss="fail"), to=space.fresh())
    with pytest.raises(LossError, match="ellipse"):
        job.wait_till_done()
    assert job.export.id in {one.id for one in space.work.exports()}
    assert not Path(job.export.destination).exists()
    assert not list(Path(job.export.destination).parent.glob(".*"))


def test_what_is_no_delivery_is_not_verified(space: Space, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="there is nothing"):
        space.work.verify(str(tmp_path / "nowhere"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFoundError, match="never finished"):
        space.work.verify(str(tmp_path / "empty"))


@pytest.mark.parametrize("damage", ["changed", "longer", "removed", "added", "listed", "sealed"])
def test_whatever_happens_to_a_delivery_is_told(space: Space, project: Project, damage: str) -> None:
    to = Path(space.export(space.request(project.id)).destination)
    file = to / "data.ndjson"
    match damage:
        case "changed":
            file.write_bytes(file.read_bytes().replace(b"car", b"cat").replace(b"2.0", b"3.0"))
        case "longer":
            file.write_bytes(file.read_bytes() + b"\n")
        case "removed":
            file.unlink()
        case "added":
            (to / "more.txt").write_text("more")
        case "listed":
            (to / "files.ndjson").write_bytes((to / "files.ndjson").read_bytes().replace(b'"size":', b'"size": '))
        case _:
            sealed = (to / "manifest.json").read_text()
            (to / "manifest.json").write_text(sealed.replace('"tasks_written": 9', '"tasks_written": 8'))
    assert space.work.verify(str(to)).faults
