"""Forms that bring files along, read with a cap, and only from our own pages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from scattershot.app.media import Media
from scattershot.app.receiving import Receiving
from scattershot.frontends.web.forms import MAX_BODY, BadForm, Form, comes_from_here, read_form

MAX_FILES = 60
MAX_FIELDS = 600
_PIECE = 256 * 1024
_NO_FORM = BadForm(415, "That is not a form of this site.")
_TOO_LONG = BadForm(413, "That is too long. Files that are so large cannot be taken.")


class GivenFile(NamedTuple):
    """A file, and the field of the form that it was chosen in."""

    field: str
    upload: UploadFile


class Given(NamedTuple):
    """A form and the files that came with it."""

    form: Form
    files: tuple[GivenFile, ...] = ()

    def file(self, field: str) -> UploadFile | None:
        """The first file that was chosen in that field."""
        return next((each.upload for each in self.files if each.field == field), None)


@asynccontextmanager
async def given_in(request: Request, most: int) -> AsyncIterator[Given | BadForm]:
    """What the form holds, with at most so many bytes; its files are there until the block is left."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "multipart/form-data":
        form = await read_form(request)
        yield Given(form) if isinstance(form, Form) else form
        return
    if not comes_from_here(request):
        yield BadForm(403, "This form was sent from another site, so nothing was done.")
        return
    said = request.headers.get("content-length", "")
    if not said.isdecimal() or len(said) > 12 or int(said) > most + MAX_BODY:
        yield _TOO_LONG
        return
    try:
        form_data = await request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=MAX_BODY)
    except HTTPException:
        yield _NO_FORM
        return
    try:
        pairs = [(name, value) for name, value in form_data.multi_items() if isinstance(value, str)]
        files = [
            GivenFile(name, value)
            for name, value in form_data.multi_items()
            if isinstance(value, UploadFile) and (value.filename or value.size)
        ]
        yield Given(Form(pairs), tuple(files))
    finally:
        await form_data.close()


async def received(media: Media, upload: UploadFile) -> Receiving:
    """The file where uploads lie before they are looked into; whoever takes it in discards it."""
    receiving = media.receiving()
    while piece := await upload.read(_PIECE):
        await receiving.add(piece)
    await receiving.end()
    return receiving
