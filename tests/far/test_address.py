"""Addresses of folders on servers: what they mean, and what is refused."""

from __future__ import annotations

import pytest

from converter.far.address import Address, BadAddress, address, is_address


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ftp://files.example/exchange/bp", Address("ftp", "files.example", 21, "exchange/bp")),
        ("FTP://Files.example/", Address("ftp", "files.example", 21, "")),
        ("ftp://files.example//srv/bp/", Address("ftp", "files.example", 21, "/srv/bp")),
        ("ftps://1c@files.example:990/bp", Address("ftps", "files.example", 990, "bp", "1c")),
        ("sftp://1c@files.example/srv/bp", Address("sftp", "files.example", 22, "/srv/bp", "1c")),
        ("sftp://1c@files.example/~/bp", Address("sftp", "files.example", 22, "bp", "1c")),
        ("sftp://1c@files.example/~", Address("sftp", "files.example", 22, ".", "1c")),
        ("sftp://1c@[fe80::1]:2222/bp", Address("sftp", "fe80::1", 2222, "/bp", "1c")),
        ("smb://files.example/share/bp", Address("smb", "files.example", 445, "share/bp")),
        ("smb://FIRM;1c@files/share", Address("smb", "files", 445, "share", "1c", "FIRM")),
        ("ftp://1c%40firm@files/%D0%9E%D0%B1%D0%BC%D0%B5%D0%BD", Address("ftp", "files", 21, "Обмен", "1c@firm")),
        ("ftp://files/Обмен с БП", Address("ftp", "files", 21, "Обмен с БП")),
    ],
)  # fmt: skip
def test_an_address_is_taken_apart(text: str, found: Address) -> None:
    assert is_address(text)
    assert address(text) == found
    assert address(str(found)) == found


@pytest.mark.parametrize("text", ["exchange/bp", r"\\server\share", "C:/exchange", "C:\\x", "/srv"])
def test_a_path_is_none(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "http://files.example/bp",
        "file:///srv/bp",
        "ftp://",
        "ftp:///bp",
        "ftp://files:port/bp",
        "ftp://files:0/bp",
        "ftp://files/bp?x=1",
        "ftp://files/bp#1",
        "ftp://[files/bp",
        "ftp://files/a/../../bp",
        "ftp://files/%2E%2E/bp",
        "ftp://files/a%0D%0ADELE b",
        "ftp://files/%FF",
        "sftp://files.example/bp",
        "smb://files.example",
        "smb://files.example/",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BadAddress) as bad:
        address(text)
    assert not bad.value.password
    assert bad.value.needed.ru
    assert bad.value.needed.en


@pytest.mark.parametrize("text", ["ftp://1c:secret@files/bp", "sftp://1c:@files/bp"])
def test_a_password_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(BadAddress) as bad:
        address(text)
    assert bad.value.password
    assert "secret" not in str(bad.value)
