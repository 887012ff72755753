"""What a task shows: its objects, the data behind each, and the asset that they make.

An object tag is known by its name, to which results point (`to_name`). Its data is, in this order: what the
configuration says, what the results say (`source`), the key of the same name, a key whose name tells the kind, an
address whose ending tells it, the only text. The first object on which something is labelled is the asset; others
are series of it, and annotations on them say so.
"""

import re
from typing import Literal, NamedTuple, cast

from labelport.formats.label_studio.spans import Words, spoken
from labelport.formats.label_studio.survey import Plan
from labelport.formats.label_studio.values import Object

Kind = Literal["image", "video", "text", "conversation", "audio", "document", "html", "other"]
_WORDS = {
    "image": ("image", "img", "photo", "picture", "ocr"),
    "video": ("video", "movie"),
    "audio": ("audio", "sound", "speech"),
    "conversation": ("dialogue", "dialog", "chat", "conversation", "message", "paragraph"),
    "html": ("html",),
    "document": ("pdf",),
    "text": ("text", "txt"),
    "other": ("timeseries", "csv"),
}
"""Parts of a key's name that tell what lies under it."""
_ENDINGS = {
    "image": ("jpg", "jpeg", "png", "gif", "bmp", "webp", "tif", "tiff", "svg"),
    "video": ("mp4", "webm", "mov", "avi", "mkv"),
    "audio": ("wav", "mp3", "flac", "ogg", "m4a"),
    "document": ("pdf",),
    "html": ("html", "htm"),
    "text": ("txt",),
    "other": ("csv", "json"),
}
_ADDRESS = re.compile(r"^([a-z][a-z0-9+.-]*://|/|data:[a-z]+/)\S*$", re.IGNORECASE)
_ENDING = re.compile(r"\.([a-z0-9]+)(?:\?.*)?$", re.IGNORECASE)
_STEP = re.compile(r"([^.\[\]]+)|\[([^\]]+)\]")


class Medium(NamedTuple):
    """An object of a task: its name, what kind of thing it shows, the key of the data that is it, what stands there."""

    name: str
    kind: str
    key: str | None
    value: object

    def words(self) -> Words | None:
        """Return the text that offsets point into, where it stands in the task itself."""
        is_text = self.kind == "text" and isinstance(self.value, str) and not is_address(self.value)
        return Words(str(self.value)) if is_text else None

    def uris(self) -> list[str]:
        """Return the addresses of its files."""
        items = self.value if isinstance(self.value, list) else [self.value]
        if self.kind == "conversation" and isinstance(self.value, list):
            return []
        found = [uri for uri in map(_address, items) if uri]
        return [uri for uri in found if self.kind not in ("text", "html") or is_address(uri)]


def media(task: Object, used: list[str], plan: Plan) -> list[Medium]:
    """Return the objects of a task, the asset first: those that have data, and those that its results point to."""
    data = task["data"] if isinstance(task["data"], dict) else {}
    names = [*plan.objects, *(name for name in used if name not in plan.objects)]
    found = [(name, _medium(name, data, plan)) for name in names]
    chosen = [medium for name, medium in found if medium.value is not None or name in used]
    return chosen or [_guessed("", None, data)]


def is_address(text: str) -> bool:
    """Return whether a text is an address of a file and not the thing itself."""
    return _ADDRESS.match(text) is not None


def kind_of(medium: Medium) -> Kind:
    """Return the kind of an asset."""
    return cast("Kind", medium.kind)


def spoken_by(medium: Medium) -> list[tuple[str | None, str]]:
    """Return the messages of a conversation that stand in the task."""
    return (spoken(medium.value) or []) if medium.kind == "conversation" else []


def _medium(name: str, data: Object, plan: Plan) -> Medium:
    known = plan.config.shown(name)
    seen = plan.objects.get(name)
    hint = known[0].kind if known else (seen.kind if seen else None)
    for path in (known[1] if known else None, seen.source if seen else None, name.removeprefix("$")):
        value = _at(path, data) if path else None
        if path is not None and value is not None:
            return Medium(name, hint or _kind(path, value), path if path in data else None, value)
    return _guessed(name, hint, data)


def _guessed(name: str, hint: str | None, data: Object) -> Medium:
    """Return the object's data by the names of keys, the endings of addresses, or because nothing else is there."""
    texts = {key: value for key, value in data.items() if isinstance(value, str)}
    ways = (
        [
            key
            for key, value in data.items()
            if _kind_by_name(key) == (hint or _kind_by_name(key)) and _is_medium(value)
        ],
        [key for key, value in texts.items() if _kind_by_ending(value) and hint in (None, _kind_by_ending(value))],
        list(texts) if len(texts) == 1 else [],
    )
    for way, keys in enumerate(ways):
        chosen = [key for key in keys if way > 0 or _kind_by_name(key)]
        if chosen:
            key = chosen[0]
            value = _numbered(name, data[key])
            whole = key if value is data[key] else None
            return Medium(name or key, hint or _kind(key, value), whole, value)
    return Medium(name, hint or "other", None, None)


def _numbered(name: str, value: object) -> object:
    """Return one item of a list of pages for an object that is called by its number, such as `page_2`."""
    found = re.search(r"([0-9]{1,6})$", name)
    at = int(found[1]) if found else 0
    return value[at] if found and isinstance(value, list) and at < len(value) and _address(value[at]) else value


def _kind(path: str, value: object) -> str:
    if spoken(value):
        return "conversation"
    item = value[0] if isinstance(value, list) and value else value
    uri = _address(item)
    if uri is not None and is_address(uri):
        return _kind_by_ending(uri) or _kind_by_name(path) or "other"
    return (
        _kind_by_name(path)
        or (_kind_by_ending(uri) if uri else None)
        or ("text" if isinstance(value, str) else "other")
    )


def _kind_by_name(key: str) -> str | None:
    return next((kind for kind, words in _WORDS.items() if any(word in key.lower() for word in words)), None)


def _kind_by_ending(text: str) -> str | None:
    found = _ENDING.search(text) if len(text) < 4096 and " " not in text.strip() else None
    return next((kind for kind, endings in _ENDINGS.items() if found and found[1].lower() in endings), None)


def _is_medium(value: object) -> bool:
    return isinstance(value, str | list) or _address(value) is not None


def _address(item: object) -> str | None:
    if isinstance(item, dict):
        item = next((item[key] for key in ("url", "image", "src") if isinstance(item.get(key), str)), None)
    return item if isinstance(item, str) and item else None


def _at(path: str, data: Object) -> object:
    """Return what lies at a path such as `images[0].url`; a key may hold dots itself."""
    if path in data:
        return data[path]
    value: object = data
    for word, number in _STEP.findall(path):
        if word and isinstance(value, dict):
            value = value.get(word)
        elif number.isascii() and number.isdigit() and isinstance(value, list) and int(number[:9]) < len(value):
            value = value[int(number[:9])]
        else:
            return None
    return value
