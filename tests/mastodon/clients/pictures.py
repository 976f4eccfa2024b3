"""Pictures to post."""

import io

from PIL import Image


def a_picture(colour: str = "teal") -> bytes:
    """A small PNG, all of one colour."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(file, "PNG")
    return file.getvalue()
