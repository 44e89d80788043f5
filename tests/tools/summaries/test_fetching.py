"""Documents behind links: from where they are fetched, and from where never."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from switchboard import Refused, ToolFailed
from switchboard.errors import SwitchboardError
from tools.summaries import fetching
from tools.summaries.fetching import Fetched, WebFetcher

PUBLIC = "93.184.216.34"
HOSTS = ("docs.example.org", "*.example.com")
PDF = b"%PDF-1.7 and so on"


def answer(body: bytes = PDF, status: str = "200 OK", **headers: str) -> bytes:
    lines = {"Content-Type": "application/pdf", "Content-Length": str(len(body)), **headers}
    return b"\r\n".join([f"HTTP/1.1 {status}".encode(), *(f"{k}: {v}".encode() for k, v in lines.items()), b"", body])


class Web:
    """Servers of several hosts, all of them on this machine. ``asked`` are the requests' lines, ``dialled`` who was."""

    def __init__(self, pages: Mapping[str, bytes], names: Mapping[str, Sequence[str]]) -> None:
        self.pages, self.names = pages, names
        self.asked: list[str] = []
        self.dialled: list[tuple[str, str]] = []
        self.port = 0

    def resolve(self, host: str) -> Sequence[str]:
        return self.names.get(host, [PUBLIC])

    def dial(self, address: str, host: str, seconds: float) -> socket.socket:
        self.dialled.append((address, host))
        return socket.create_connection(("127.0.0.1", self.port), timeout=seconds)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(head)
        path, host = head.split()[1], head.partition("Host: ")[2].split()[0]
        writer.write(self.pages.get(f"{host}{path}", answer(b"", "404 Not Found")))
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        writer.close()

    def fetcher(self, *, limit: int = 1_000) -> WebFetcher:
        return WebFetcher(hosts=HOSTS, limit=limit, resolve=self.resolve, dial=self.dial)


@asynccontextmanager
async def web(
    pages: Mapping[str, bytes] | None = None, names: Mapping[str, Sequence[str]] | None = None
) -> AsyncIterator[Web]:
    made = Web(pages or {"docs.example.org/a/My%20report.pdf?v=2": answer()}, names or {})
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()


async def test_a_document_is_fetched_from_a_host_that_is_allowed() -> None:
    async with web() as there:
        found = await there.fetcher().fetch("https://docs.example.org/a/My%20report.pdf?v=2#page=3")
    assert found == Fetched(name="My report.pdf", media_type="application/pdf", data=PDF)
    assert there.dialled == [(PUBLIC, "docs.example.org")]
    assert "Host: docs.example.org\r\n" in there.asked[0]
    assert "Cookie" not in there.asked[0]
    assert "Authorization" not in there.asked[0]


async def test_all_below_a_name_with_a_star_are_allowed_and_the_name_itself_is_not() -> None:
    async with web({"a.b.example.com/x": answer()}) as there:
        assert (await there.fetcher().fetch("https://a.b.example.com/x")).data == PDF
        with pytest.raises(Refused):
            await there.fetcher().fetch("https://example.com/x")


@pytest.mark.parametrize(
    "link",
    [
        "http://docs.example.org/a.pdf",
        "https://docs.example.org:8443/a.pdf",
        "https://user:secret@docs.example.org/a.pdf",
        "https://docs.example.org@evil.example/a.pdf",
        "https://evil.example/docs.example.org",
        "https://docs.example.org.evil.example/a.pdf",
        "https://evilexample.com/a.pdf",
        "https://127.0.0.1/a.pdf",
        "https://[::1]/a.pdf",
        "https://",
        "https://[",
        "https://docs.example.org:x/",
        "file:///etc/passwd",
    ],
)
async def test_nothing_else_is_asked(link: str) -> None:
    async with web() as there:
        with pytest.raises(Refused, match="not fetched from there"):
            await there.fetcher().fetch(link)
        assert there.dialled == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:169.254.169.254",
        "2002:7f00:1::",
        "64:ff9b::a9fe:a9fe",
    ],
)
async def test_a_name_that_leads_inside_is_not_followed_even_if_it_leads_outside_as_well(address: str) -> None:
    for found in ([address], [PUBLIC, address]):
        async with web(names={"docs.example.org": found}) as there:
            with pytest.raises(Refused):
                await there.fetcher().fetch("https://docs.example.org/a.pdf")
            assert there.dialled == []


async def test_the_address_that_was_checked_is_the_one_that_is_dialled() -> None:
    """A name that is looked up again may lead elsewhere."""
    answers = iter([[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]])
    async with web() as there:
        there.resolve = lambda host: next(answers)  # type: ignore[method-assign]
        await there.fetcher().fetch("https://docs.example.org/a/My%20report.pdf?v=2")
    assert [address for address, _ in there.dialled] == [PUBLIC]


async def test_a_redirect_is_followed_to_an_allowed_place() -> None:
    moved = answer(b"", "302 Found", Location="https://files.example.com/b.pdf")
    relative = answer(b"", "301 Moved", Location="/c.pdf")
    pages = {"docs.example.org/a": moved, "files.example.com/b.pdf": relative, "files.example.com/c.pdf": answer()}
    async with web(pages) as there:
        assert (await there.fetcher().fetch("https://docs.example.org/a")).name == "c.pdf"


@pytest.mark.parametrize(
    "whither", ["http://docs.example.org/b", "https://evil.example/", "https://inside.example.com/"]
)
async def test_a_redirect_is_checked_as_the_link_was(whither: str) -> None:
    pages = {"docs.example.org/a": answer(b"", "302 Found", Location=whither)}
    async with web(pages, names={"inside.example.com": ["10.0.0.1"]}) as there:
        with pytest.raises(Refused):
            await there.fetcher().fetch("https://docs.example.org/a")


async def test_redirects_end() -> None:
    pages = {"docs.example.org/a": answer(b"", "302 Found", Location="/a")}
    async with web(pages) as there:
        with pytest.raises(ToolFailed, match="leads from one place to the next"):
            await there.fetcher().fetch("https://docs.example.org/a")
        assert len(there.asked) == 4


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (answer(b"x" * 2_000), "larger than 0 MB"),
        (answer(b"x" * 2_000, **{"Content-Length": "10000000000"}), "larger than 0 MB"),
        (answer(b"x" * 2_000).replace(b"Content-Length: 2000\r\n", b""), "larger than 0 MB"),
        (answer(b"", "404 Not Found"), "its server says 404"),
        (answer(b"", "302 Found"), "its server says 302"),
        (answer(b"x", **{"Content-Encoding": "gzip"}), "it comes packed"),
        (answer(b"x", **{"Content-Length": "900"}), "IncompleteRead"),
        (b"no HTTP at all", "BadStatusLine"),
        (b"", "RemoteDisconnected"),
    ],
    ids=["large", "announced", "endless", "404", "nowhere", "packed", "broken off", "garbage", "nothing"],
)
async def test_a_document_that_can_not_be_had_is_told(page: bytes, words: str) -> None:
    async with web({"docs.example.org/a": page}) as there:
        with pytest.raises(ToolFailed, match=words):
            await there.fetcher().fetch("https://docs.example.org/a")


async def test_a_host_without_an_address_is_told() -> None:
    async with web(names={"docs.example.org": []}) as there:
        with pytest.raises(ToolFailed, match=r"could not be fetched from docs\.example\.org"):
            await there.fetcher().fetch("https://docs.example.org/a")


async def test_a_server_that_is_slow_costs_no_more_than_the_time_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.2)

    async with web({"docs.example.org/a": answer(b"x", **{"Content-Length": "10"})[:60]}) as there:

        async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        silent = await asyncio.start_server(hang, "127.0.0.1", 0)
        there.port = silent.sockets[0].getsockname()[1]
        with pytest.raises(ToolFailed, match="TimeoutError"):
            await there.fetcher().fetch("https://docs.example.org/a")
        silent.close()


@given(st.text(max_size=60))
def test_whatever_is_taken_for_a_link_costs_a_sentence_at_most(link: str) -> None:
    def never(*_: Any) -> Any:
        raise AssertionError("nothing may be asked")

    refuse: Callable[..., Any] = never
    fetcher = WebFetcher(hosts=HOSTS, limit=1, resolve=refuse, dial=refuse)
    with pytest.raises(SwitchboardError):
        asyncio.run(fetcher.fetch(f"https://{link}"))


async def test_a_server_that_can_not_prove_who_it_is_is_not_spoken_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed("docs.example.org", tmp_path / "both.pem"))
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    monkeypatch.setattr(fetching, "PORT", server.sockets[0].getsockname()[1])
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.to_thread(fetching.dialled, "127.0.0.1", "docs.example.org", 5.0)
    server.close()


def self_signed(host: str, file: Path) -> Path:
    """A certificate that nobody vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    kept = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    file.write_bytes(certificate.public_bytes(pem) + key.private_bytes(pem, *kept))
    return file


def test_a_host_is_looked_up_once_for_all_its_addresses() -> None:
    assert set(fetching.addresses("localhost")) <= {"127.0.0.1", "::1"}
