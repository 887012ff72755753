"""People: by id, or by e-mail address where there is no id."""

from labelport.formats.label_studio.values import Fields, Object, identity
from labelport.model.workflow import Member

KEYS = frozenset({"id", "email", "first_name", "last_name"})
"""Keys of a person that are read."""


def person_id(value: object) -> str | None:
    """Return the id of a person given as an id, an address or an object; None for nobody."""
    if isinstance(value, dict):
        return identity(value.get("id")) or identity(value.get("email"))
    return identity(value)


def person(fields: Fields, key: str) -> str | None:
    """Return the id of the person under the key; what is nobody and not null is a fault."""
    found = person_id(fields.given.get(key))
    if found is None and fields.has(key):
        fields.wrong(key, "names nobody")
    return found


def member(value: object) -> Member | None:
    """Return a person as a member, where more than an id is told."""
    name = person_id(value)
    if name is None or not isinstance(value, dict):
        return None
    words = [part for part in (value.get("first_name"), value.get("last_name")) if isinstance(part, str) and part]
    email = value.get("email")
    return Member(name, " ".join(words) or None, email if isinstance(email, str) and email else None)


def people_of(given: Object) -> list[object]:
    """Return everybody that an annotation names."""
    reviews = given.get("reviews")
    found = [given.get("completed_by")]
    found += [item.get("created_by") for item in reviews if isinstance(item, dict)] if isinstance(reviews, list) else []
    return found
