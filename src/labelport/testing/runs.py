"""Writes runs as a COCO compressed RLE string, so that masks can be drawn without a format or a decoder of ours."""

from collections.abc import Sequence


def encoded(runs: Sequence[int]) -> str:
    """Return the string for runs of zeros and ones in turn: differences to the run before last, five bits a letter."""
    steps = [run - runs[i - 2] if i > 2 else run for i, run in enumerate(runs)]
    return "".join(map(_letters, steps))


def _letters(step: int) -> str:
    letters = ""
    while True:
        bits, step = step & 31, step >> 5
        done = step == (-1 if bits & 16 else 0)
        letters += chr(48 + (bits if done else bits | 32))
        if done:
            return letters
