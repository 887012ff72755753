"""The suite that every destination passes; the test of a destination is a subclass with one fixture.

class TestMine(DestinationTests):
@pytest.fixture
def place(self, tmp_path): return Mine(tmp_path / "there")
def again(self, place): return Mine(place.root)      # as another process would open it
"""

from collections.abc import Iterator
from typing import ClassVar

import pytest

from labelport.errors import ConflictError, NotFoundError, RequestError
from labelport.kit.destination import Destination

CHUNKS = (b"one ", b"", b"two ", b"three" * 1000)
DATA = b"".join(CHUNKS)


def failing() -> Iterator[bytes]:
    """Yield a chunk, and fail."""
    yield b"half"
    raise OSError("the source broke")


class DestinationTests:
    """The promises of a destination."""

    once: ClassVar[bool] = False
    """Whether it is written once, and shows nothing before it is sealed (an archive)."""

    @pytest.fixture
    def place(self) -> Destination:
        """The destination under test, empty."""
        raise NotImplementedError("return an empty destination")

    def again(self, place: Destination) -> Destination:
        """Return the destination as someone else would open it."""
        return place

    def test_what_is_put_is_there_whole(self, place: Destination) -> None:
        place.put("a/b.txt", CHUNKS)
        place.seal("manifest.json", [b"{}"])
        with self.again(place).get("a/b.txt") as file:
            assert file.read() == DATA

    def test_an_empty_file_is_a_file(self, place: Destination) -> None:
        place.put("empty", [])
        place.seal("manifest.json", [b"{}"])
        with self.again(place).get("empty") as file:
            assert file.read() == b""

    def test_paths_are_listed_sorted(self, place: Destination) -> None:
        for path in ("b", "a/c", "a-b", "a/b/d"):
            place.put(path, CHUNKS)
        place.seal("manifest.json", [b"{}"])
        assert list(self.again(place).list()) == sorted(["b", "a/c", "a-b", "a/b/d", "manifest.json"])

    def test_nothing_is_listed_of_an_empty_place(self, place: Destination) -> None:
        assert list(place.list()) == []

    def test_chunks_that_fail_leave_nothing(self, place: Destination) -> None:
        place.put("before", CHUNKS)
        with pytest.raises(OSError, match="the source broke"):
            place.put("half", failing())
        place.put("after", CHUNKS)
        place.seal("manifest.json", [b"{}"])
        assert list(self.again(place).list()) == ["after", "before", "manifest.json"]
        with self.again(place).get("after") as file:
            assert file.read() == DATA

    def test_chunks_that_fail_leave_what_was_there(self, place: Destination) -> None:
        if self.once:
            pytest.skip("nothing is replaced in it")
        place.put("a", CHUNKS)
        with pytest.raises(OSError, match="the source broke"):
            place.put("a", failing())
        with place.get("a") as file:
            assert file.read() == DATA

    def test_replace_replaces(self, place: Destination) -> None:
        if self.once:
            pytest.skip("nothing is replaced in it")
        place.put("a", [b"old"])
        place.put("a", CHUNKS)
        with place.get("a") as file:
            assert file.read() == DATA

    def test_create_refuses_what_exists(self, place: Destination) -> None:
        place.put("a", [b"first"], "create")
        with pytest.raises(ConflictError):
            place.put("a", [b"second"], "create")
        place.seal("manifest.json", [b"{}"])
        with self.again(place).get("a") as file:
            assert file.read() == b"first"

    def test_before_the_seal_there_is_no_delivery(self, place: Destination) -> None:
        place.put("a", CHUNKS)
        place.flush()
        assert "manifest.json" not in set(self.again(place).list())
        if self.once:
            assert list(self.again(place).list()) == []

    def test_a_seal_is_not_set_twice(self, place: Destination) -> None:
        place.put("a", CHUNKS)
        place.seal("manifest.json", [b"{}"])
        with pytest.raises(ConflictError):
            self.again(place).seal("manifest.json", [b"[]"])

    def test_what_is_not_there_is_not_found(self, place: Destination) -> None:
        place.put("a", CHUNKS)
        place.seal("manifest.json", [b"{}"])
        with pytest.raises(NotFoundError):
            self.again(place).get("b")
        with pytest.raises(NotFoundError):
            self.again(place).delete("b")

    def test_delete_removes_or_refuses(self, place: Destination) -> None:
        place.put("a", CHUNKS)
        place.put("b", CHUNKS)
        if self.once:
            place.seal("manifest.json", [b"{}"])
            with pytest.raises(ConflictError):
                self.again(place).delete("a")
            return
        place.delete("a")
        assert list(place.list()) == ["b"]

    @pytest.mark.parametrize("path", ["/a", "../a", "a/../../b", "a//b", "", ".", "a/", "C:a", "a\\b", "a\x00b"])
    def test_a_path_that_leaves_is_refused(self, place: Destination, path: str) -> None:
        with pytest.raises(RequestError):
            place.put(path, CHUNKS)
