"""The one door: every operation comes through here, with its right checked and its call on the record."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from labelport import api
from labelport.api import Operation
from labelport.app import (
    audit,
    changes,
    comparing,
    erasing,
    exports,
    folding,
    imports,
    planning,
    projects,
    reported,
    streams,
    trail,
    verifying,
    working,
)
from labelport.app.context import App
from labelport.errors import DeniedError

Q = TypeVar("Q")
A = TypeVar("A")
_use_cases: dict[str, Callable[[App, Any], Any]] = {}


def _bind(operation: Operation[Q, A], use_case: Callable[[App, Q], A]) -> None:
    _use_cases[operation.name] = use_case


def answer(app: App, operation: Operation[Q, A], ask: Q) -> A:
    """Check the right, put the call on the record where it belongs there, and do it; a refusal is recorded too."""
    if operation.right not in app.rights:
        _record(app, "denied", operation, ask)
        raise DeniedError(f"{app.actor!r} may not {operation.name}: the right {operation.right!r} is missing")
    if operation.record:
        _record(app, operation.name, operation, ask)
    return cast("A", _use_cases[operation.name](app, ask))  # `_bind` held both to the operation's types


def _record(app: App, kind: str, operation: Operation[Q, A], ask: Q) -> None:
    with app.store.organization(app.actor, app.now()) as events:
        events.append(kind, {"operation": operation.name, "project": getattr(ask, "project", None)})


def _named(use_case: Callable[[App, str], A]) -> Callable[[App, api.Named], A]:
    return lambda app, ask: use_case(app, ask.export)


_bind(api.CREATE_PROJECT, projects.create)
_bind(api.FIND_PROJECT, projects.find)
_bind(api.GET_PROJECT, projects.get)
_bind(api.LIST_PROJECTS, projects.page)
_bind(api.IMPORT_FILES, imports.take)
_bind(api.LIST_TASKS, projects.tasks)
_bind(api.SAVE_TASKS, changes.save)
_bind(api.REMOVE_TASKS, changes.remove)
_bind(api.ERASE_TASK, erasing.erase)
_bind(api.ADD_CLASS, changes.add_class)
_bind(api.RENAME_CLASS, changes.rename_class)
_bind(api.RENAME_BATCH, changes.rename_batch)
_bind(api.EDIT_ASSET, changes.edit_asset)
_bind(api.PUT_MEMBER, changes.put_member)
_bind(api.PLAN_EXPORT, planning.plan)
_bind(api.CREATE_EXPORT, exports.create)
_bind(api.RUN_EXPORT, exports.run)
_bind(api.GET_EXPORT, _named(exports.get))
_bind(api.LIST_EXPORTS, exports.page)
_bind(api.REPRODUCE_EXPORT, _named(comparing.reproduce))
_bind(api.DIFF_EXPORTS, comparing.diff)
_bind(api.VERIFY_DELIVERY, verifying.verify)
_bind(api.FOLD_DELIVERIES, folding.fold)
_bind(api.GET_TOTALS, streams.totals)
_bind(api.VERIFY_LOG, audit.verify)
_bind(api.TAKE_CHECKPOINT, audit.checkpoint)
_bind(api.WORK_ON_TASKS, working.work)
_bind(api.LEAD_TASKS, working.lead)
_bind(api.RESTORE_TASKS, working.restore)
_bind(api.FIND_ACTS, working.find)
_bind(api.SET_STAGES, working.set_stages)
_bind(api.GET_STAGES, working.get_stages)
_bind(api.LIST_TRAILS, trail.trails)
_bind(api.LIST_WORK_TIMES, trail.work_times)
_bind(api.VERIFY_REPORT, reported.verify)
