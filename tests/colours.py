"""The colours in a picture, as they are by its mode."""

from PIL import Image


def colour(picture: Image.Image, place: tuple[int, int]) -> tuple[int, ...]:
    """Return the shades of a pixel, one for each band of a picture that has several."""
    found = picture.getpixel(place)
    assert isinstance(found, tuple)
    return found


def palette(picture: Image.Image) -> list[int]:
    """Return the shades of a picture's palette, three for each index."""
    found = picture.getpalette()
    assert found is not None
    return found
