"""The suite for formats whose files are one for each picture: frames of videos come back as pictures of their own."""

from collections.abc import Sequence

from labelport.fidelity import FEATURES
from labelport.kit.format import Context, Lost
from labelport.kit.scenes import count
from labelport.model.record import Record
from labelport.testing.formats import FormatTests
from labelport.testing.render import encoded


class FramedFormatTests(FormatTests):
    """Counts pictures and marks instead of tasks and annotations."""

    def objects(self, given_: Sequence[Record]) -> int:
        return self.returned(given_)[1]

    def returned(self, given_: Sequence[Record]) -> tuple[int, int]:
        found = [count(record, "keyframes") for record in given_]
        return sum(pictures for pictures, _ in found), sum(marks for _, marks in found)

    def _lost(self, given_: Sequence[Record], context: Context) -> int:
        """Keyframes are marks, too."""
        items = [item for record in given_ for item in encoded(self.format, record, context)]
        lost = [item for item in items if isinstance(item, Lost) and item.fate == "dropped"]
        return sum(item.what not in FEATURES for item in lost)
