"""Forms with a file, as browsers send them (RFC 7578): read with a cap, and only from our own pages."""

from typing import NamedTuple

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from scattershot.frontends.web.forms import BadForm, Form, comes_from_here, is_token_of
from scattershot.frontends.web.visitors import Visitor

_HEAD = 10_000
"""Bytes of what stands around a file in a form."""
STALE = "This form is from an older page. Nothing was done; please go back, load the page anew and try again."


class GivenFile(NamedTuple):
    """The fields of a form, and the file that came with it; None where none was chosen."""

    form: Form
    body: bytes | None


async def read_given(request: Request, visitor: Visitor, most: int) -> GivenFile | BadForm:
    """A form with at most one file, named `file`, of so many bytes; its text fields have as many in all."""
    if not comes_from_here(request):
        return BadForm(403, "This form was sent from another site, so nothing was done.")
    said = request.headers.get("content-length", "")
    if not said.isdecimal() or len(said) > 12 or int(said) > most + _HEAD:
        return BadForm(413, f"A file has at most {most // 1_000_000} MB here.")
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        return BadForm(415, "That is not a form of this site.")
    try:
        async with request.form(max_files=1, max_fields=20, max_part_size=most) as sent:
            given = sent.get("file")
            body = await given.read(most + 1) if isinstance(given, UploadFile) and given.filename else None
            form = Form([(name, value) for name, value in sent.multi_items() if isinstance(value, str)])
    except HTTPException:
        return BadForm(400, "That form cannot be read.")
    if not is_token_of(form.get("token"), visitor.secret):
        return BadForm(403, STALE)
    return GivenFile(form, body)
