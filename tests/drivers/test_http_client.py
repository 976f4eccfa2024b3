"""The way out, against small real servers on loopback."""

import asyncio
import datetime
import gzip
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from scattershot.drivers.http_client import HttpClient
from scattershot.ports.fetcher import Fetcher, Unreachable
from scattershot.wirekit.http_message import Headers, Request, Response

OK = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nhi"
HTTP = frozenset({"http"})

Behaviour = Callable[["Server", bytes, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Keeps what it heard; answers as it was told to."""

    def __init__(self, behave: Behaviour) -> None:
        self.behave = behave
        self.connections = 0
        self.heard: list[bytes] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-l")),
                    0,
                )
                self.heard.append(head + await reader.readexactly(length))
                await self.behave(self, self.heard[-1], writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def url(self, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


@asynccontextmanager
async def serving(behave: Behaviour | bytes = OK, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    async def say(_: Server, __: bytes, writer: asyncio.StreamWriter) -> None:
        assert isinstance(behave, bytes)
        writer.write(behave)

    server = Server(say if isinstance(behave, bytes) else behave)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    """One that may dial loopback, by http."""
    client = HttpClient(may_dial=lambda _: True, user_agent="Scattershot/test", schemes=HTTP)
    yield client
    await client.close()


def why(answer: Response | Unreachable) -> str:
    assert isinstance(answer, Unreachable), answer
    return answer.why


def test_making_a_client_does_not_load_the_machinery_behind_it() -> None:
    code = """if 1:
        import sys
        from scattershot.drivers.http_client import HttpClient
        HttpClient(may_dial=bool, user_agent="x")
        sys.exit("aiohttp" in sys.modules)"""
    src = Path(__file__).parents[2] / "src"
    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(src)}, check=False).returncode == 0


async def test_an_answer_comes_back_with_lower_case_headers_and_its_url(client: HttpClient) -> None:
    async with serving(b"HTTP/1.1 410 Gone\r\nX-Thing: \xe9\r\nContent-Length: 2\r\n\r\nno") as server:
        answer = await client.send(Request("GET", server.url("/a")))
    assert answer == Response(410, server.url("/a"), Headers((("x-thing", "é"), ("content-length", "2"))), b"no")


@pytest.mark.parametrize(
    "target",
    ["/p%2fa/%7Euser/../x;y/./a", "/a?b=%20c+d&e=%E2%82%AC", "/a?", "/a??", "//two", "/|^", "/%zz", "/a?q=[]'\"<>"],
)
async def test_the_url_goes_out_as_it_is_spelled(client: HttpClient, target: str) -> None:
    async with serving() as server:
        assert isinstance(await client.send(Request("GET", server.url(target))), Response)
    assert server.heard[0].split(b" ")[1] == target.encode()


async def test_a_pathless_url_asks_for_the_root_and_a_fragment_stays_at_home(client: HttpClient) -> None:
    async with serving() as server:
        await client.send(Request("GET", server.url("")))
        await client.send(Request("GET", server.url("?x#main-key")))
    assert [heard.split(b" ")[1] for heard in server.heard] == [b"/", b"/?x"]


async def test_what_was_signed_is_sent(client: HttpClient) -> None:
    async with serving() as server:
        signed = (
            ("host", f"127.0.0.1:{server.port}"),
            ("date", "Sat, 21 Nov 2026 12:00:00 GMT"),
            ("digest", "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="),
            ("content-type", 'application/ld+json;  profile="https://www.w3.org/ns/activitystreams"'),
            ("signature", 'keyId="https://a.example/u#main-key",headers="(request-target) host date",signature="e+/="'),
        )
        await client.send(Request("POST", server.url("/inbox"), Headers(signed), b'{"a":1}'))
    lines = server.heard[0].decode().split("\r\n")
    assert lines[0] == "POST /inbox HTTP/1.1"
    for name, value in signed:
        sent = [line.partition(": ")[2] for line in lines if line.lower().startswith(name + ":")]
        assert sent == [value]
    assert "user-agent: Scattershot/test" in lines
    assert "accept-encoding: gzip" in lines
    assert lines[-1] == '{"a":1}'


async def test_a_request_may_bring_its_own_user_agent(client: HttpClient) -> None:
    async with serving() as server:
        await client.send(Request("GET", server.url(), Headers((("user-agent", "me"),))))
    assert server.heard[0].lower().count(b"user-agent:") == 1
    assert b"user-agent: me\r\n" in server.heard[0]


async def test_the_host_header_names_the_port(client: HttpClient) -> None:
    async with serving() as server:
        await client.send(Request("GET", server.url()))
    assert f"\r\nHost: 127.0.0.1:{server.port}\r\n".encode() in server.heard[0]


async def test_a_header_that_would_smuggle_a_line_is_not_sent(client: HttpClient) -> None:
    async with serving() as server:
        answer = await client.send(Request("GET", server.url(), Headers((("x", "a\r\nx-evil: 1"),))))
        assert why(answer) == "protocol"
        assert server.heard == []


async def test_a_redirect_is_an_answer(client: Fetcher) -> None:
    async with serving(b"HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n") as server:
        answer = await client.send(Request("GET", server.url()))
    assert isinstance(answer, Response)
    assert (answer.status, answer.headers.get("location"), len(server.heard)) == (302, "/elsewhere", 1)


async def test_a_cookie_is_not_kept(client: HttpClient) -> None:
    async with serving(b"HTTP/1.1 200 OK\r\nset-cookie: a=b\r\ncontent-length: 0\r\n\r\n") as server:
        await client.send(Request("GET", server.url(host="localhost")))
        await client.send(Request("GET", server.url(host="localhost")))
    assert b"cookie" not in server.heard[1].lower()


async def test_no_proxy_is_taken_from_the_environment(client: HttpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving() as server, serving() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url())
        assert isinstance(await client.send(Request("GET", server.url())), Response)
        assert proxy.connections == 0


LOOPBACK_SPELLINGS = [
    "127.0.0.1",
    "localhost",
    "LOCALHOST",
    "127.1",
    "0x7f.1",
    "0x7f000001",
    "0177.0.0.1",
    "2130706433",
    "0.0.0.0",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[::1]",
]


@pytest.mark.parametrize("host", LOOPBACK_SPELLINGS)
async def test_loopback_is_not_dialled_however_it_is_spelled(host: str) -> None:
    asked: list[str] = []

    def is_no_loopback(text: str) -> bool:
        asked.append(text)
        address = ip_address(text)
        embedded = ip_address(int(address) & 0xFFFFFFFF)
        return not (address.is_loopback or address.is_unspecified or embedded.is_loopback or int(address) >> 32 == 0)

    client = HttpClient(may_dial=is_no_loopback, user_agent="x", schemes=HTTP)
    async with serving() as server:
        answer = await client.send(Request("GET", server.url(host=host)), seconds=5)
        assert why(answer) in ("private_address", "protocol"), answer
        assert why(answer) == "private_address" or not asked
        assert server.connections == 0
    await client.close()


@pytest.mark.parametrize("host", ["localhost", "0x7f.1", "[::ffff:127.0.0.1]"])
async def test_it_is_the_guard_alone_that_keeps_loopback_away(client: HttpClient, host: str) -> None:
    async with serving() as server:
        assert isinstance(await client.send(Request("GET", server.url(host=host))), Response)


async def test_the_guard_is_asked_about_addresses_not_names() -> None:
    asked: set[str] = set()

    def nowhere(text: str) -> bool:
        asked.add(text)
        return False

    client = HttpClient(may_dial=nowhere, user_agent="x", schemes=HTTP)
    assert why(await client.send(Request("GET", "http://localhost:9/"))) == "private_address"
    assert asked
    assert asked <= {"127.0.0.1", "::1"}
    await client.close()


@pytest.mark.parametrize(
    "url", ["http://a.example/", "ftp://a.example/", "file:///etc/passwd", "//a.example/", "x", ""]
)
async def test_only_https_is_spoken_unless_told_otherwise(url: str) -> None:
    client = HttpClient(may_dial=lambda _: True, user_agent="x")
    assert why(await client.send(Request("GET", url))) == "scheme"


@pytest.mark.parametrize(
    "url",
    [
        "http://user:pw@h/",
        "http://h/a b",
        "http://h/\r\nx",
        "http://hé/",
        "http:///x",
        "http://h:99999/",
        "http://[::1/",
    ],
)
async def test_a_url_that_is_none_is_not_sent(client: HttpClient, url: str) -> None:
    assert why(await client.send(Request("GET", url))) == "protocol"


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 64 + ".invalid", "a..b"])
async def test_a_name_that_leads_nowhere_is_a_dns_failure(client: HttpClient, host: str) -> None:
    assert why(await client.send(Request("GET", f"http://{host}/"), seconds=5)) == "dns"


async def test_a_shut_door_is_refused(client: HttpClient) -> None:
    async with serving() as server:
        pass
    assert why(await client.send(Request("GET", server.url()))) == "refused"


async def test_a_body_announced_as_too_large_is_not_read(client: HttpClient) -> None:
    async with serving(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n") as server:
        assert why(await client.send(Request("GET", server.url()), limit=999, seconds=1)) == "too_large"


async def test_a_body_of_exactly_the_limit_is_read(client: HttpClient) -> None:
    async with serving(OK) as server:
        answer = await client.send(Request("GET", server.url()), limit=2)
    assert isinstance(answer, Response)
    assert answer.body == b"hi"


async def test_an_endless_body_is_left_at_the_limit(client: HttpClient) -> None:
    async def flood(_: Server, __: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"400\r\n" + b"x" * 1024 + b"\r\n")
            await writer.drain()

    async with serving(flood) as server:
        assert why(await client.send(Request("GET", server.url()), limit=100_000, seconds=5)) == "too_large"


def coded(body: bytes, coding: bytes = b"gzip") -> bytes:
    head = b"HTTP/1.1 200 OK\r\ncontent-encoding: %s\r\ncontent-length: %d\r\n\r\n"
    return head % (coding, len(body)) + body


async def test_gzip_is_undone_and_no_longer_announced(client: HttpClient) -> None:
    async with serving(coded(gzip.compress(b"hello " * 100))) as server:
        answer = await client.send(Request("GET", server.url()))
    assert answer == Response(200, server.url(), Headers(), b"hello " * 100)


async def test_a_gzip_bomb_is_too_large(client: HttpClient) -> None:
    async with serving(coded(gzip.compress(bytes(50_000_000)))) as server:
        assert why(await client.send(Request("GET", server.url()), limit=100_000)) == "too_large"


@pytest.mark.parametrize("coding", [b"br", b"gzip, gzip", b"gzip"])
async def test_a_coding_that_was_not_asked_for_or_is_broken_is_no_answer(client: HttpClient, coding: bytes) -> None:
    async with serving(coded(b"not that", coding)) as server:
        assert why(await client.send(Request("GET", server.url()))) == "protocol"


async def test_a_server_that_drips_is_cut_off(client: HttpClient) -> None:
    async def drip(_: Server, __: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await asyncio.sleep(0.01)

    async with serving(drip) as server:
        assert why(await client.send(Request("GET", server.url()), seconds=0.15)) == "timeout"


async def test_a_server_that_never_answers_is_cut_off(client: HttpClient) -> None:
    async with serving(b"") as server:
        assert why(await client.send(Request("POST", server.url(), body=b"x"), seconds=0.1)) == "timeout"
        assert len(server.heard) == 1


@pytest.mark.parametrize(
    "nonsense",
    [
        b"SSH-2.0-OpenSSH_9\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 9000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
    ],
)
async def test_what_is_not_http_or_too_much_of_it_is_no_answer(client: HttpClient, nonsense: bytes) -> None:
    async with serving(nonsense) as server:
        assert why(await client.send(Request("GET", server.url()), seconds=2)) == "protocol"


async def test_a_body_cut_short_is_no_answer(client: HttpClient) -> None:
    async def cut(_: Server, __: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf")
        writer.close()

    async with serving(cut) as server:
        assert why(await client.send(Request("POST", server.url(), body=b"x"))) == "protocol"


async def test_a_connection_is_kept_and_used_again(client: HttpClient) -> None:
    async with serving() as server:
        for _ in range(5):
            assert isinstance(await client.send(Request("POST", server.url(), body=b"x")), Response)
    assert (server.connections, len(server.heard)) == (1, 5)


async def test_no_more_than_a_few_connections_go_to_one_host() -> None:
    client = HttpClient(may_dial=lambda _: True, user_agent="x", schemes=HTTP, per_host=3)
    async with serving() as server:
        answers = await asyncio.gather(*(client.send(Request("GET", server.url())) for _ in range(20)))
        assert all(isinstance(answer, Response) for answer in answers)
        assert server.connections <= 3
    await client.close()


async def hang_up_on_the_second(server: Server, _: bytes, writer: asyncio.StreamWriter) -> None:
    """As a server whose idle time ran out just as the next request was under way: it read it and never answered."""
    if len(server.heard) == 2:
        writer.close()
    else:
        writer.write(OK)


async def test_a_post_on_a_kept_connection_that_was_gone_is_sent_once_more(client: HttpClient) -> None:
    async with serving(hang_up_on_the_second) as server:
        await client.send(Request("POST", server.url(), body=b"one"))
        answer = await client.send(Request("POST", server.url(), body=b"two"))
    assert isinstance(answer, Response)
    assert [heard[-3:] for heard in server.heard] == [b"one", b"two", b"two"]
    assert server.connections == 2


async def test_a_post_on_a_fresh_connection_is_never_sent_twice(client: HttpClient) -> None:
    async def hang_up(_: Server, __: bytes, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with serving(hang_up) as server:
        assert why(await client.send(Request("POST", server.url(), body=b"x"))) == "refused"
    assert len(server.heard) == 1


async def test_a_post_whose_answer_had_begun_is_not_sent_twice(client: HttpClient) -> None:
    async def begin_and_hang_up(server: Server, _: bytes, writer: asyncio.StreamWriter) -> None:
        if len(server.heard) == 1:
            writer.write(OK)
        else:
            writer.write(b"HTTP/1.1 202 Acc")
            writer.close()

    async with serving(begin_and_hang_up) as server:
        await client.send(Request("POST", server.url(), body=b"x"))
        assert isinstance(await client.send(Request("POST", server.url(), body=b"x")), Unreachable)
    assert len(server.heard) == 2


async def test_a_closed_client_may_send_again(client: HttpClient) -> None:
    async with serving() as server:
        await client.send(Request("GET", server.url()))
        await client.close()
        assert isinstance(await client.send(Request("GET", server.url())), Response)


@pytest.fixture(scope="module")
def own_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "own.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + certificate.public_bytes(pem))
    return path


async def test_a_certificate_nobody_vouches_for_is_refused(own_certificate: Path) -> None:
    door = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    door.load_cert_chain(own_certificate)
    stranger = HttpClient(may_dial=lambda _: True, user_agent="x")
    friend = HttpClient(
        may_dial=lambda _: True, user_agent="x", tls=ssl.create_default_context(cafile=str(own_certificate))
    )
    async with serving(tls=door) as server:
        assert why(await stranger.send(Request("GET", server.url(host="localhost", scheme="https")))) == "tls"
        assert isinstance(await friend.send(Request("GET", server.url(host="localhost", scheme="https"))), Response)
        other_name = await friend.send(Request("GET", server.url(host="127.0.0.1", scheme="https")))
    assert why(other_name) == "tls"
    assert len(server.heard) == 1
    await stranger.close()
    await friend.close()


async def test_plain_text_on_the_tls_port_is_a_tls_failure() -> None:
    client = HttpClient(may_dial=lambda _: True, user_agent="x")

    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello, who is there?\r\n" * 10)
        await writer.drain()
        writer.close()

    listener = await asyncio.start_server(babble, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    assert why(await client.send(Request("GET", f"https://127.0.0.1:{port}/"), seconds=2)) == "tls"
    listener.close()
    await client.close()


async def test_one_for_any_web_goes_to_plain_http_as_well_and_is_guarded_the_same() -> None:
    guarded = HttpClient(may_dial=lambda _: False, user_agent="test")
    request = Request("GET", "http://127.0.0.1:1/")
    refused = await guarded.send(request)
    assert isinstance(refused, Unreachable)
    assert refused.why == "scheme"
    for_any = guarded.for_any_web()
    try:
        refused = await for_any.send(request)
    finally:
        await for_any.close()
    assert isinstance(refused, Unreachable)
    assert refused.why == "private_address"
