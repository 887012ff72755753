"""A picture of the docs as a file: of few colours, so that it is small."""

from io import BytesIO

from PIL import Image


def png(picture: Image.Image, colours: int) -> bytes:
    """Return the PNG of a picture in so many colours."""
    written = BytesIO()
    picture.quantize(colours).save(written, "PNG", optimize=True)
    return written.getvalue()
