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
    (
        "Своя папка на этом месте скрыла бы, что общая отключена, и сообщения уходили бы в никуда.",
        "A folder of our own making would hide that the share is away, and messages would"
        " go nowhere.",
    ),
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
    (
        "Записанное в пустую точку подключения исчезнет под общей папкой, как только та вернётся.",
        "What is written to a bare mount point disappears under the share as soon as that"
        " comes back.",
    ),
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
    (
        "Пока прав нет, там ничего не взять и не положить.",
        "Nothing can be taken or delivered there until the rights are given.",
    ),
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
    (
        "Сообщение, которое не помещается, не пишется вовсе; прежнее остаётся.",
        "A message that does not fit is not written at all; the one before it stays.",
    ),
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
    (
        "Что записано не наверняка, считается незаписанным.",
        "What was not certainly written counts as not written.",
    ),
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
    (
        "Прежний файл остаётся целым, следующий проход попробует снова.",
        "The old file stays whole, and the next pass tries again.",
    ),
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
    (
        "Двое сразу дали бы один номер двум сообщениям.",
        "Two at a time would give one number to two messages.",
    ),
)
FOLDER_AWAY = surroundings(
    "FOLDER_AWAY",
    (
        "сервер папки {folder} сейчас недоступен: {reason}",
        "проверьте сервер, сеть и адрес в exchange.toml; конвертер пробует снова сам, всё реже,"
        " когда — говорит converter status",
    ),
    (
        "the server of the folder {folder} cannot be reached now: {reason}",
        "check the server, the network and the address in exchange.toml; the converter tries again"
        " by itself, less and less often; converter status says when",
    ),
    (
        "Что там лежит, неизвестно, поэтому, пока сервер не вернётся, оттуда ничего не"
        " берётся и для него ничего не готовится.",
        "What lies there is not known, so nothing is taken from there or made for it until"
        " it is back.",
    ),
)
FOLDER_LOGIN = surroundings(
    "FOLDER_LOGIN",
    (
        "сервер не пускает в папку {folder}: {reason}",
        "проверьте пользователя в адресе и пароль или ключ под login; конвертер пробует снова сам,"
        " нечасто, чтобы сервер не закрыл учётную запись",
    ),
    (
        "the server does not let us into the folder {folder}: {reason}",
        "check the user in the address, and the password or the key under login; the converter"
        " tries again by itself, seldom, so that the server does not lock the account",
    ),
    (
        "Много неверных паролей подряд похожи на нападение.",
        "Many wrong passwords in a row look like an attack.",
    ),
)
FOLDER_UNTRUSTED = surroundings(
    "FOLDER_UNTRUSTED",
    (
        "сервер папки {folder} не доказал, что он тот самый: {reason}",
        "узнайте у администратора сервера его ключ или сертификат и внесите: для sftp в файл"
        " known_hosts (ключ known_hosts), для ftps в файл сертификатов (ключ certificate)",
    ),
    (
        "the server of the folder {folder} has not proved to be the right one: {reason}",
        "get its key or certificate from the server's administrator, and put it where it is looked"
        " for: with sftp into known_hosts (key known_hosts), with ftps into a file of certificates"
        " (key certificate)",
    ),
    (
        "Чужому серверу достались бы и наш пароль, и сообщения.",
        "To another server our password, and the messages, would be given away.",
    ),
)
FOLDER_ABSENT = surroundings(
    "FOLDER_ABSENT",
    (
        "на сервере нет папки {folder}: {reason}",
        "создайте её на сервере или исправьте путь в адресе; создавать её сам конвертер не станет",
    ),
    (
        "the server has no folder {folder}: {reason}",
        "make it there, or correct the path in the address; the converter does not make it by"
        " itself",
    ),
    (
        "Папка, созданная нами, скрыла бы неверный путь, и сообщения уходили бы в никуда.",
        "A folder of our own making would hide a wrong path, and messages would go nowhere.",
    ),
)
FOLDER_REFUSED = surroundings(
    "FOLDER_REFUSED",
    (
        "сервер не даёт прав в папке {folder}: {reason}",
        "дайте пользователю из адреса право читать, записывать, переименовывать и удалять файлы"
        " этой папки и её подпапки rejected",
    ),
    (
        "the server gives us no rights in the folder {folder}: {reason}",
        "let the user of the address read, write, rename and delete files in this folder and in its"
        " subfolder rejected",
    ),
    (
        "Что туда не положить, ждёт и уйдёт, как только права дадут.",
        "What cannot be put there waits, and goes there as soon as the rights are given.",
    ),
)
EXTRA_MISSING = surroundings(
    "EXTRA_MISSING",
    (
        "для папки {folder} нужно дополнение {extra}, а оно не установлено",
        'установите его: pip install "enterprisedata-converter[{extra}]"',
    ),
    (
        "the folder {folder} needs the extra {extra}, which is not installed",
        'install it: pip install "enterprisedata-converter[{extra}]"',
    ),
    (
        "Кто обменивается через свои папки, тому библиотеки для серверов не нужны.",
        "Who exchanges through local folders needs no library for servers.",
    ),
)
LOGIN_PASSWORD = surroundings(
    "LOGIN_PASSWORD",
    (
        "пароля для входа в папку {folder} нет ({key} под login): {reason}",
        "положите пароль туда, где его ищет эта настройка, или исправьте её; обмен продолжится сам",
    ),
    (
        "there is no password for the folder {folder} ({key} under login): {reason}",
        "put the password where this setting looks for it, or mend the setting; the exchange goes"
        " on by itself",
    ),
    ("Без него сервер даже не спрашивается.", "Without it the server is not even asked."),
)
ADDRESS_BUSY = surroundings(
    "ADDRESS_BUSY",
    (
        "адрес {address} уже занят другой программой, может быть другим converter watch",
        "выберите другой порт: --serve 127.0.0.1:8081, или остановите ту программу",
    ),
    (
        "the address {address} is taken by another program, perhaps by another converter watch",
        "choose another port: --serve 127.0.0.1:8081, or stop that program",
    ),
    (
        "Две программы не могут отвечать по одному адресу, и наблюдение спрашивало бы не ту.",
        "Two programs cannot answer at one address, and monitoring would ask the wrong one.",
    ),
)
ADDRESS_FAILED = surroundings(
    "ADDRESS_FAILED",
    (
        "по адресу {address} отвечать нельзя: {reason}",
        "проверьте, есть ли такой адрес у этого компьютера; порты до 1024 обычно заняты системой:"
        " --serve 127.0.0.1:8080",
    ),
    (
        "cannot answer at the address {address}: {reason}",
        "check that this computer has this address; ports below 1024 mostly belong to the system:"
        " --serve 127.0.0.1:8080",
    ),
    (
        "Программа, которая молча ничего не показывает, выглядела бы остановленной.",
        "A watch that silently served nothing would look like one that is down.",
    ),
)
SYSTEM_FAILED = surroundings(
    "SYSTEM_FAILED",
    (
        "не прочесть или не записать: {reason}",
        "проверьте этот путь, права на него и место на диске",
    ),
    (
        "this cannot be read or written: {reason}",
        "check this path, the rights to it and the disk space",
    ),
    (
        "Что записано не целиком, не появляется вовсе.",
        "What could not be written whole does not appear at all.",
    ),
)
