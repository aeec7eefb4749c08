"""One request of HTTP: certificates are checked, and a redirect leads to no other server."""

from __future__ import annotations

import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from converter import __version__
from converter.alerts.failures import Undelivered, why
from converter.problems import Said

#: more of an answer is not read
_ANSWER = 1 << 16
_REDIRECTS = 3


def call(
    url: str,
    data: bytes | None,
    headers: Mapping[str, str],
    ca_file: Path | None,
    timeout: float,
) -> None:
    """A POST of ``data``, or a GET where there is none; any answer of 200 to 299 is well.

    Raises `Undelivered` with the reason, in which nothing of the address stands but its server.
    """
    opener = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=trust(ca_file)), _SameServer()
    )
    request = urllib.request.Request(url, data)
    for name, value in {"User-Agent": f"converter/{__version__}", **headers}.items():
        request.add_header(name, value)
    try:
        with opener.open(request, timeout=timeout) as answer:
            answer.read(_ANSWER)
    except Undelivered:
        raise
    except urllib.error.HTTPError as error:
        error.close()
        plain = f"{error.code} {http.client.responses.get(error.code, '')}".strip()
        raise Undelivered(Said(f"сервер ответил {plain}", f"the server answered {plain}")) from None
    except urllib.error.URLError as error:
        reason = error.reason if isinstance(error.reason, BaseException) else error
        raise Undelivered(why(reason, timeout)) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Undelivered(why(error, timeout)) from None


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """What the system trusts, and one authority more. Raises `Undelivered`."""
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=str(ca_file))
        except (OSError, ssl.SSLError, ValueError):
            raise Undelivered(
                Said("файл ca_file не читается как PEM", "ca_file cannot be read as PEM")
            ) from None
    return context


def server_of(url: str) -> str:
    """The server of an address: all of it that is shown, since the rest may be a secret."""
    return urlsplit(url).netloc


class _SameServer(urllib.request.HTTPRedirectHandler):
    """Follows a redirect with the same method and data, where it stays on the server."""

    max_redirections = _REDIRECTS

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Any,
        newurl: str,
    ) -> urllib.request.Request:
        if urlsplit(newurl)[:2] != urlsplit(req.full_url)[:2]:
            fp.close()
            place = server_of(newurl)
            raise Undelivered(
                Said(
                    f"сервер отсылает к другому ({place}); туда ничего не отправлено",
                    f"the server sends on to another ({place}); nothing was sent there",
                )
            )
        again = urllib.request.Request(newurl, req.data)
        for name, value in req.header_items():
            if name.lower() not in ("host", "content-length"):
                again.add_header(name, value)
        return again
