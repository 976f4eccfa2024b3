"""rssCloud as it is spoken: registrations by form or XML-RPC, and notifications by either."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from scattershot.protocols.feeds.wire.markup import around, document, element
from scattershot.protocols.feeds.wire.websub import BadRequest
from scattershot.wirekit.safe_xml import BadXmlError, Element, read_xml

HOLDS = 25 * 3_600
"""Seconds after which a registration ends, by convention; one registers anew every 24 hours."""
MOST_FEEDS = 100
REGISTER, NOTIFY = "rssCloud.pleaseNotify", "rssCloud.notify"
"""Procedures of XML-RPC by which one registers, and is told, where nobody says others."""
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]")
_METHOD = re.compile(r"[\w.:/-]{1,200}", re.ASCII)
_PATH = re.compile(r"/[\x21-\x7e]{0,1000}")


class Registration(NamedTuple):
    """Who wishes to be told of which feeds. `domain` is empty where the caller is meant that asks; `method` is the
    procedure to call, where it is by XML-RPC that one is told."""

    protocol: str
    domain: str
    port: int
    path: str
    method: str
    feeds: tuple[str, ...]

    def address(self, caller: str) -> str:
        """Where to tell it; `caller` is the address from which it asked."""
        host = self.domain or (f"[{caller}]" if ":" in caller else caller)
        secure = self.protocol == "https-post" or self.port == 443
        usual = 443 if secure else 80
        port = "" if self.port == usual else f":{self.port}"
        return f"{'https' if secure else 'http'}://{host}{port}{self.path}"


def read_registration(form: Mapping[str, str]) -> Registration | BadRequest:
    """A registration by form."""
    numbered = [(int(key[3:]), value) for key, value in form.items() if re.fullmatch(r"url[0-9]{1,4}", key)]
    feeds = [value.strip() for _, value in sorted(numbered)] or [form.get("url", "").strip()]
    said = [form.get(name, "").strip() for name in ("protocol", "domain", "port", "path", "notifyProcedure")]
    return _registration(said[0], said[1], said[2], said[3], said[4], feeds)


def _registration(
    protocol: str, domain: str, port: str, path: str, method: str, feeds: list[str]
) -> Registration | BadRequest:
    protocol = protocol.lower() or "http-post"
    scheme, separator, bare = domain.partition("://")
    if separator:
        domain, protocol = bare.rstrip("/"), "https-post" if scheme.lower() == "https" else protocol
    if protocol not in ("http-post", "https-post", "xml-rpc"):
        return BadRequest("protocol is http-post, https-post or xml-rpc.")
    if not port.isascii() or not port.isdecimal() or not 0 < int(port[:6]) < 65_536:
        return BadRequest("port is a number from 1 to 65535.")
    if domain and not _HOST.fullmatch(domain):
        return BadRequest("domain is the name of a host.")
    path = path if path.startswith("/") else f"/{path}"
    if not _PATH.fullmatch(path):
        return BadRequest("path is that of an address.")
    found = [feed for feed in dict.fromkeys(feeds) if feed]
    if not found or len(found) > MOST_FEEDS:
        return BadRequest(f"url1, url2 … name the feeds, at most {MOST_FEEDS}.")
    if protocol == "xml-rpc" and not _METHOD.fullmatch(method):
        return BadRequest("notifyProcedure is the name of a procedure where protocol is xml-rpc.")
    return Registration(protocol, domain, int(port), path, method if protocol == "xml-rpc" else "", tuple(found))


def read_rpc_registration(text: str) -> Registration | BadRequest:
    """A registration by XML-RPC, `rssCloud.pleaseNotify` under whatever name."""
    values = read_rpc(text)
    if values is None or len(values) < 5:
        return BadRequest("rssCloud.pleaseNotify takes notifyProcedure, port, path, protocol and a list of feeds.")
    method, port, path, protocol, feeds = values[:5]
    domain = values[5] if len(values) > 5 else ""
    if isinstance(method, list) or isinstance(port, list) or isinstance(path, list) or isinstance(protocol, list):
        return BadRequest("Only the fifth parameter is a list.")
    listed = feeds if isinstance(feeds, list) else [feeds]
    return _registration(protocol, domain if isinstance(domain, str) else "", port, path, method, listed)


def rpc_method(text: str) -> str:
    """The procedure that is called; nothing for what is no call."""
    root = _root(text, "methodCall")
    return next((each.text.strip() for each in root.elements if each.name == "methodName"), "") if root else ""


def _root(text: str, name: str) -> Element | None:
    try:
        root = read_xml(text.strip(), {})
    except BadXmlError:
        return None
    return root if root.name == name else None


def read_rpc(text: str) -> list[str | list[str]] | None:
    """The parameters of a method call: scalars as text, arrays as lists of them; None for what is no call."""
    root = _root(text, "methodCall")
    if root is None:
        return None
    params = next((each for each in root.elements if each.name == "params"), None)
    return [_value(each) for each in params.elements if each.name == "param"] if params is not None else []


def _value(param: Element) -> str | list[str]:
    listed = next((each for each in param.walk() if each.name == "data"), None)
    if listed is not None:
        return [each.text.strip() for each in listed.elements if each.name == "value"]
    return param.text.strip()


def notify_result(*, success: bool, words: str) -> bytes:
    """The answer to a registration by form."""
    return document(element("notifyResult", success="true" if success else "false", msg=words))


def rpc_answer(*, success: bool) -> bytes:
    """The answer to a registration by XML-RPC."""
    value = around("value", [f"<boolean>{int(success)}</boolean>"])
    return document(around("methodResponse", [around("params", [around("param", [value])])]))


def rpc_fault(words: str) -> bytes:
    """The answer to a call that cannot be."""
    code = "<member><name>faultCode</name><value><int>4</int></value></member>"
    text = f"<member><name>faultString</name><value>{element('string', words)}</value></member>"
    return document(f"<methodResponse><fault><value><struct>{code}{text}</struct></value></fault></methodResponse>")


def rpc_call(method: str, *values: str | int | list[str]) -> bytes:
    """A call; that by which one is told of news by rssCloud has the address of the feed alone."""
    params = "".join(f"<param>{_as_value(value)}</param>" for value in values)
    return document(f"<methodCall>{element('methodName', method)}<params>{params}</params></methodCall>")


def _as_value(value: str | int | list[str]) -> str:
    if isinstance(value, list):
        return f"<value><array><data>{''.join(map(_as_value, value))}</data></array></value>"
    return f"<value>{element('int' if isinstance(value, int) else 'string', str(value))}</value>"


def rpc_pinged(words: str) -> bytes:
    """The answer to a ping, as weblogUpdates wants it."""
    error = "<member><name>flerror</name><value><boolean>0</boolean></value></member>"
    text = f"<member><name>message</name><value>{element('string', words)}</value></member>"
    value = f"<value><struct>{error}{text}</struct></value>"
    return document(f"<methodResponse><params><param>{value}</param></params></methodResponse>")


def is_rpc_success(text: str) -> bool:
    """Whether a registration by XML-RPC was taken: an answer that is no fault, and does not say no."""
    root = _root(text, "methodResponse")
    if root is None or any(each.name == "fault" for each in root.elements):
        return False
    said = next((each.text.strip() for each in root.walk() if each.name == "boolean"), "1")
    return said == "1"


def is_fault(text: str) -> bool:
    """Whether a call was answered by a fault."""
    return "<fault>" in text[:4_000]
