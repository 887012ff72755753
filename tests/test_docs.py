"""The docs are true: their blocks run, their links lead somewhere, what is generated is in step, nothing is left out."""

import re
import shutil
from io import BytesIO
from pathlib import Path

import pytest
from docs.generate import geometry, maps
from docs.generate.cli import commands
from docs.generate.errors import error_classes, tree
from docs.generate.pages import pages
from docs.generate.pictures import pictures
from docs.generate.selection import BLOCKS, REQUESTED, SELECTED, SPLIT
from PIL import Image, ImageChops, ImageStat

from labelport.model.export import FIELDS, ExportRequest, Selection, Split
from labelport.registry import format_named, formats
from labelport.shapes.convert import CONVERSIONS
from tests.cli.command import run
from tests.pages import DOCS, IN_DEMO, PAGES, ROOT, Shell, blocks

RUN = ("console", "python")
WITH_BLOCKS = [page for page in PAGES if any(block.reason is None for block in blocks(page))]
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.fixture(scope="session")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `labelport demo` makes."""
    folder = tmp_path_factory.mktemp("docs") / "labelport-demo"
    run("demo", str(folder))
    return folder


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_block_runs_or_says_why_not(page: Path) -> None:
    idle = [block for block in blocks(page) if block.language not in RUN and block.reason is None]
    assert [(block.line, block.language) for block in idle] == []


@pytest.mark.parametrize("page", WITH_BLOCKS, ids=_name)
def test_the_blocks_of_a_page_run_in_order(page: Path, harbour: Path, tmp_path: Path) -> None:
    where = tmp_path
    if IN_DEMO in page.read_text(encoding="utf-8"):
        where = tmp_path / harbour.name
        shutil.copytree(harbour, where)
    shell = Shell(where)
    for block in blocks(page):
        if block.reason is None:
            shell.run(block)


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in _LINK.findall(page.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        if "://" in link:
            continue
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in _anchors(target), link


def test_every_page_is_linked_from_another() -> None:
    linked = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in PAGES
        for link in _LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in link
    }
    assert [_name(page) for page in PAGES if page not in linked and page.name != "README.md"] == []


@pytest.mark.parametrize("path", sorted(pages()))
def test_generated_pages_are_in_step(path: str) -> None:
    assert (DOCS / path).read_text(encoding="utf-8") == pages()[path], "run `just generate`"


def test_pictures_are_what_our_own_code_draws() -> None:
    drawn_here = [(f"formats/{name}", data) for name, data in (*pictures(), *maps.pictures())]
    drawn_here += [(f"explanation/geometry-{name}", data) for name, data in geometry.pictures()]
    for name, data in drawn_here:
        with Image.open(DOCS / f"{name}.png") as kept, Image.open(BytesIO(data)) as drawn:
            apart = ImageStat.Stat(ImageChops.difference(kept.convert("RGB"), drawn.convert("RGB"))).mean
        assert max(apart) < 3, f"{name}: run `just generate`"


def test_every_command_and_option_is_documented() -> None:
    text = (DOCS / "reference" / "cli.md").read_text(encoding="utf-8")
    for name, command in commands():
        section = re.split(r"^##+ ", text.partition(f"# labelport {name}\n")[2], flags=re.MULTILINE)[0]
        assert section, name
        assert [
            text for one in command.params for text in one.opts if text.startswith("-") and text not in section
        ] == []


def test_every_format_has_a_page_with_an_example_and_what_is_lost() -> None:
    for name in formats():
        text = (DOCS / "formats" / f"{name}.md").read_text(encoding="utf-8")
        assert "<!-- generated: losses -->" in text, name
        assert "<!-- generated: options -->" in text, name
        assert "```console" in text, name
        assert name in (DOCS / "reference" / "formats.md").read_text(encoding="utf-8")


def test_every_part_of_a_request_is_documented() -> None:
    assert tuple(SELECTED) == Selection.__struct_fields__
    assert tuple(REQUESTED) == ExportRequest.__struct_fields__
    assert tuple(BLOCKS) == FIELDS
    assert tuple(SPLIT) == Split.__struct_fields__


def test_the_tree_of_errors_is_drawn_as_it_is() -> None:
    drawn = re.findall(r"(\w+Error).*?(?:exit (\d+), HTTP (\d+))?$", tree(), re.MULTILINE)
    assert [name for name, _, _ in drawn] == [one.__name__ for one in error_classes()]
    for (name, code, http), one in zip(drawn[1:], list(error_classes())[1:], strict=True):
        assert (name, int(code), int(http)) == (one.__name__, one.exit, one.http)


def test_every_decision_says_what_it_costs() -> None:
    for page in sorted((DOCS / "decisions").glob("0*.md")):
        text = page.read_text(encoding="utf-8")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Why", "Instead of", "Costs"], page.name


def test_the_readme_begins_with_the_two_commands() -> None:
    screen = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:30]
    assert "pip install uv && uv run labelport demo" in screen
    assert "pip install uv && uv run --all-extras just test" in screen


def _anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as they are made on the web."""
    heads = _HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


GEOMETRY = (DOCS / "explanation" / "geometry.md").read_text(encoding="utf-8")
_CONVERSION = re.compile(r"^\| (.+?) \| (.+?) \| .+ \|$", re.MULTILINE)


def test_the_page_on_geometry_tells_of_every_conversion() -> None:
    told = {
        (kind, to.replace(" ", "_"))
        for kinds, to in _CONVERSION.findall(GEOMETRY)
        for kind in re.findall(r"`(\w+)`", kinds)
    }
    assert {(kind, to) for to, kinds in CONVERSIONS.items() for kind in kinds} <= told


@pytest.mark.parametrize("name", formats())
def test_the_page_on_geometry_tells_of_every_format_of_shapes(name: str) -> None:
    format_ = format_named(name)
    taken = format_.carries.kinds | set(format_.carries.converts)
    if format_.encode is None or taken.isdisjoint({"*", "box", "geo", "mask", "polygon"}):
        pytest.skip("it writes no shapes")
    assert f"(../formats/{name}.md)" in GEOMETRY
