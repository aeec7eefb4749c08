"""The keys of exchange.toml: their types, their defaults, and what they mean (SPEC §8).

A field that carries words (`Says`) is a key of the file. Everything else about the settings is
made from these: what is refused, the schema, the page and the file that ``converter init`` writes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from converter.far.address import Address
from converter.settings.alerting import Alerts
from converter.settings.saying import (
    COMMAND_NEEDED,
    DURATION_NEEDED,
    VARIABLE_NEEDED,
    Command,
    Days,
    Duration,
    Says,
    Text,
    Variable,
    secret_command,
    secret_file,
)

_UNFIT = r'\x00-\x1f\x7f\\/:*?"<>|\[\]'
_EDGE = rf"[^ .{_UNFIT}]"

#: what can stand in a file name of every system, and in a pattern that looks for it
Code = Annotated[str, Meta(pattern=rf"^{_EDGE}([^{_UNFIT}]*{_EDGE})?$", max_length=36)]
Seconds = Annotated[float, Meta(ge=0, le=86_400)]

Files = Literal["as-received", "xml", "zip"]


_CODE_NEEDED = (
    'код узла: до 36 знаков, без \\ / : * ? " < > | [ ], без точек и пробелов по краям',
    'a node code: at most 36 characters, none of \\ / : * ? " < > | [ ], no dots or blanks around it',
)
_FILES = Says(
    "Как писать файлы: как пишут сюда (as-received), всегда xml или всегда zip.",
    "How files are written: as they are received, always xml, or always zip.",
)
_PASSWORD_FILE = secret_file("этот пароль", "that password", "zip.password")
_PASSWORD_COMMAND = secret_command("этот пароль", "that password", ("pass", "show", "1c/zip"))
_SILENCE = Says(
    "Сколько эта база может молчать, прежде чем об этом придёт оповещение, например 26h (часы) или"
    " 3d (сутки). Без этого ключа: сколько угодно.",
    "How long this base may be silent before an alert says so, such as 26h (hours) or 3d (days)."
    " Without this key: for ever.",
    "26h",
    DURATION_NEEDED,
)
_SILENCE_DAYS = Says(
    "В какие дни недели молчание считается; время остальных дней не идёт в счёт.",
    "On which days of the week silence counts; the time of other days does not.",
)


def _password(example: str) -> Says:
    return Says(
        "Переменная окружения, в которой лежит пароль архивов zip. Сам пароль здесь не пишут.",
        "The environment variable that holds the password of zip files. Never the password itself.",
        example,
        VARIABLE_NEEDED,
    )


def _work(example: str) -> Says:
    return Says(
        "Где лежит рабочая копия папки, если folder — адрес сервера; с ней лежит и архив. Без этого"
        " ключа: work/ рядом с базой состояния.",
        "Where the working copy of the folder lies when folder is an address; the archive lies in"
        " it too. Without this key: work/ beside the state.",
        example,
    )


_POLL = Says(
    "Сколько секунд watch ждёт, прежде чем снова посмотреть в папку на сервере.",
    "For how many seconds watch waits before it looks into a folder on a server again.",
    needed=("число секунд от 1 до 86400", "a number of seconds from 1 to 86400"),
)
_LOGIN = Says(
    "Вход на сервер, если folder — адрес.", "The login to the server, when folder is an address."
)
Poll = Annotated[float, Meta(ge=1, le=86_400)]


class Login(Struct, frozen=True, forbid_unknown_fields=True):
    """How a base's server is logged in to; its user stands in the address."""

    password_env: Annotated[
        Variable | None,
        Says(
            "Переменная окружения с паролем для сервера, с login.key — от ключа.",
            "The environment variable that holds the server's password, with login.key the key's.",
            "SERVER_PASSWORD",
            VARIABLE_NEEDED,
        ),
    ] = None
    password_file: Annotated[
        Path | None,
        Says(
            "Файл, в первой строке которого лежит этот пароль; другим он не должен быть доступен.",
            "The file whose first line is that password; nobody else may be able to read it.",
            "server.password",
        ),
    ] = None
    password_command: Annotated[
        Command | None,
        Says(
            "Команда, которая первой строкой печатает этот пароль.",
            "The command that prints that password as its first line.",
            ("pass", "show", "1c/server"),
            COMMAND_NEEDED,
        ),
    ] = None
    key: Annotated[
        Path | None,
        Says(
            "Закрытый ключ для sftp, вместо пароля.",
            "The private key for sftp, in place of a password.",
            "id_ed25519",
        ),
    ] = None
    known_hosts: Annotated[
        Path | None,
        Says(
            "Файл с ключами серверов sftp. Без этого ключа: ~/.ssh/known_hosts.",
            "The file with the keys of sftp servers. Without this key: ~/.ssh/known_hosts.",
            "known_hosts",
        ),
    ] = None
    certificate: Annotated[
        Path | None,
        Says(
            "Сертификаты (PEM), которым верить у ftps, если системных мало: например, самого сервера.",
            "The certificates (PEM) to trust with ftps where the system's are not enough: the"
            " server's own, say.",
            "server.pem",
        ),
    ] = None
    passive: Annotated[
        bool,
        Says(
            "Открывать ли соединения ftp для данных к серверу; false: сервер открывает их к нам.",
            "Whether ftp's data connections go to the server; false: the server opens them to us.",
        ),
    ] = True


class Crm(Struct, frozen=True, forbid_unknown_fields=True):
    """The CRM's side of a link.

    ``far``, no key, is the address where ``folder`` is one; ``folder`` is then the working folder.
    """

    code: Annotated[
        Code,
        Says(
            "Код узла CRM: как в имени файла Message_CRM_BP.xml и в заголовке сообщения (From).",
            "The CRM's node code, as in the file name Message_CRM_BP.xml and in the header (From).",
            "CRM",
            _CODE_NEEDED,
        ),
    ]
    folder: Annotated[
        Path,
        Says(
            "Папка обмена с CRM: в неё CRM пишет и из неё читает. Путь или адрес (ftp, ftps, sftp,"
            " smb).",
            "The CRM's exchange folder: the CRM writes and reads there. A path, or an address (ftp,"
            " ftps, sftp, smb).",
            "exchange/crm",
        ),
    ]
    format: Annotated[
        Literal["crm", "enterprisedata"],
        Says(
            "Формат сообщений CRM: свой (crm) или EnterpriseData, как у 1С:CRM и УТ.",
            "The format of the CRM's messages: its own (crm), or EnterpriseData as 1C:CRM and УТ have it.",
        ),
    ] = "crm"
    version: Annotated[
        str,
        Says(
            'Версия EnterpriseData для CRM, только при format = "enterprisedata".',
            'The version of EnterpriseData for the CRM, only with format = "enterprisedata".',
            needed=("версия в кавычках", "a version in quotes"),
        ),
    ] = "1.3"
    invoice: Annotated[
        Literal["ЗаказКлиента", "СчетПокупателю"],
        Says(
            'Каким документом CRM передаёт счёт, только при format = "enterprisedata":'
            " ЗаказКлиента у 1С:CRM, СчетПокупателю у УТ.",
            'The document that carries the CRM\'s invoice, only with format = "enterprisedata":'
            " ЗаказКлиента for 1C:CRM, СчетПокупателю for УТ.",
        ),
    ] = "ЗаказКлиента"
    files: Annotated[Files, _FILES] = "as-received"
    password_env: Annotated[
        Variable | None,
        _password("CRM_ZIP_PASSWORD"),
    ] = None
    password_file: Annotated[Path | None, _PASSWORD_FILE] = None
    password_command: Annotated[Command | None, _PASSWORD_COMMAND] = None
    work: Annotated[Path | None, _work("work/crm")] = None
    poll: Annotated[Poll, _POLL] = 30
    login: Annotated[Login, _LOGIN] = Login()
    far: Address | None = None
    silence: Annotated[Duration | None, _SILENCE] = None
    silence_days: Annotated[Days, _SILENCE_DAYS] = "all"


class Bp(Struct, frozen=True, forbid_unknown_fields=True):
    """The side of 1C:Бухгалтерия of a link; for ``far`` see `Crm`."""

    code: Annotated[
        Code,
        Says(
            "Код узла бухгалтерии: как в имени файла Message_BP_CRM.xml и в заголовке (From).",
            "BP's node code, as in the file name Message_BP_CRM.xml and in the header (From).",
            "BP",
            _CODE_NEEDED,
        ),
    ]
    folder: Annotated[
        Path,
        Says(
            "Папка обмена с бухгалтерией: в неё 1С пишет и из неё читает. Путь или адрес (ftp,"
            " ftps, sftp, smb).",
            "BP's exchange folder: 1C writes and reads there. A path, or an address (ftp, ftps,"
            " sftp, smb).",
            "exchange/bp",
        ),
    ]
    version: Annotated[
        str,
        Says(
            "Версия EnterpriseData для бухгалтерии. auto: старшая из тех, что бухгалтерия назвала"
            " сама; пока она ничего не прислала, данные ждут.",
            "The version of EnterpriseData for BP. auto: the highest that BP itself has named;"
            " until it has sent something, data wait.",
            needed=('"auto" или версия в кавычках', '"auto" or a version in quotes'),
        ),
    ] = "auto"
    files: Annotated[Files, _FILES] = "as-received"
    password_env: Annotated[
        Variable | None,
        _password("BP_ZIP_PASSWORD"),
    ] = None
    password_file: Annotated[Path | None, _PASSWORD_FILE] = None
    password_command: Annotated[Command | None, _PASSWORD_COMMAND] = None
    work: Annotated[Path | None, _work("work/bp")] = None
    poll: Annotated[Poll, _POLL] = 30
    login: Annotated[Login, _LOGIN] = Login()
    far: Address | None = None
    silence: Annotated[Duration | None, _SILENCE] = None
    silence_days: Annotated[Days, _SILENCE_DAYS] = "all"


class Link(Struct, frozen=True, forbid_unknown_fields=True):
    """One CRM and one BP that exchange."""

    name: Annotated[
        Text,
        Says(
            "Имя связки: его показывают status и journal. Потом не меняйте: по нему хранится всё.",
            "The link's name, shown by status and journal. Do not change it later: all is kept by it.",
            "main",
            (
                "непустое имя без невидимых знаков",
                "a name that is not empty and has no invisible characters",
            ),
        ),
    ]
    crm: Annotated[Crm, Says("Сторона CRM.", "The CRM's side.")]
    bp: Annotated[Bp, Says("Сторона 1С:Бухгалтерии.", "The side of 1C:Бухгалтерия (BP).")]
    plan: Annotated[
        Text,
        Says("План обмена, как он называется в 1С.", "The exchange plan, as it is called in 1C."),
    ] = "СинхронизацияДанныхЧерезУниверсальныйФормат"
    conflicts: Annotated[
        Literal["crm", "bp"],
        Says(
            "Чья версия остаётся, если объект изменили обе стороны. Другая сохраняется в журнале.",
            "Whose version stays when both sides changed an object. The other is kept in the journal.",
        ),
    ] = "crm"
    settle: Annotated[
        Seconds,
        Says(
            "Сколько секунд файл должен не меняться, прежде чем испорченный будет отвергнут.",
            "For how many seconds a file must not change before a broken one is rejected.",
            needed=("число секунд от 0 до 86400", "a number of seconds from 0 to 86400"),
        ),
    ] = 60
    transliterate: Annotated[
        bool,
        Says(
            "Писать ли русские коды узлов в именах файлов латиницей.",
            "Whether Cyrillic node codes are written in Latin letters in file names.",
        ),
    ] = False
    archive: Annotated[
        Path | None,
        Says(
            "Папка для копий всех сообщений, лучше на другом диске: из неё восстанавливают"
            " состояние. Без этого ключа: archive/ в каждой из двух папок.",
            "The folder for copies of all messages, best on another disk: the state is rebuilt from"
            " it. Without this key: archive/ in each of the two folders.",
            "exchange/archive",
        ),
    ] = None

    def of(self, side: str) -> Crm | Bp:
        """The settings of one base: ``crm`` or ``bp``; there is no other (`KeyError`)."""
        bases: dict[str, Crm | Bp] = {"crm": self.crm, "bp": self.bp}
        return bases[side]


class Settings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All of exchange.toml. ``path``, the file itself, is no key; every path is absolute."""

    state: Annotated[
        Text,
        Says(
            "База состояния, адрес SQLAlchemy: файл SQLite или postgresql+psycopg://… для нескольких"
            " машин. В ней номера сообщений: её нельзя терять и удалять.",
            "The state's database, a SQLAlchemy URL: a file of SQLite, or postgresql+psycopg://… for"
            " several hosts. It holds the message numbers: never lose it.",
            needed=(
                "адрес базы SQLAlchemy; для SQLite это файл на диске",
                "a database URL of SQLAlchemy; for SQLite a file on disk",
            ),
        ),
    ] = "sqlite:///exchange.db"
    state_password_env: Annotated[
        Variable | None,
        Says(
            "Переменная окружения, в которой лежит пароль сервера состояния. Сам пароль здесь не пишут.",
            "The environment variable that holds the password of the state's server. Never the"
            " password itself.",
            "EXCHANGE_STATE_PASSWORD",
            VARIABLE_NEEDED,
        ),
    ] = None
    state_password_file: Annotated[
        Path | None,
        Says(
            "Файл, в первой строке которого лежит пароль сервера состояния. Чужим он не должен быть"
            " доступен: chmod 600.",
            "The file whose first line is the password of the state's server. Nobody else may be"
            " able to read it: chmod 600.",
            "state.password",
        ),
    ] = None
    state_password_command: Annotated[
        Command | None,
        Says(
            "Команда, которая первой строкой печатает пароль сервера состояния: программа и её"
            " аргументы, без оболочки.",
            "The command that prints the password of the state's server as its first line: program"
            " and arguments, no shell.",
            ("pass", "show", "1c/state"),
            COMMAND_NEEDED,
        ),
    ] = None
    link: Annotated[
        tuple[Link, ...],
        Says(
            "Связка: одна CRM и одна бухгалтерия. Связок может быть несколько.",
            "A link: one CRM and one BP. There may be several.",
        ),
    ]
    alerts: Annotated[
        Alerts | None,
        Says(
            "Оповещения: кому и как сообщать, что что-то не так. Испытать: converter doctor --test-alert.",
            "Alerts: who is told that something is wrong, and how. To try: converter doctor --test-alert.",
        ),
    ] = None
    path: Path
