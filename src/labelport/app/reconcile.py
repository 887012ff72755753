"""The gate before a delivery is sealed: every count must close, and the bytes must hold what the accounts say."""

from collections.abc import Iterator, Mapping

from labelport.app.files import MEDIA
from labelport.app.reckoning import Account
from labelport.errors import IntegrityError
from labelport.kit.format import FILES
from labelport.model.export import Manifest, MediaTally, Tally


def reconcile(manifest: Manifest, accounts: Mapping[str, Account], planned: Mapping[str, int]) -> None:
    """Raise `IntegrityError` that names every count that does not close."""
    wrong = [fault for tally in manifest.tallies for fault in _faults(tally, accounts[tally.format], planned)]
    if manifest.media:
        wrong += _media(manifest.media, accounts[MEDIA], planned["items"])
    if wrong:
        raise IntegrityError("the export is not sealed, its counts do not close: " + "; ".join(wrong))


def _faults(tally: Tally, account: Account, planned: Mapping[str, int]) -> Iterator[str]:
    name = tally.format
    if tally.tasks_selected != planned["tasks"]:
        yield f"{name}: {planned['tasks']} tasks planned, {tally.tasks_selected} selected"
    if tally.tasks_selected != tally.tasks_written + tally.tasks_skipped:
        yield f"{name}: {tally.tasks_selected} tasks selected, {tally.tasks_written} + {tally.tasks_skipped} accounted"
    if tally.annotations_selected != planned["annotations"]:
        yield f"{name}: {planned['annotations']} annotations planned, {tally.annotations_selected} selected"
    if tally.annotations_selected != (tally.annotations_written or 0) + (tally.annotations_skipped or 0):
        yield (
            f"{name}: {tally.annotations_selected} annotations selected,"
            f" {tally.annotations_written} + {tally.annotations_skipped} accounted"
        )
    for section, wanted in account.expected.items():
        if tally.rows.get(section, 0) != wanted:
            yield f"{name}: {tally.rows.get(section, 0)} rows of {section} in the bytes, {wanted} in the account"


def _media(tally: MediaTally, account: Account, items: int) -> Iterator[str]:
    missing = sum(skip.count for skip in tally.missing)
    if tally.wanted != tally.copied + tally.kept + missing:
        yield f"media: {tally.wanted} wanted, {tally.copied} + {tally.kept} + {missing} accounted"
    if tally.wanted + tally.without != items:
        yield f"media: {items} tasks are named in the list, {tally.wanted} + {tally.without} were looked at"
    if tally.files != account.expected.get(FILES, 0):
        yield f"media: {tally.files} copies, {account.expected.get(FILES, 0)} in the account"
