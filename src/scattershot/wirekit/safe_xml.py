"""XML from strangers as a tree: read strictly by expat where it is well formed, and forgivingly where it is not.

No document type is ever looked at: no entity but HTML's own is known, so none can grow, and nothing is ever fetched.
Depth and number of elements have limits. The forgiving reader reads HTML as well; on well-formed XML both give
the same tree.
"""

import html
import re
from collections.abc import Iterator, Mapping
from xml.parsers import expat

MAX_DEPTH = 128
MAX_ELEMENTS = 200_000

_DOCTYPE = re.compile(r"<!DOCTYPE\b[^\[>]*(\[)?", re.IGNORECASE)
_END_OF_SUBSET = re.compile(r"\]\s*>")
_FIRST_ELEMENT = re.compile(r"<[A-Za-z_]")
_REFERENCE = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_NAME = re.compile(r"[A-Za-z_][\w:.-]*")
_STOP = re.compile(r"=\s*([\"'])|>")
_ATTRIBUTE = re.compile(r"([^\s=>/\"']+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+)))?")
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
_ALWAYS_VOID = frozenset({"br", "hr", "img"})
"""Never meant to hold anything, be it XML or not."""
_RAW = frozenset({"script", "style", "textarea", "title", "template", "noscript", "iframe", "xmp"})


class BadXmlError(Exception):
    """`why` is one of: not_xml, too_deep, too_many."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Element:
    """`name` is `prefix:local`, the prefix being that of the reader's table of namespaces, or `{uri}local`."""

    __slots__ = ("attributes", "children", "name")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name, self.attributes = name, attributes
        self.children: list[Element | str] = []

    @property
    def text(self) -> str:
        """All text in it, however deep."""
        return "".join(self._texts())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._texts()

    @property
    def elements(self) -> list["Element"]:
        """The elements right within it."""
        return [child for child in self.children if isinstance(child, Element)]

    def get(self, name: str) -> str:
        """An attribute without space around it, or nothing."""
        return self.attributes.get(name, "").strip()

    def walk(self) -> Iterator["Element"]:
        """Itself and every element in it, in the order of the document."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()


class _Growing:
    """The tree while it is read."""

    def __init__(self) -> None:
        self.stack: list[Element] = []
        self.root: Element | None = None
        self._number = 0
        self._said: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._number += 1
        if self._number > MAX_ELEMENTS:
            raise BadXmlError("too_many")
        if len(self.stack) >= MAX_DEPTH:
            raise BadXmlError("too_deep")
        element = Element(name, attributes)
        self._flush()
        if self.stack:
            self.stack[-1].children.append(element)
        elif self.root is None:
            self.root = element
        self.stack.append(element)

    def end(self) -> None:
        self._flush()
        self.stack.pop()

    def text(self, text: str) -> None:
        if self.stack and text:
            self._said.append(text)

    def _flush(self) -> None:
        if self._said:
            self.stack[-1].children.append("".join(self._said))
            self._said.clear()


def read_xml(text: str, prefixes: Mapping[str, str]) -> Element:
    """The root element; BadXmlError for what has none or is too large. `prefixes` spells namespaces, by their address
    in lower case without a slash or sign at its end."""
    text = _without_doctype(text)
    try:
        return read_strictly(text, prefixes)
    except expat.ExpatError:
        return read_forgivingly(text, prefixes)


def _without_doctype(text: str) -> str:
    first = _FIRST_ELEMENT.search(text)
    found = _DOCTYPE.search(text, 0, first.start() if first is not None else len(text))
    if found is None:
        return text
    if not found[1]:
        return text[: found.start()] + text[_after(text.find(">", found.end()), 1, len(text)) :]
    end = _END_OF_SUBSET.search(text, found.end())
    return text[: found.start()] + text[end.end() if end is not None else len(text) :]


# -- strictly


def read_strictly(text: str, prefixes: Mapping[str, str]) -> Element:
    """As `read_xml`, but ExpatError for what is not well formed."""
    growing = _Growing()
    parser = expat.ParserCreate("utf-8", " ")
    parser.buffer_text = True
    spelt: dict[str, str] = {}

    def spell(name: str) -> str:
        known = spelt.get(name)
        if known is None:
            uri, space, local = name.rpartition(" ")
            known = spelt[name] = _spelt(uri, local, prefixes) if space else name
        return known

    def start(name: str, attributes: dict[str, str]) -> None:
        growing.start(spell(name), {spell(key): value for key, value in attributes.items()})

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: growing.end()
    parser.CharacterDataHandler = growing.text
    parser.Parse(text.encode("utf-8", "replace"), True)
    assert growing.root is not None
    return growing.root


_XML = "http://www.w3.org/xml/1998/namespace"


def _spelt(uri: str, local: str, prefixes: Mapping[str, str]) -> str:
    plain = uri.strip().lower().rstrip("/#")
    if plain == _XML:
        return f"xml:{local}"
    plain = plain.replace("https://", "http://", 1)
    prefix = prefixes.get(plain)
    if prefix is None:
        return f"{{{uri}}}{local}" if uri else local
    return f"{prefix}:{local}" if prefix else local


# -- forgivingly


def read_forgivingly(
    text: str,
    prefixes: Mapping[str, str],
    *,
    as_html: bool = False,
    alone: tuple[str, ...] = ("item", "atom:entry", "entry"),
) -> Element:
    """As `read_xml`, for what is broken: what was left open is closed, what was never opened is passed over, a sign
    that begins nothing is text. An element named in `alone` ends one of its own name that is still open."""
    reader = _Forgiving(text, prefixes, as_html, alone)
    reader.read()
    if reader.growing.root is None:
        raise BadXmlError("not_xml")
    return reader.growing.root


class _Forgiving:
    def __init__(self, text: str, prefixes: Mapping[str, str], as_html: bool, alone: tuple[str, ...]) -> None:
        self._text, self._prefixes, self._html, self._alone = text, prefixes, as_html, alone
        self.growing = _Growing()
        self._no_tag_ends = self._no_cdata_ends = False  # else every one that is open would be sought to the end again
        self._names: list[tuple[str, Mapping[str, str]]] = []  # as written, with the prefixes that hold within

    def read(self) -> None:
        text, place = self._text, 0
        while (sign := text.find("<", place)) != -1:
            if sign > place:
                self.growing.text(_resolved(text[place:sign]))
            place = self._markup(sign)
        self.growing.text(_resolved(text[place:]))
        while self._names:
            self._pop()

    def _markup(self, sign: int) -> int:
        """Deal with what begins at the sign; where it ends."""
        text = self._text
        follows = text[sign + 1 : sign + 2]
        if follows == "!":
            return self._declaration(sign)
        if follows == "?":
            return _after(text.find(">", sign), 1, len(text))
        closing = follows == "/"
        name = _NAME.match(text, sign + 1 + closing)
        end = self._end_of_tag(name.end()) if name is not None else -1
        if name is None or end == -1:
            self.growing.text("<")
            return sign + 1
        if closing:
            self._close(name[0])
            return end + 1
        return self._open(name[0], text[name.end() : end], end + 1)

    def _declaration(self, sign: int) -> int:
        text = self._text
        if text.startswith("<!--", sign):
            return _after(text.find("-->", sign + 4), 3, len(text))
        if text.startswith("<![CDATA[", sign):
            end = -1 if self._no_cdata_ends else text.find("]]>", sign)
            self._no_cdata_ends = end == -1
            if end == -1 and self._names:
                end = text.find(f"</{self._names[-1][0]}", sign)
                self.growing.text(text[sign + 9 : end if end != -1 else len(text)])
                return end if end != -1 else len(text)
            self.growing.text(text[sign + 9 : end if end != -1 else len(text)])
            return _after(end, 3, len(text))
        return _after(text.find(">", sign), 1, len(text))

    def _end_of_tag(self, place: int) -> int:
        """Where its `>` is, which may also stand in a value; -1 for none."""
        while not self._no_tag_ends and (stop := _STOP.search(self._text, place)) is not None:
            if stop[1] is None:
                return stop.start()
            end = self._text.find(stop[1], stop.end())
            place = end + 1 if end != -1 else stop.end()
        self._no_tag_ends = True
        return -1

    def _open(self, name: str, rest: str, after: int) -> int:
        attributes: dict[str, str] = {}
        for key, *values in _ATTRIBUTE.findall(rest):
            attributes.setdefault(key.lower() if self._html else key, _resolved(next(filter(None, values), "")))
        name = name.lower() if self._html else name
        known = self._declared(attributes)
        spelt = self._spell(name, known)
        if spelt in self._alone and any(element.name == spelt for element in self.growing.stack):
            while self.growing.stack[-1].name != spelt:
                self._pop()
            self._pop()
        spelt_attributes = {
            self._spell(key, known) if ":" in key else key: value
            for key, value in attributes.items()
            if self._html or not (key == "xmlns" or key.startswith("xmlns:"))
        }
        self.growing.start(spelt, spelt_attributes)
        self._names.append((name, known))
        if rest.endswith("/") or name in (_VOID if self._html else _ALWAYS_VOID):
            self._pop()
        elif self._html and name in _RAW:
            return self._raw(name, after)
        return after

    def _raw(self, name: str, after: int) -> int:
        found = re.compile(f"</{name}", re.IGNORECASE).search(self._text, after)
        end = found.start() if found is not None else len(self._text)
        self.growing.text(self._text[after:end])
        return end

    def _close(self, name: str) -> None:
        name = name.lower() if self._html else name
        if not any(opened == name for opened, _ in self._names):
            return
        while self._names[-1][0] != name:
            self._pop()
        self._pop()

    def _pop(self) -> None:
        self._names.pop()
        self.growing.end()

    def _declared(self, attributes: Mapping[str, str]) -> Mapping[str, str]:
        known = self._names[-1][1] if self._names else {}
        if self._html:
            return known
        new = {
            key.partition(":")[2]: value
            for key, value in attributes.items()
            if key == "xmlns" or key.startswith("xmlns:")
        }
        return {**known, **new} if new else known

    def _spell(self, name: str, known: Mapping[str, str]) -> str:
        if self._html:
            return name
        prefix, _, local = name.rpartition(":")
        uri = known.get(prefix)
        return _spelt(uri, local, self._prefixes) if uri is not None else name


def _after(found: int, length: int, end: int) -> int:
    return found + length if found != -1 else end


def _resolved(text: str) -> str:
    """HTML's entities by name, and characters by number; others stay as they were written."""
    return _REFERENCE.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


# -- and back


def inner_html(element: Element) -> str:
    """What is within an element as HTML: elements of XHTML and of no namespace by name, others by contents."""
    return "".join(_as_html(child) for child in element.children)


def _as_html(child: Element | str) -> str:
    if isinstance(child, str):
        return html.escape(child, quote=False)
    name = child.name.removeprefix("xhtml:")
    if not name.isalnum():
        return inner_html(child)
    attributes = "".join(
        f' {key}="{html.escape(value)}"' for key, value in child.attributes.items() if _NAME.fullmatch(key)
    )
    return (
        f"<{name}{attributes}>{inner_html(child)}"
        if name in _VOID
        else f"<{name}{attributes}>{inner_html(child)}</{name}>"
    )
