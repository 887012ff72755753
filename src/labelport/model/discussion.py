"""Issues and what is said about them: raised, commented on, resolved."""

from datetime import datetime
from typing import Any

import msgspec

from labelport.model import acts
from labelport.model.workflow import Comment, Issue

Issues = tuple[Issue, ...]


def discussed(
    issues: Issues, act: acts.Raise | acts.Comment | acts.Resolve, *, by: str, at: datetime, new_id: str
) -> tuple[Issues, dict[str, Any]]:
    """Return the issues after the act, and what its event tells: which issue, never its text, which can be erased.

    What is said about no issue is one that is resolved: nothing is left to do.
    """
    match act:
        case acts.Raise(text, frame, position):
            made = Issue(new_id, resolved=False, by=by, at=at, frame=frame, position=position)
            return (*issues, _said(made, text, by, at)), {"issue": new_id}
        case acts.Comment(text, None):
            return (*issues, _said(Issue(new_id, resolved=True, by=by, at=at), text, by, at)), {"issue": new_id}
        case acts.Comment(text, issue):
            said = tuple(_said(one, text, by, at) if one.id == issue else one for one in issues)
            return said, {"issue": issue, "comment": next(len(one.comments) for one in said if one.id == issue)}
        case acts.Resolve(issue):
            settled = (msgspec.structs.replace(one, resolved=True) if one.id == issue else one for one in issues)
            return tuple(settled), {"issue": issue}


def _said(issue: Issue, text: str, by: str, at: datetime) -> Issue:
    return msgspec.structs.replace(issue, comments=(*issue.comments, Comment(text, by, at)))
