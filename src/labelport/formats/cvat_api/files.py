"""The files of a dump: what each answer of the API holds, object by object, and how much was read of it."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from labelport.errors import Fault, RequestError
from labelport.kit.cvat.values import Values, as_whole, shown
from labelport.kit.format import BROKEN, Input, Item, Reject, Unread, broken

NEEDED = ("annotations", "jobs", "labels", "tasks")
READ = (*NEEDED, "comments", "issues", "memberships", "users")
NAMES = (*READ, "organizations", "projects")
_BOM = b"\xef\xbb\xbf"
_INDEX = re.compile(r"\[\d+\]")
_NAME = re.compile(r'\["(?:[^"\\]|\\.)*"\]')
_NO_NUMBERS = re.compile(rb'"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b', re.DOTALL)
"""Strings, which stay as they are, and what some writers put where JSON has no number."""
_views = msgspec.json.Decoder(dict[str, dict[str, msgspec.Raw]])


class File:
    """A file at work: its path, and what is not read or wrong in it."""

    __slots__ = ("given", "path", "rejects", "unread", "what")

    def __init__(self, given: Input, what: str) -> None:
        self.given, self.what = given, what
        self.path = given.path
        self.unread: Counter[str] = Counter()
        self.rejects: list[Reject] = []

    def note(self, values: Values, known: Collection[str]) -> None:
        """Count the keys of an object that nobody reads."""
        pattern = _INDEX.sub("[]", _NAME.sub(".*", values.path))
        self.unread.update(f"{pattern}.{key}" for key in values.given if key not in known)

    def reject(self, record: str, faults: Iterable[Fault], annotations: int = 0, records: int = 0) -> None:
        """Note what is lost, and why; without a fault there is nothing."""
        found = tuple(faults)
        if found:
            self.rejects.append(Reject(self.path, record, found, annotations, records))

    def report(self) -> Iterator[Item]:
        """Yield what was rejected since the last time."""
        yield from self.rejects
        self.rejects.clear()

    def left(self) -> Iterator[Unread]:
        """Yield what was not read, when all is done."""
        yield from (Unread(self.path, path, count) for path, count in sorted(self.unread.items()))

    def objects(self, what: str) -> Iterator[Values]:
        """Yield the objects of an answer, a list or a page of one; what is none is rejected."""
        answer = self._decoded()
        path, items = _items(answer)
        if isinstance(answer, dict):
            self._check_whole(answer)
        for at, item in enumerate(items):
            values = Values(item, f"{path}[{at}]", [])
            if values.faults:
                self.reject(f"{what} {at}", values.faults)
            else:
                yield values

    def check(self) -> None:
        """Raise `InvalidError` where the file is no answer of the API at all."""
        if self.what == "annotations":
            self.views()
        elif self.what in READ and not isinstance(_items(self._decoded())[1], list):
            raise broken(self.given.path, f"has no list of {self.what}: expected the API's answer, with `results`")

    def views(self) -> Mapping[str, Mapping[str, msgspec.Raw]]:
        """Return the annotations as they were asked for: of what (`task`, `job`), then by id; each still undecoded."""
        try:
            return _views.decode(self._data())
        except BROKEN as e:
            raise broken(
                self.given.path,
                f"holds no annotations by task and job: {e}; expected `task` and `job`, and in each the API's answer "
                "by id",
            ) from e

    def decode(self, raw: msgspec.Raw, path: str) -> Values:
        """Return an object that was left undecoded."""
        try:
            return Values(msgspec.json.decode(raw), path, [])
        except BROKEN as e:
            return Values({}, path, [Fault(path, str(e))])

    def _check_whole(self, answer: Mapping[str, object]) -> None:
        results, count = answer.get("results"), as_whole(answer.get("count"))
        held = len(results) if isinstance(results, list) else 0
        if answer.get("next") is not None or (count is not None and count != held):
            reason = f"holds {held} of {shown(answer.get('count'))}: ask for all pages, and put their results together"
            self.reject("$", [Fault("$.next" if answer.get("next") is not None else "$.count", reason)])
        self.unread.update(f"$.{key}" for key in answer if key not in ("count", "next", "previous", "results"))

    def _decoded(self) -> object:
        try:
            return msgspec.json.decode(self._data())
        except BROKEN as e:
            raise broken(self.given.path, f"is not JSON: {e}; save the API's answer once more") from e

    def _data(self) -> bytes:
        data = self.given.read().removeprefix(_BOM)
        try:
            msgspec.json.decode(data, type=msgspec.Raw)
        except BROKEN:
            return _NO_NUMBERS.sub(lambda it: it[0] if it[0].startswith(b'"') else b'"%b"' % it[0], data)
        return data


def _items(answer: object) -> tuple[str, Any]:
    """Return where the objects of an answer stand, and what stands there."""
    return ("$.results", answer.get("results")) if isinstance(answer, dict) else ("$", answer)


class Dump(NamedTuple):
    """The files of a dump by name, and those that are none of it."""

    files: Mapping[str, File]
    others: tuple[Input, ...]

    def objects(self, name: str, what: str) -> Iterator[Values]:
        """Yield the objects of a file; none where there is no such file."""
        if name in self.files:
            yield from self.files[name].objects(what)


def opened(inputs: Iterable[Input]) -> Dump:
    """Return the dump; raises `RequestError` where a file that is needed is missing or there twice."""
    files: dict[str, File] = {}
    others: list[Input] = []
    for given in inputs:
        name = given.path.rpartition("/")[2].removesuffix(".json")
        if name not in NAMES or not given.path.endswith(".json"):
            others.append(given)
        elif name in files:
            raise RequestError(f"{files[name].path!r} and {given.path!r}: import one dump of CVAT at a time")
        else:
            files[name] = File(given, name)
    missing = [f"{name}.json" for name in NEEDED if name not in files]
    if missing:
        raise RequestError(f"no {', '.join(missing)} among the files: a dump of CVAT's API has {', '.join(NEEDED)}")
    return Dump(files, tuple(others))
