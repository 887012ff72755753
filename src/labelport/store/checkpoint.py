"""Signed checkpoints: a log's size and root, as C2SP tlog-checkpoint text in a C2SP signed note (Ed25519).

    labelport.example/cars
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — labelport.example/cars Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJ...

The specifications: https://c2sp.org/tlog-checkpoint and https://c2sp.org/signed-note. Keys have the text forms of
Go's sumdb notes, so that its tools read them: `name+hash+base64` and `PRIVATE+KEY+name+hash+base64`.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from labelport.errors import IntegrityError, RequestError
from labelport.store.merkle import WIDTH

ED25519 = b"\x01"
SECRET = "PRIVATE+KEY+"  # noqa: S105 - the prefix of a key's text form, not a secret
SIGNATURES = 100
"""How many signatures a note may have; the specification asks for a limit of 16 or more."""


class Checkpoint(msgspec.Struct, frozen=True):
    """The head of a log: which log, how many leaves, and the root over them."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the text that is signed; raises `RequestError` for what it cannot hold."""
        lines = (self.origin, str(self.size), b64encode(self.root).decode(), *self.extensions)
        text = "\n".join(lines) + "\n"
        if (
            self.size < 0
            or len(self.root) != WIDTH
            or not all(lines)
            or _controls(text)
            or text.count("\n") > len(lines)
        ):
            raise RequestError("a checkpoint needs an origin of one line, a size of 0 or more and a root of 32 bytes")
        return text


class PublicKey(msgspec.Struct, frozen=True):
    """Who may vouch: a name and an Ed25519 public key of 32 bytes."""

    name: str
    key: bytes

    @property
    def hash(self) -> bytes:
        """Return the four bytes that name the key in a signature."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.key).digest()[:4]

    def text(self) -> str:
        """Return the verifier key as text: `name+hash+base64`."""
        return f"{self.name}+{self.hash.hex()}+{b64encode(ED25519 + self.key).decode()}"

    @classmethod
    def parse(cls, text: str) -> "PublicKey":
        """Return the key of a verifier key text; raises `RequestError`."""
        name, tag, key = _parts(text)
        found = cls(name, key)
        if found.hash.hex() != tag:
            raise RequestError(f"verifier key of {name!r}: the hash {tag!r} is not that of the key")
        return found


class PrivateKey(msgspec.Struct, frozen=True):
    """What signs: a name and the 32 random bytes that an Ed25519 key is made of."""

    name: str
    seed: bytes

    def __repr__(self) -> str:
        return f"PrivateKey({self.name!r}, ...)"

    def public(self) -> PublicKey:
        """Return the key that verifies what this one signs."""
        return PublicKey(self.name, self._key().public_key().public_bytes_raw())

    def signature(self, text: str) -> bytes:
        """Return the signature of the text (RFC 8032: the same each time)."""
        return self._key().sign(text.encode())

    def text(self) -> str:
        """Return the key as text, to be kept secret: `PRIVATE+KEY+name+hash+base64`."""
        return f"{SECRET}{self.name}+{self.public().hash.hex()}+{b64encode(ED25519 + self.seed).decode()}"

    @classmethod
    def parse(cls, text: str) -> "PrivateKey":
        """Return the key of a private key text; raises `RequestError`, which never shows the key."""
        if not text.startswith(SECRET):
            raise RequestError(f"a private key starts with {SECRET!r}")
        name, tag, seed = _parts(text.removeprefix(SECRET))
        found = cls(name, seed)
        if found.public().hash.hex() != tag:
            raise RequestError(f"private key of {name!r}: the hash {tag!r} is not that of the key")
        return found

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def sign(checkpoint: Checkpoint, key: PrivateKey) -> str:
    """Return the checkpoint as a signed note; the key has the name of the log, so that one log's key fits no other."""
    if key.name != checkpoint.origin:
        raise RequestError(f"key {key.name!r} does not sign for log {checkpoint.origin!r}: name the key after the log")
    return sign_note(checkpoint.text(), key)


def verify(note: str, keys: Iterable[PublicKey]) -> Checkpoint:
    """Return the checkpoint of a note that one of the keys, named like its log, has signed; or `IntegrityError`."""
    known = list(keys)
    found = _checkpoint(open_note(note, known))
    open_note(note, [key for key in known if key.name == found.origin])
    return found


def unverified(note: str) -> Checkpoint:
    """Return what a checkpoint says, whoever signed it: for one that was kept where nobody else can write."""
    return _checkpoint(text_of(note))


def text_of(note: str) -> str:
    """Return the text of a note, whoever signed it; or `IntegrityError`."""
    text, lines = _split(note)
    for line in lines:
        _signature(line)
    return text


def sign_note(text: str, key: PrivateKey) -> str:
    """Return the text, which ends in a line feed, as a signed note."""
    if not text.endswith("\n") or _controls(text):
        raise RequestError("the text of a note ends in a line feed and holds no other control character")
    if not _named(key.name):
        raise RequestError(f"key name {key.name!r} is empty or holds a space or '+'")
    signature = b64encode(key.public().hash + key.signature(text)).decode()
    return f"{text}\n— {key.name} {signature}\n"


def open_note(note: str, keys: Iterable[PublicKey]) -> str:
    """Return the text of a note that at least one of the keys has signed, and none wrongly; or `IntegrityError`."""
    text, lines = _split(note)
    known = {(key.name, key.hash): key for key in keys}
    verified = 0
    for line in lines:
        name, blob = _signature(line)
        key = known.get((name, blob[:4]))
        if key is None:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key.key).verify(blob[4:], text.encode())
        except InvalidSignature as e:
            raise IntegrityError(f"the signature of {name!r} does not fit the text") from e
        verified += 1
    if not verified:
        raise IntegrityError(f"no known key has signed the note; known: {', '.join(k[0] for k in known) or 'none'}")
    return text


def _split(note: str) -> tuple[str, list[str]]:
    text, blank, signatures = note.rpartition("\n\n")
    if not blank or not signatures.endswith("\n") or _controls(note):
        raise IntegrityError("not a signed note: a text, an empty line, signature lines, no control characters")
    lines = signatures.removesuffix("\n").split("\n")
    if len(lines) > SIGNATURES:
        raise IntegrityError(f"a note with more than {SIGNATURES} signatures")
    return text + "\n", lines


def _signature(line: str) -> tuple[str, bytes]:
    match line.split(" "):
        case ["—", name, encoded] if _named(name):
            blob = _decoded(encoded)
            if len(blob) > 4:
                return name, blob
        case _:
            pass
    raise IntegrityError(f"not a signature line of a note: {line[:80]!r}")


def _checkpoint(text: str) -> Checkpoint:
    match text.removesuffix("\n").split("\n"):
        case [origin, size, root, *extensions] if (
            origin and re.fullmatch("0|[1-9][0-9]{0,18}", size) and len(_decoded(root)) == WIDTH and all(extensions)
        ):
            return Checkpoint(origin, int(size), _decoded(root), tuple(extensions))
        case _:
            raise IntegrityError("not a checkpoint: origin, size and root hash, a line each")


def _parts(text: str) -> tuple[str, str, bytes]:
    """Return name, key hash in hex and 32 bytes of key of a key's text form."""
    match text.split("+", 2):
        case [name, tag, encoded] if _named(name) and re.fullmatch("[0-9a-f]{8}", tag):
            blob = _decoded(encoded)
            if blob[:1] == ED25519 and len(blob) == 33:
                return name, tag, blob[1:]
        case _:
            pass
    raise RequestError("not an Ed25519 key in the form name+hash+base64")


def _decoded(text: str) -> bytes:
    """Return the bytes of canonical base64 (RFC 4648, section 4); none for anything else."""
    try:
        blob = b64decode(text, validate=True)
    except ValueError:
        return b""
    return blob if b64encode(blob).decode() == text else b""


def _controls(text: str) -> bool:
    """Return whether the text holds what a note may not: controls but line feeds, or halves of surrogate pairs."""
    return any(letter < " " or "\ud800" <= letter <= "\udfff" for letter in text.replace("\n", ""))


def _named(name: str) -> bool:
    return bool(name) and "+" not in name and not any(map(str.isspace, name))
