"""Users as members, by the name that they log in with.

The role is the highest that a person has: in any organization (owner, maintainer: admin, supervisor: manager, worker:
annotator), or admin of the whole server. An invitation that nobody took up (`is_active` false) gives none.
"""

from collections.abc import Iterator
from typing import Literal

from labelport.formats.cvat_api.files import Dump
from labelport.kit.cvat.values import Values, identity
from labelport.model.workflow import Member

Role = Literal["owner", "admin", "manager", "reviewer", "annotator", "viewer"]
_ROLES: dict[str, Role] = {
    "owner": "owner",
    "maintainer": "admin",
    "supervisor": "manager",
    "worker": "annotator",
}
_RANK: tuple[Role, ...] = ("annotator", "manager", "admin", "owner")
PERSON = frozenset({"id", "username"})
"""Keys of a person that are read wherever one is named; first and last names stand with the user."""
_USER = frozenset({"id", "username", "first_name", "last_name", "email", "groups"})
_MEMBERSHIP = frozenset({"user", "role", "is_active"})


class People:
    """Everybody of a dump, by id."""

    __slots__ = ("names",)

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def person(self, values: Values, key: str) -> str | None:
        """Return who is named under the key: an object with a name or an id; None for nobody."""
        if not values.has(key):
            return None
        given = values.given[key]
        if not isinstance(given, dict):
            found = self.names.get(identity(given) or "")
        else:
            name = given.get("username")
            found = name if isinstance(name, str) and name else self.names.get(identity(given.get("id")) or "")
        if found is None:
            values.wrong(key, "names nobody")
        return found


def members(dump: Dump, people: People) -> Iterator[Member]:
    """Yield everybody, and remember the names by id."""
    roles = _roles(dump)
    for values in dump.objects("users", "user"):
        file = dump.files["users"]
        file.note(values, _USER)
        name = values.text("username")
        if not name:
            file.reject(f"user {identity(values.given.get('id')) or values.path}", values.faults)
            continue
        people.names[identity(values.given.get("id")) or name] = name
        words = [word for key in ("first_name", "last_name") if (word := values.text_or_none(key))]
        role: Role = "admin" if "admin" in values.items("groups") else "annotator"
        found = Member(
            name,
            " ".join(words) or None,
            values.text_or_none("email"),
            max(role, roles.get(name, role), key=_RANK.index),
        )
        file.reject(f"user {name}", values.faults)
        yield found


def _roles(dump: Dump) -> dict[str, Role]:
    found: dict[str, Role] = {}
    for values in dump.objects("memberships", "membership"):
        file = dump.files["memberships"]
        file.note(values, _MEMBERSHIP)
        user = Values(values.given.get("user"), f"{values.path}.user", values.faults)
        file.note(user, PERSON)
        name = user.text("username") if user.given else ""
        word = values.text("role")
        if word and word not in _ROLES:
            values.wrong("role", f"{word!r} is none of {', '.join(_ROLES)}")
        if name and word in _ROLES and values.flag_or_none("is_active") is not False:
            found[name] = max(found.get(name, "annotator"), _ROLES[word], key=_RANK.index)
        file.reject(f"membership {identity(values.given.get('id')) or values.path}", values.faults)
    return found
