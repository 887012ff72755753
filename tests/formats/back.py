"""What a format reads of files that lie in memory."""

from collections.abc import Mapping

from labelport.kit.format import Format, Item
from labelport.testing.render import inputs


def decoded(format_: Format, files: Mapping[str, bytes]) -> list[Item]:
    """Return all that is read of the files, by their paths."""
    assert format_.decode is not None
    return list(format_.decode(inputs(files)))
