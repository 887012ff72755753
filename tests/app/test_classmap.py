"""A class map renames, merges and leaves out classes, and refuses what readers could not tell apart."""

import pytest

from labelport.app.classmap import Classes, check
from labelport.errors import NotFoundError, RequestError
from labelport.model.export import ClassMap, DeliveredClass, MappedClass
from labelport.model.ontology import LabelClass, Skeleton

HEAD, HAND = Skeleton(("head",)), Skeleton(("hand",))
CLASSES = (
    LabelClass(1, "car", "#ff0000"),
    LabelClass(2, "truck"),
    LabelClass(5, "person", skeleton=HEAD),
    LabelClass(6, "rider", skeleton=HAND),
)


def mapped(*to: DeliveredClass, drop: bool = False) -> Classes:
    return Classes(CLASSES, ClassMap(to, "drop" if drop else "keep"))


def numbers(classes: Classes) -> dict[int, str]:
    return {one.number: one.name for one in classes.delivered}


def test_without_a_map_classes_are_as_they_are() -> None:
    plain = Classes(CLASSES, None)
    assert (plain.delivered, plain.moved, plain.table) == (CLASSES, frozenset(), ())


def test_a_renamed_class_keeps_its_number_and_moves_no_object() -> None:
    found = mapped(DeliveredClass((1,), "auto"))
    assert numbers(found) == {1: "auto", 2: "truck", 5: "person", 6: "rider"}
    assert found.moved == frozenset()


def test_merged_classes_have_the_number_of_the_first() -> None:
    found = mapped(DeliveredClass((2, 1), "vehicle"))
    assert numbers(found) == {2: "vehicle", 5: "person", 6: "rider"}
    assert found.moved == {1}
    assert [found.of(one) for one in (1, 2, 5, "car", "truck", "rider")] == [2, 2, 5, "vehicle", "vehicle", "rider"]


def test_a12_a_subset_keeps_its_numbers() -> None:
    found = mapped(DeliveredClass((5,)), drop=True)
    assert numbers(found) == {5: "person"}
    assert [found.of(one) for one in (1, 5, "car", "of a model")] == [None, 5, None, None]


def test_a_name_that_the_project_does_not_have_is_another_class() -> None:
    assert mapped(DeliveredClass((5,), "human")).of("of a model") == "of a model"


def test_the_table_says_what_became_of_each_class() -> None:
    found = mapped(DeliveredClass((1, 2), "vehicle", 3), drop=True)
    assert found.table == (
        MappedClass(1, "car", 3),
        MappedClass(2, "truck", 3),
        MappedClass(5, "person", None),
        MappedClass(6, "rider", None),
    )


def test_a_class_that_is_not_there_yet_gives_none() -> None:
    found = Classes(CLASSES[:1], ClassMap((DeliveredClass((2,)), DeliveredClass((2, 1), "vehicle", 9)), "drop"))
    assert numbers(found) == {9: "vehicle"}


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (DeliveredClass((1,), number=2), "'car' and 'truck' would both have number 2"),
        (DeliveredClass((1,), "truck"), "classes 1 and 2 would both be called 'truck'"),
        (DeliveredClass((5, 6), "human"), "'person' and 'rider' have different skeletons"),
    ],
)
def test_what_readers_could_not_tell_apart_is_refused(entry: DeliveredClass, reason: str) -> None:
    with pytest.raises(RequestError, match=reason):
        mapped(entry)


def test_a_merged_class_keeps_the_one_skeleton() -> None:
    (found,) = mapped(DeliveredClass((1, 5), "thing"), drop=True).delivered
    assert (found.skeleton, found.colour) == (HEAD, "#ff0000")


@pytest.mark.parametrize(
    ("to", "error", "reason"),
    [
        ((DeliveredClass((9,)),), NotFoundError, "no class with number 9; there are: 1 'car'"),
        ((DeliveredClass((1,)), DeliveredClass((2, 1), "x")), RequestError, "class 1 'car' is mapped twice"),
        ((DeliveredClass((1, 2)),), RequestError, "merges 'car', 'truck' into one class: give it a name"),
    ],
)
def test_a_map_that_cannot_be_meant_is_refused(
    to: tuple[DeliveredClass, ...], error: type[Exception], reason: str
) -> None:
    with pytest.raises(error, match=reason):
        check(ClassMap(to), CLASSES)
