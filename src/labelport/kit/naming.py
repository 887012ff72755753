"""Makes a safe, readable and reversible path element of any name.

A stem can be created on every common file system, on its own and with another extension, and keeps the letters of all
scripts. What would hurt is written as `%` and two hex digits for each byte of its UTF-8:

| what | why |
|---|---|
| controls (C0, DEL, C1), line and paragraph separators | break listings, logs, CSV; Windows refuses C0 |
| `/` and backslash | separate path elements |
| `: * ? " < > |` | Windows refuses them; `:` opens a stream of a file there, and is `/` in the Finder |
| `%` | so that reading back is unambiguous |
| `~` | kept for the suffixes that are made here, so that they are unambiguous |
| dots and spaces at the start, at the end and before the extension | Windows drops them at the end; a first dot hides |
| the first letter of `CON`, `NUL`, `COM1` ... | devices on Windows, with any extension |
| bidirectional embeddings, overrides and isolates, U+FEFF | make a name look like another one |
| noncharacters, halves of surrogate pairs | not text: XML, JSON and file systems refuse them |
| marks that follow something escaped | would melt with the last hex digit under normalization |

Names are brought to NFC first, so `original(stem(name))` is the name in NFC; `items.csv` keeps it as it was given.
"""

import re
from hashlib import sha256
from unicodedata import category, normalize

LIMIT = 200
"""Bytes of UTF-8 in a stem; 55 of the 255 that file systems take are left for suffixes and extensions."""
LONGEST_EXTENSION = 20
NAMELESS = "%empty"
"""The stem of the empty name; no escape has such digits."""
_EDGE = " ."
_RESERVED = frozenset('/\\:*?"<>|%~\ufeff')
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)", re.IGNORECASE)
_PLAIN = re.compile(r"[A-Za-z0-9_-]+([. ][A-Za-z0-9_-]+)*")
"""Most names: nothing in them hurts, unless they are devices."""
_NUMBER = re.compile(r"~0\d+(?=\.[^.]*$|$)", re.ASCII)
_HASH = 8


def stem(name: str) -> str:
    """Return the path element for a name: at most `LIMIT` bytes, cut with `~` and eight digits of its SHA-256."""
    if len(name) <= LIMIT and _PLAIN.fullmatch(name) and not _DEVICE.match(name):
        return name
    plain = normalize("NFC", name)
    safe = _escaped(plain)
    return safe if len(safe.encode()) <= LIMIT else _cut(safe, plain)


def original(stem: str) -> str | None:
    """Return the name (in NFC) that a stem, numbered or not, was made of; None where it was cut, or is no stem.

    A stem that a file system lists in NFD is read as well.
    """
    safe = _NUMBER.sub("", normalize("NFC", stem))
    name = "" if safe == NAMELESS else _unescaped(safe)
    return name if name is not None and _escaped(name) == safe else None


def key(stem: str) -> str:
    """Return what two stems have in common that may not lie in one folder, whatever their extensions.

    It folds more than any one file system does: case (both ways), canonical equivalence, and what ext4 and HFS+ leave
    out of comparisons (zero-width characters, variation selectors).
    """
    base, _ = _split(stem)
    if base.isascii():
        return base.lower().rstrip(_EDGE)
    seen = "".join(letter for letter in normalize("NFD", base) if not _ignored(letter))
    return normalize("NFD", seen.upper().casefold()).rstrip(_EDGE)


def numbered(stem: str, n: int) -> str:
    """Return the stem with `~0` and the number before its extension, for a clash.

    The zero tells it from the short names that Windows gives (`IMAGE1~1.JPG` is `image1000.jpg` too); a second zero
    keeps it from having as many digits as a hash.
    """
    base, extension = _split(stem)
    digits = f"0{n}"
    return f"{base}~{'0' if len(digits) == _HASH else ''}{digits}{extension}"


def _split(stem: str) -> tuple[str, str]:
    base, dot, extension = stem.rpartition(".")
    return (base, dot + extension) if dot else (stem, "")


def _escaped(name: str) -> str:
    if not name:
        return NAMELESS
    rest = name.lstrip(_EDGE)
    core = rest.rstrip(_EDGE)
    base, extension = _split(core)
    body = base.rstrip(_EDGE)
    pieces = (name[: -len(rest)] if rest else name, body, base[len(body) :], extension, rest[len(core) :])
    letters: list[str] = []
    for piece, edge in zip(pieces, (True, False, True, False, True), strict=True):
        for letter in piece:
            melts = bool(letters) and len(letters[-1]) > 1 and category(letter)[0] == "M"
            letters.append(_escape(letter) if edge or melts or _hurts(letter) else letter)
    if _DEVICE.match(name):
        letters[0] = _escape(name[0])
    return "".join(letters)


def _hurts(letter: str) -> bool:
    if letter in _RESERVED or letter in _TURNING or category(letter) in {"Cc", "Cs", "Zl", "Zp"}:
        return True
    point = ord(letter)
    return point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF


def _escape(letter: str) -> str:
    return "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", "surrogatepass"))


def _unescaped(safe: str) -> str | None:
    data = safe.encode("utf-8", "surrogatepass")
    try:
        return re.sub(rb"%([0-9A-F]{2})", lambda m: bytes([int(m[1], 16)]), data).decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None


def _cut(safe: str, name: str) -> str:
    base, extension = _split(safe)
    if len(extension.encode()) > LONGEST_EXTENSION:
        base, extension = safe, ""
    room = LIMIT - len(extension.encode()) - 1 - _HASH
    kept = re.sub(r"%[0-9A-F]?$", "", base.encode()[:room].decode(errors="ignore"))
    return f"{kept}~{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:_HASH]}{extension}"


def _ignored(letter: str) -> bool:
    """Return whether comparisons may pass over the letter: formats, variation selectors, joiners, fillers."""
    point = ord(letter)
    return (
        category(letter) == "Cf"
        or 0xFE00 <= point <= 0xFE0F
        or 0xE0100 <= point <= 0xE01EF
        or letter in "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0"
    )
