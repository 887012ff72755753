"""Checkpoints against the published note of Go's sumdb, and against those who would change them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.errors import IntegrityError, RequestError
from labelport.store.checkpoint import Checkpoint, PrivateKey, PublicKey, open_note, sign, sign_note, verify

# golang.org/x/mod/sumdb/note: the example of its documentation and tests.
VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SIGNER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
NOTE = f"{TEXT}\n— PeterNeumann {SIGNATURE}\n"
KEY = PrivateKey("example.org/cars", bytes(range(32)))
HEAD = Checkpoint("example.org/cars", 20852163, bytes(range(32)))
OTHER = PrivateKey("example.org/witness", bytes(32))


def test_the_published_note_opens_with_the_published_key() -> None:
    assert open_note(NOTE, [PublicKey.parse(VERIFIER)]) == TEXT


def test_signing_makes_the_published_note() -> None:
    assert sign_note(TEXT, PrivateKey.parse(SIGNER)) == NOTE


def test_keys_keep_their_published_text() -> None:
    assert PublicKey.parse(VERIFIER).text() == VERIFIER
    assert PrivateKey.parse(SIGNER).text() == SIGNER
    assert PrivateKey.parse(SIGNER).public().text() == VERIFIER


@pytest.mark.parametrize(
    "text",
    [
        "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6",
    ],
)
def test_verifier_keys_of_other_programs_are_read(text: str) -> None:
    assert PublicKey.parse(text).text() == text


@pytest.mark.parametrize("cut", [(start, end) for start in (0, 1, 12, 13, 22) for end in (5, 21, 22, 60, 65)])
def test_a_piece_of_a_verifier_key_is_refused(cut: tuple[int, int]) -> None:
    with pytest.raises(RequestError):
        PublicKey.parse(VERIFIER[cut[0] : cut[1]])


@given(st.integers(0, len(VERIFIER) - 1), st.integers(1, 127))
@settings(max_examples=200, deadline=None)
def test_a_verifier_key_with_one_letter_changed_is_refused(place: int, shift: int) -> None:
    letter = chr((ord(VERIFIER[place]) + shift) % 128)
    with pytest.raises(RequestError):
        PublicKey.parse(VERIFIER[:place] + letter + VERIFIER[place + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
    ids=["key too long", "unknown algorithm"],
)
def test_a_verifier_key_that_is_not_ed25519_is_refused(text: str) -> None:
    with pytest.raises(RequestError, match="Ed25519"):
        PublicKey.parse(text)


@pytest.mark.parametrize("text", [VERIFIER, SIGNER[:-1], SIGNER.replace("c74f20a3", "c74f20a4"), ""])
def test_a_private_key_that_is_not_one_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(RequestError) as caught:
        PrivateKey.parse(text)
    assert "AYEKFALVFGy" not in str(caught.value)


def test_a_private_key_does_not_print_itself() -> None:
    assert repr(KEY) == "PrivateKey('example.org/cars', ...)"


def test_a_checkpoint_is_three_lines_and_a_signature() -> None:
    lines = sign(HEAD, KEY).split("\n")
    assert lines[:4] == ["example.org/cars", "20852163", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", ""]
    assert lines[4].startswith("— example.org/cars ")
    assert lines[5:] == [""]


@given(
    st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32), st.lists(st.text("ab —+é", min_size=1), max_size=2)
)
@settings(max_examples=50, deadline=None)
def test_a_signed_checkpoint_verifies_as_it_was(size: int, root: bytes, extensions: list[str]) -> None:
    head = Checkpoint("example.org/cars", size, root, tuple(extensions))
    assert verify(sign(head, KEY), [KEY.public()]) == head


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_checkpoint_with_one_letter_changed_is_refused(data: st.DataObject) -> None:
    note = sign(HEAD, KEY)
    place = data.draw(st.integers(0, len(note) - 1))
    letter = data.draw(st.characters(codec="utf-8").filter(lambda one: one != note[place]))
    with pytest.raises(IntegrityError):
        verify(note[:place] + letter + note[place + 1 :], [KEY.public()])


def test_signatures_of_unknown_keys_are_passed_over() -> None:
    note = sign(HEAD, KEY) + sign_note(HEAD.text(), OTHER).rpartition("\n\n")[2]
    assert verify(note, [KEY.public()]) == HEAD
    assert verify(note, [KEY.public(), OTHER.public()]) == HEAD


def test_a_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    wrong = sign_note("other text\n", OTHER).rpartition("\n\n")[2]
    assert verify(sign(HEAD, KEY) + wrong, [KEY.public()]) == HEAD
    with pytest.raises(IntegrityError, match="does not fit"):
        verify(sign(HEAD, KEY) + wrong, [KEY.public(), OTHER.public()])


def test_the_key_of_one_log_does_not_vouch_for_another() -> None:
    with pytest.raises(RequestError, match="name the key after the log"):
        sign(HEAD, OTHER)
    with pytest.raises(IntegrityError, match="no known key"):
        verify(sign_note(HEAD.text(), OTHER), [KEY.public(), OTHER.public()])


def test_a_note_without_a_known_key_is_refused() -> None:
    with pytest.raises(IntegrityError, match="known: none"):
        verify(sign(HEAD, KEY), [])


@pytest.mark.parametrize(
    "text",
    [
        "example.org/cars\n01\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "example.org/cars\n-1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "example.org/cars\n١\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "example.org/cars\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n",
        "example.org/cars\n1\nAAEC\n",
        "example.org/cars\n1\n",
        "\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
    ],
    ids=["leading zero", "negative", "other digits", "loose base64", "short root", "no root", "no origin"],
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(IntegrityError, match="not a checkpoint"):
        verify(sign_note(text, KEY), [KEY.public()])


@pytest.mark.parametrize(
    "head",
    [
        Checkpoint("", 1, bytes(32)),
        Checkpoint("two\nlines", 1, bytes(32)),
        Checkpoint("tab\there", 1, bytes(32)),
        Checkpoint("a", -1, bytes(32)),
        Checkpoint("a", 1, bytes(31)),
        Checkpoint("a", 1, bytes(32), ("",)),
        Checkpoint("a", 1, bytes(32), ("x\n— a b",)),
    ],
)
def test_what_a_checkpoint_cannot_hold_is_refused(head: Checkpoint) -> None:
    with pytest.raises(RequestError):
        head.text()


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b", "a\nb"])
def test_a_key_needs_a_name_that_a_note_can_hold(name: str) -> None:
    with pytest.raises(RequestError):
        sign_note(TEXT, PrivateKey(name, bytes(32)))


@pytest.mark.parametrize(
    "note",
    [
        "",
        TEXT,
        NOTE[:-1],
        NOTE.replace("—", "-"),
        TEXT + "\n— PeterNeumann x08go/Y=\n",
        NOTE.replace("then", "the\0n"),
        NOTE.replace("th", "\ud800"),
    ],
    ids=["empty", "unsigned", "no end", "hyphen", "no signature", "control", "surrogate"],
)
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(IntegrityError):
        open_note(note, [PublicKey.parse(VERIFIER)])


def test_a_note_has_a_limit_of_signatures() -> None:
    with pytest.raises(IntegrityError, match="more than 100"):
        open_note(NOTE + f"— PeterNeumann {SIGNATURE}\n" * 100, [PublicKey.parse(VERIFIER)])
