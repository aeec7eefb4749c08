"""Servers on this computer that alerts are sent to: HTTP, SMTP, and a certificate for both."""

from __future__ import annotations

import base64
import json
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HOST = "127.0.0.1"


class Asked(NamedTuple):
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        """The JSON in it."""
        return json.loads(self.body)


class Web:
    """A server of HTTP. ``answers`` are given in turn, then 200: a status and headers, or a function
    that does with the connection what it likes."""

    def __init__(self, *answers: tuple[int, dict[str, str]] | Callable[[Any], None]) -> None:
        self.asked: list[Asked] = []
        self.answers = list(answers)
        self.port = 0
        self.scheme = "http"

    def url(self, path: str = "/") -> str:
        """The address of a path."""
        return f"{self.scheme}://{HOST}:{self.port}{path}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Note what came, and answer."""
        length = int(handler.headers.get("Content-Length") or 0)
        asked = Asked(
            handler.command, handler.path, dict(handler.headers), handler.rfile.read(length)
        )
        self.asked.append(asked)
        answer = self.answers.pop(0) if self.answers else (200, {})
        if not isinstance(answer, tuple):
            answer(handler)
            return
        status, headers = answer
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()


@contextmanager
def web(
    *answers: tuple[int, dict[str, str]] | Callable[[Any], None], tls: Path | None = None
) -> Iterator[Web]:
    """A server of HTTP for the block; ``tls`` is the file of its key and certificate."""
    site = Web(*answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            site.answer(self)

        def do_GET(self) -> None:
            site.answer(self)

        def log_message(self, format: str, *args: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if tls is not None:
        server.socket = _context(tls).wrap_socket(server.socket, server_side=True)
        site.scheme = "https"
    site.port = server.server_address[1]
    with _serving(server):
        yield site


class Received(NamedTuple):
    """A mail as it came."""

    sender: str
    to: list[str]
    message: EmailMessage
    encrypted: bool
    login: tuple[str, str] | None


class Post:
    """A mail server. ``refuses`` are addresses that it does not take; ``before`` is called with the
    connection before anything is said."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.refuses: set[str] = set()
        self.users: dict[str, str] = {}
        self.offers_tls = True
        self.before: Callable[[Any], None] | None = None
        self.after: Callable[[], None] | None = None
        self.port = 0


@contextmanager
def post(tls: Path | None = None, from_the_start: bool = False) -> Iterator[Post]:
    """A mail server for the block; ``tls`` is the file of its key and certificate."""
    office = Post()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with suppress(OSError, ssl.SSLError), closing(self):
                if from_the_start and tls is not None:
                    self._encrypt()
                if office.before is not None:
                    office.before(self)
                _Session(self, office, tls, from_the_start).talk()

        def close(self) -> None:
            """What was put over the connection is nobody else's to close."""
            self.rfile.close()
            self.connection.close()

        def _encrypt(self) -> None:
            assert tls is not None
            self.connection = _context(tls).wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb", buffering=0)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    server = Server((HOST, 0), Handler)
    office.port = server.server_address[1]
    with _serving(server):
        yield office


class _Session:
    """One connection, as RFC 5321 has it, in as many words as `smtplib` needs."""

    def __init__(self, handler: Any, office: Post, tls: Path | None, encrypted: bool) -> None:
        self.handler = handler
        self.office = office
        self.tls = tls
        self.encrypted = encrypted
        self.login: tuple[str, str] | None = None
        self.sender = ""
        self.to: list[str] = []

    def say(self, line: str) -> None:
        self.handler.wfile.write(f"{line}\r\n".encode())

    def talk(self) -> None:
        self.say("220 here")
        while line := self.handler.rfile.readline():
            word, _, rest = line.decode().strip().partition(" ")
            answer = getattr(self, f"_{word.lower()}", None)
            if answer is None:
                self.say("502 no such command")
            elif answer(rest) is False:
                return

    def _ehlo(self, rest: str) -> None:
        offers = ["here", "AUTH PLAIN", "SMTPUTF8"]
        if self.tls is not None and not self.encrypted and self.office.offers_tls:
            offers.append("STARTTLS")
        for each in offers[:-1]:
            self.say(f"250-{each}")
        self.say(f"250 {offers[-1]}")

    def _starttls(self, rest: str) -> None:
        self.say("220 go on")
        self.handler._encrypt()
        self.encrypted = True

    def _auth(self, rest: str) -> None:
        _, user, word = base64.b64decode(rest.split()[1]).decode().split("\0")
        if self.office.users.get(user) == word:
            self.login = (user, word)
            self.say("235 yes")
        else:
            self.say(f"535 no \x1b[31m{word} is wrong")

    def _mail(self, rest: str) -> None:
        self.sender = rest.partition("<")[2].partition(">")[0]
        self.say("250 yes")

    def _rcpt(self, rest: str) -> None:
        address = rest.partition("<")[2].partition(">")[0]
        if address in self.office.refuses:
            self.say("550 nobody of that name")
            return
        self.to.append(address)
        self.say("250 yes")

    def _data(self, rest: str) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.handler.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.office.received.append(
            Received(self.sender, self.to, message, self.encrypted, self.login)
        )
        if self.office.after is not None:
            self.office.after()
        self.say("250 taken")

    def _rset(self, rest: str) -> None:
        self.say("250 yes")

    def _quit(self, rest: str) -> bool:
        self.say("221 bye")
        return False


@contextmanager
def _serving(server: Any) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def closed_port() -> int:
    """A port where nobody listens."""
    with socketserver.TCPServer((HOST, 0), socketserver.BaseRequestHandler) as server:
        return int(server.server_address[1])


# -- certificates --------------------------------------------------------------------------------


class Certified(NamedTuple):
    """An authority's certificate, and the key and certificate of a server that it vouches for."""

    authority: Path
    server: Path


def certified(folder: Path, address: str = HOST, days: int = 30) -> Certified:
    """A certificate for an address; with ``days`` below 0 one that has expired."""
    folder.mkdir(parents=True, exist_ok=True)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _name("an authority of these tests")
    now = datetime.now(UTC)
    start, end = now - timedelta(days=90), now + timedelta(days=days)
    authority = (
        _builder(root, root, root_key.public_key(), start, now + timedelta(days=90))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), False)
        .sign(root_key, hashes.SHA256())
    )
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    certificate = (
        _builder(_name("a server"), root, key.public_key(), start, end)
        .add_extension(names, critical=False)
        .add_extension(issuer, critical=False)
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    made = Certified(folder / "authority.pem", folder / "server.pem")
    made.authority.write_bytes(authority.public_bytes(pem))
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    made.server.write_bytes(private + certificate.public_bytes(pem))
    return made


def _builder(
    subject: x509.Name, issuer: x509.Name, key: Any, start: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _context(file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
