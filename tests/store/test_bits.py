from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.store.bits import PAGE, Bits

NUMBERS = st.one_of(st.integers(0, 40), st.integers(PAGE - 9, PAGE + 9), st.integers(0, 5 * PAGE))


@given(st.sets(NUMBERS), NUMBERS, NUMBERS)
@settings(max_examples=100, deadline=None)
def test_between_yields_what_is_in_above_one_and_up_to_another_in_order(
    numbers: set[int], after: int, last: int
) -> None:
    bits = Bits()
    for number in numbers:
        bits.add(number)
    assert list(bits.between(after, last)) == sorted(number for number in numbers if after < number <= last)


@given(st.sets(NUMBERS), NUMBERS)
@settings(max_examples=50, deadline=None)
def test_what_was_put_in_is_in(numbers: set[int], other: int) -> None:
    bits = Bits()
    for number in numbers:
        bits.add(number)
    assert (other in bits) == (other in numbers)
