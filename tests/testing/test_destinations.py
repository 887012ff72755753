"""The suite of destinations bites: each promise that is broken turns its tests red."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import BinaryIO

import pytest

from labelport.destinations.memory import Memory
from labelport.errors import LabelportError
from labelport.kit.destination import Mode
from labelport.testing.destinations import DestinationTests
from tests.testing.red import red


class LosesAtOnce(Memory):
    """What is put shows while it comes, and what was there is gone."""

    def put(self, path: str, chunks: Iterable[bytes], mode: Mode = "replace") -> None:
        super().put(path, [], mode)
        for chunk in chunks:
            self.files[path] += chunk


class KeepsTheHalf(Memory):
    """What came before the failure is kept as if it were all."""

    def put(self, path: str, chunks: Iterable[bytes], mode: Mode = "replace") -> None:
        held: list[bytes] = []
        try:
            held.extend(chunks)
        finally:
            super().put(path, held, mode)


class KeepsTheFirstChunk(Memory):
    def put(self, path: str, chunks: Iterable[bytes], mode: Mode = "replace") -> None:
        super().put(path, [next(iter(chunks), b"")], mode)


class NeverRefuses(Memory):
    def put(self, path: str, chunks: Iterable[bytes], mode: Mode = "replace") -> None:
        super().put(path, chunks, "replace")


class NeverReplaces(Memory):
    def put(self, path: str, chunks: Iterable[bytes], mode: Mode = "replace") -> None:
        super().put(path, chunks, "create")


class SealsTwice(Memory):
    def seal(self, path: str, chunks: Iterable[bytes]) -> None:
        self.put(path, chunks)


class DropsTheSeal(Memory):
    def seal(self, path: str, chunks: Iterable[bytes]) -> None:
        for _ in chunks:
            pass


class ListsInOrderOfArrival(Memory):
    def list(self) -> Iterator[str]:
        yield from self.files


class ListsTooMuch(Memory):
    def list(self) -> Iterator[str]:
        yield ".incoming"
        yield from super().list()


class AnswersForWhatIsNotThere(Memory):
    def get(self, path: str) -> BinaryIO:
        return BytesIO(self.files.get(path, b""))


class DeletesNothing(Memory):
    def delete(self, path: str) -> None:
        self.get(path)


class TakesAnyPath(Memory):
    def put(self, path: str, chunks: Iterable[bytes], mode: Mode = "replace") -> None:
        try:
            super().put(path, chunks, mode)
        except LabelportError:
            self.files[path] = b"".join(chunks)


class SealsEarly(Memory):
    def flush(self) -> None:
        self.files["manifest.json"] = b"{}"


FAULTS: tuple[tuple[type[Memory], set[str]], ...] = (
    (LosesAtOnce, {"test_chunks_that_fail_leave_nothing", "test_chunks_that_fail_leave_what_was_there"}),
    (KeepsTheHalf, {"test_chunks_that_fail_leave_nothing", "test_chunks_that_fail_leave_what_was_there"}),
    (KeepsTheFirstChunk, {"test_what_is_put_is_there_whole"}),
    (NeverRefuses, {"test_create_refuses_what_exists"}),
    (NeverReplaces, {"test_replace_replaces"}),
    (SealsTwice, {"test_a_seal_is_not_set_twice"}),
    (DropsTheSeal, {"test_paths_are_listed_sorted"}),
    (ListsInOrderOfArrival, {"test_paths_are_listed_sorted"}),
    (ListsTooMuch, {"test_nothing_is_listed_of_an_empty_place"}),
    (AnswersForWhatIsNotThere, {"test_what_is_not_there_is_not_found"}),
    (DeletesNothing, {"test_delete_removes_or_refuses"}),
    (TakesAnyPath, {"test_a_path_that_leaves_is_refused"}),
    (SealsEarly, {"test_before_the_seal_there_is_no_delivery"}),
)


def test_a_sound_destination_passes() -> None:
    assert red(DestinationTests(), {"place": Memory}) == set()


@pytest.mark.parametrize(("fault", "promises"), FAULTS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_fault_breaks_its_promise(fault: type[Memory], promises: set[str]) -> None:
    assert promises <= red(DestinationTests(), {"place": fault})
