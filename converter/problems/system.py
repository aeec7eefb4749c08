"""What an error of the system means to people: one table for files, folders and addresses."""

from __future__ import annotations

import errno

from converter.problems import Said
from converter.problems.visible import short

_DENIED = Said("нет прав", "no right to it")
_FULL = Said("на диске нет места", "there is no space left on the disk")
_BUSY = Said("занято другой программой", "another program has it open")
_AWAY = Said("другой компьютер не отвечает", "the other computer does not answer")
_GONE = Said("на другом конце больше не читают", "nobody reads at the other end any more")

_BY_NAME = {
    "ENOENT": Said("такого файла или папки нет", "there is no such file or folder"),
    "EACCES": _DENIED,
    "EPERM": _DENIED,
    "EROFS": Said("сюда нельзя записывать: только чтение", "it is read-only"),
    "ENOSPC": _FULL,
    "EDQUOT": _FULL,
    "EFBIG": _FULL,
    "EIO": Said("ошибка диска или сети", "an error of the disk or the network"),
    "ENOTDIR": Said("это не папка", "this is not a folder"),
    "EISDIR": Said("это папка, а не файл", "it is a folder, not a file"),
    "EEXIST": Said("это имя уже занято", "the name is taken already"),
    "ENOTEMPTY": Said("папка не пуста", "the folder is not empty"),
    "ENAMETOOLONG": Said("слишком длинное имя", "the name is too long"),
    "ELOOP": Said("ссылки ведут по кругу", "its links lead in a circle"),
    "EINVAL": Said("с этим путём так не получится", "this path cannot be used so"),
    "EILSEQ": Said("в имени недопустимый знак", "the name has a character that is not allowed"),
    "ENOEXEC": Said("это не программа", "it is no program"),
    "EMFILE": Said("открыто слишком много файлов", "too many files are open"),
    "ENFILE": Said("открыто слишком много файлов", "too many files are open"),
    "ENOMEM": Said("не хватает памяти", "there is not enough memory"),
    "ENOLCK": Said("здесь не работают блокировки файлов", "files cannot be locked here"),
    "EBUSY": _BUSY,
    "ETXTBSY": _BUSY,
    "EAGAIN": _BUSY,
    "EDEADLK": _BUSY,
    "EPIPE": _GONE,
    "EADDRNOTAVAIL": Said("у этого компьютера нет такого адреса", "this computer has no such address"),
    "EADDRINUSE": Said("адрес занят другой программой", "another program has the address"),
    "ECONNREFUSED": Said("соединение не принято", "it takes no connections"),
    "ECONNRESET": Said("соединение прервалось", "the connection was cut off"),
    **dict.fromkeys(
        ("ESTALE", "EHOSTDOWN", "EHOSTUNREACH", "ENETUNREACH", "ENETDOWN", "ENOTCONN", "ETIMEDOUT"),
        _AWAY,
    ),
}  # fmt: skip
#: by their numbers here; a system lacks some of them
_REASONS = {getattr(errno, name): said for name, said in _BY_NAME.items() if hasattr(errno, name)}
_NO_NAME = Said("имя компьютера не найдено", "the name of the computer is not known")


def reason_of(error: Exception) -> Said:
    """Why the system refused, in both languages; what is not in the table, in the system's words."""
    from socket import gaierror  # slow to load, and only for what went wrong
    from ssl import SSLError

    if isinstance(error, gaierror):  # its numbers are others, as those of SSL are
        return _NO_NAME
    if isinstance(error, OSError) and not isinstance(error, SSLError) and error.errno in _REASONS:
        return _REASONS[error.errno]
    plain = (error.strerror if isinstance(error, OSError) else None) or str(error)
    shown = short(plain or type(error).__name__)
    return Said(shown, shown)
