"""What stops a command from outside: folders, the state, locks (SPEC §7: exit status 3)."""

from __future__ import annotations

from converter.problems.catalogue.making import surroundings

FOLDER_MISSING = surroundings(
    "FOLDER_MISSING",
    (
        "папки {folder} нет, или она сейчас не подключена",
        "подключите сетевую папку или исправьте путь в exchange.toml; службе и Планировщику заданий"
        " нужен полный сетевой путь: буквы дисков они не видят",
    ),
    (
        "the folder {folder} is not there, or not connected now",
        "connect the share, or correct the path in exchange.toml; a service and the Task Scheduler"
        " need the full network path: they see no drive letters",
    ),
    "A folder of our own making would hide that the share is away, and messages would go nowhere.",
)
FOLDER_BARE = surroundings(
    "FOLDER_BARE",
    (
        "в папке {folder} нет подпапки {marker}, а раньше она была",
        "похоже, сетевая папка не подключена и вместо неё видна пустая; подключите её. Если подпапку"
        " удалили, создайте её снова, пустой",
    ),
    (
        "the folder {folder} has no subfolder {marker}, which was there before",
        "the share does not seem to be connected, and an empty folder shows in its place; connect"
        " it. If the subfolder was deleted, make it again, empty",
    ),
    "What is written to a bare mount point disappears under the share as soon as that comes back.",
)
FOLDER_DENIED = surroundings(
    "FOLDER_DENIED",
    (
        "нет прав на папку {folder} или на файл в ней",
        "дайте учётной записи, под которой работает converter, право читать и изменять эту папку;"
        " у службы и у Планировщика заданий учётная запись может быть другой, чем у вас",
    ),
    (
        "no rights to the folder {folder}, or to a file in it",
        "let the account under which converter runs read and change this folder; a service and the"
        " Task Scheduler may run under another account than yours",
    ),
    "Nothing can be taken or delivered there until the rights are given.",
)
FOLDER_FULL = surroundings(
    "FOLDER_FULL",
    (
        "в папке {folder} кончилось место",
        "освободите место на диске или увеличьте квоту; обмен продолжится сам, ничего не потеряно",
    ),
    (
        "there is no space left in the folder {folder}",
        "free some space or raise the quota; the exchange goes on by itself, nothing is lost",
    ),
    "A message that does not fit is not written at all; the one before it stays.",
)
FOLDER_FAILED = surroundings(
    "FOLDER_FAILED",
    (
        "папка {folder} не работает: {reason}",
        "проверьте диск, сеть и общую папку; обмен продолжится сам, когда она заработает",
    ),
    (
        "the folder {folder} does not work: {reason}",
        "check the disk, the network and the share; the exchange goes on by itself when it works",
    ),
    "What was not certainly written counts as not written.",
)
FILE_BUSY = surroundings(
    "FILE_BUSY",
    (
        "файл {file} не удаётся заменить: он открыт в другой программе или только для чтения",
        "закройте эту программу; если файл держит антивирус или синхронизация с облаком, исключите"
        " папку обмена из их проверки",
    ),
    (
        "the file {file} cannot be replaced: it is open in another program, or read-only",
        "close that program; where an antivirus or a cloud synchronisation holds the file, exempt"
        " the exchange folder from it",
    ),
    "The old file stays whole, and the next pass tries again.",
)
LOCKED = surroundings(
    "LOCKED",
    (
        "с этим обменом уже работает другой процесс: {command} (№ {pid} на {host},"
        " пользователь {user}, с {since})",
        "дождитесь, пока он закончит, или остановите его",
    ),
    (
        "another process is at work on this exchange: {command} (no. {pid} on {host},"
        " user {user}, since {since})",
        "wait until it has finished, or stop it",
    ),
    "Two at a time would give one number to two messages.",
)
