"""Path elements for hostile names: safe everywhere, readable, reversible, and told apart when they would clash."""

import re
from pathlib import Path
from unicodedata import category, normalize

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from labelport.kit.naming import LIMIT, key, numbered, original, stem
from labelport.testing.strategies import hostile_names

some = settings(max_examples=300, deadline=None)
anything = hostile_names() | st.text(st.characters(exclude_categories=[]), max_size=300)
DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\..*)?", re.IGNORECASE)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.jpg", "a.jpg"),
        ("scan 12 (left).tar.gz", "scan 12 (left).tar.gz"),
        ("日本語.png", "日本語.png"),
        ("👩🏽‍🚀.webp", "👩🏽‍🚀.webp"),
        ("cafe\u0301.png", "caf\u00e9.png"),
        ("frames/0001.jpg", "frames%2F0001.jpg"),
        ("C:\\x", "C%3A%5Cx"),
        ('a*b?"<>|.jpg', "a%2Ab%3F%22%3C%3E%7C.jpg"),
        ("100%", "100%25"),
        ("a~1.jpg", "a%7E1.jpg"),
        ("", "%empty"),
        (".", "%2E"),
        ("..", "%2E%2E"),
        (".hidden", "%2Ehidden"),
        ("trailing. ", "trailing%2E%20"),
        ("  two.jpg", "%20%20two.jpg"),
        ("a .jpg", "a%20.jpg"),
        ("a..jpg", "a%2E.jpg"),
        ("...jpg", "%2E%2E%2Ejpg"),
        ("con", "%63on"),
        ("CON.txt", "%43ON.txt"),
        ("Nul.tar.gz", "%4Eul.tar.gz"),
        ("com1 .a.b", "%63om1 .a.b"),
        ("lpt\u00b9", "%6Cpt\u00b9"),
        ("control.txt", "control.txt"),
        ("com.txt", "com.txt"),
        ("a\x00b\n\x7f\x85", "a%00b%0A%7F%C2%85"),
        ("a\u2028b", "a%E2%80%A8b"),
        ("\u202egpj.exe", "%E2%80%AEgpj.exe"),
        ("\ufeffa", "%EF%BB%BFa"),
        ("\ud800", "%ED%A0%80"),
        ("\uffff", "%EF%BF%BF"),
        ("/\u0307", "%2F%CC%87"),
    ],
)
def test_a_stem_keeps_what_is_safe_and_escapes_the_rest(name: str, expected: str) -> None:
    assert stem(name) == expected


@given(anything)
@some
def test_a08_a_stem_is_a_path_element_on_every_file_system(name: str) -> None:
    made = stem(name)
    assert 0 < len(made.encode()) <= LIMIT
    assert not set(made) & set('/\\:*?"<>|')
    assert not [letter for letter in made if category(letter) in {"Cc", "Cs", "Zl", "Zp"}]
    assert made == made.strip(" .")
    assert not DEVICES.fullmatch(made)
    assert normalize("NFC", made) == made


@given(anything)
@some
def test_a08_a_stem_without_its_extension_is_as_safe(name: str) -> None:
    base = stem(name).rpartition(".")[0]
    assert base == base.strip(" .")
    assert not DEVICES.fullmatch(base)


@given(anything)
@example("%empty")
@example("%")
@example("%2F")
@example("a%7E01")
@example("a~01.jpg")
@example("a~deadbeef.jpg")
@some
def test_a08_a_stem_that_was_not_cut_gives_its_name_back(name: str) -> None:
    made = stem(name)
    if "~" in made:
        assert original(made) is None
    else:
        assert original(made) == normalize("NFC", name)


@given(anything, st.integers(1, 10**8))
@example("a.jpg", 1_234_567)
@some
def test_a08_a_number_does_not_keep_a_name_from_being_read_back(name: str, n: int) -> None:
    made = stem(name)
    assert original(numbered(made, n)) == original(made)


@given(
    st.text(st.characters(exclude_categories=[]), min_size=150, max_size=400), st.sampled_from(("", ".jpg", ".nii.gz"))
)
@some
def test_a_long_name_is_cut_between_characters_and_keeps_its_extension(name: str, extension: str) -> None:
    made = stem(name + extension)
    if "~" in made:
        assert re.search(r"~[0-9a-f]{8}(\.[^.]*)?$", made)
        assert not re.search(r"%[0-9A-F]?~", made)
        assert made.endswith(extension.rpartition(".")[2])


def test_long_names_that_begin_alike_stay_apart() -> None:
    names = [f"{'é' * 200}{i}.jpg" for i in range(50)]
    assert len({key(stem(name)) for name in names}) == 50


def test_255_bytes_become_200_and_the_extension_stays() -> None:
    made = stem("x" * 251 + ".jpg")
    assert len(made) == 200
    assert re.fullmatch(r"x{187}~[0-9a-f]{8}\.jpg", made)


@given(anything, anything)
@some
def test_different_stems_with_different_keys_are_different_files_anywhere(one: str, two: str) -> None:
    first, second = stem(one), stem(two)
    if key(first) != key(second):
        for fold in (str.casefold, str.upper, str.lower):
            assert normalize("NFD", fold(first)) != normalize("NFD", fold(second))
            assert fold(first) != fold(second)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("a.jpg", "A.jpg"),
        ("a.jpg", "a.png"),
        ("caf\u00e9.png", "cafe\u0301.png"),
        ("straße", "STRASSE"),
        ("ſ.jpg", "S.jpg"),
        ("\u212a.jpg", "k.jpg"),
        ("a\u200db", "ab"),
        ("❤\ufe0f", "❤"),
        ("ΑΣ", "ας"),
    ],
)
def test_a08_names_that_clash_somewhere_have_one_key(one: str, two: str) -> None:
    assert key(stem(one)) == key(stem(two))


@pytest.mark.parametrize(
    ("one", "two"),
    [("a.jpg", "a_1.jpg"), ("a.jpg", "a .jpg"), ("a", "a."), ("a/b", "a_b"), ("a.b.jpg", "a.c.jpg"), ("é", "e")],
)
def test_names_that_clash_nowhere_have_two_keys(one: str, two: str) -> None:
    assert key(stem(one)) != key(stem(two))


@pytest.mark.parametrize(
    ("made", "n", "expected"),
    [
        ("a.jpg", 1, "a~01.jpg"),
        ("a.tar.gz", 12, "a.tar~012.gz"),
        ("a", 3, "a~03"),
        ("%empty", 1, "%empty~01"),
        ("a.jpg", 1_234_567, "a~001234567.jpg"),
    ],
)
def test_a_number_goes_before_the_extension(made: str, n: int, expected: str) -> None:
    assert numbered(made, n) == expected


@given(st.lists(hostile_names() | st.sampled_from(("a.jpg", "A.jpg", "a.png", "a~01.jpg", "a_1.jpg")), max_size=12))
@settings(max_examples=150, deadline=None)
def test_a08_numbering_by_key_makes_every_path_unique(names: list[str]) -> None:
    seen: dict[str, int] = {}
    paths = []
    for name in names:
        made = stem(name)
        n = seen[key(made)] = seen.get(key(made), -1) + 1
        paths.append(numbered(made, n) if n else made)
    assert len({key(path) for path in paths}) == len(names)
    assert [original(path) for path in paths] == [original(stem(name)) for name in names]


def test_a08_a_number_is_never_a_short_name_of_windows() -> None:
    assert not re.search(r"~[1-9]", numbered(stem("image1.jpg"), 1))


@given(st.lists(hostile_names(), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_a_real_file_system_takes_every_stem(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    folder = tmp_path_factory.mktemp("stems")
    made = {stem(name) for name in names}
    for one in made:
        Path(folder, numbered(one, 10**9) + ".segmentation.nii.gz").write_bytes(b"")
    assert {path.name for path in folder.iterdir()} == {numbered(one, 10**9) + ".segmentation.nii.gz" for one in made}


def test_a_listing_in_nfd_is_read_back() -> None:
    assert original("cafe\u0301~02.png") == "caf\u00e9.png"


@pytest.mark.parametrize("path", ["a/b", "..", "%2f", "%FF", "%", "", "a ", "con", "a~b"])
def test_what_is_no_stem_has_no_original(path: str) -> None:
    assert original(path) is None
