"""What is wrong with the state or the archive: nothing starts until it is mended (SPEC §5)."""

from __future__ import annotations

from converter.problems.catalogue.making import surroundings, warn

STATE_LOST = surroundings(
    "STATE_LOST",
    (
        "состояния {state} нет или оно пусто, а обмен уже шёл: остался {trace}",
        "верните его из резервной копии или восстановите из архива: converter doctor --fix",
    ),
    (
        "the state {state} is missing or empty, yet an exchange has run: {trace} is left of it",
        "put it back from a backup, or rebuild it from the archive: converter doctor --fix",
    ),
    (
        "Номера, начатые заново, приняли бы за повторы, и всё, что под ними ушло, потерялось бы.",
        "Numbers that began again would be taken for repeats, and what they carry would be lost.",
    ),
)
STATE_DAMAGED = surroundings(
    "STATE_DAMAGED",
    (
        "файл состояния {state} повреждён: {reason}",
        "отложите его и верните копию или восстановите из архива: converter doctor --fix",
    ),
    (
        "the state {state} is damaged: {reason}",
        "move it away and put back a backup, or rebuild it: converter doctor --fix",
    ),
    (
        "Простые чтения повреждённой базы могут удаваться и давать неверные номера.",
        "Simple reads may still work on a damaged database and give wrong numbers.",
    ),
)
STATE_NEWER = surroundings(
    "STATE_NEWER",
    (
        "состояние {state} записано более новой версией программы (схема {version}, известна {known})",
        "обновите converter на этой машине",
    ),
    (
        "the state {state} was written by a later version (layout {version}, known {known})",
        "update the converter on this machine",
    ),
    (
        "То, что хранит там более новая версия, эта испортила бы.",
        "What a later version keeps there, this one would spoil.",
    ),
)
STATE_FAILED = surroundings(
    "STATE_FAILED",
    (
        "состояние {state} недоступно: {reason}",
        "проверьте папку, права, место на диске и не держит ли файл другая программа",
    ),
    (
        "the state {state} cannot be used: {reason}",
        "check the folder, the rights, the disk space, and who else has the file open",
    ),
    (
        "Без состояния ничего нельзя ни принять, ни записать.",
        "Without the state nothing may be taken or written.",
    ),
)
STATE_UNREACHABLE = surroundings(
    "STATE_UNREACHABLE",
    (
        "сервер состояния {state} недоступен: {reason}",
        "проверьте адрес в ключе state, работает ли сервер, пускает ли он эту машину и учётную"
        " запись и где он берёт пароль: converter doctor; обмен продолжится сам",
    ),
    (
        "the server of the state {state} cannot be reached: {reason}",
        "check the address in the key state, whether the server runs and lets this host and this"
        " account in, and where the password comes from: converter doctor; the exchange goes on by"
        " itself",
    ),
    (
        "Без состояния нельзя ничего принять и записать; следующий проход попробует снова.",
        "Without the state nothing may be taken or written; the next pass tries again.",
    ),
)
STATE_UNFIT = surroundings(
    "STATE_UNFIT",
    (
        "база состояния {state} не подходит: {reason}",
        "укажите в ключе state файл SQLite или базу PostgreSQL не старее 14 с кодировкой UTF8",
    ),
    (
        "the database of the state {state} will not do: {reason}",
        "name a file of SQLite in the key state, or a database of PostgreSQL 14 or later with the"
        " encoding UTF8",
    ),
    (
        "Замок, который сервер не забирает назад, остался бы за умершим процессом, а буквы потерялись бы.",
        "A lock that a server does not take back would be held by the dead, and letters would be lost.",
    ),
)
STATE_DRIVER = surroundings(
    "STATE_DRIVER",
    (
        "для состояния {state} нужен драйвер PostgreSQL, а он здесь не установлен",
        'установите его: pip install "enterprisedata-converter[postgresql]"',
    ),
    (
        "the state {state} needs PostgreSQL's driver, which is not installed here",
        'install it: pip install "enterprisedata-converter[postgresql]"',
    ),
    (
        "Без драйвера с сервером не поговорить.",
        "Without it no server can be spoken to.",
    ),
)
STATE_PASSWORD = surroundings(
    "STATE_PASSWORD",
    (
        "пароль базы состояния, ключ {key}, не получен: {reason}",
        "проверьте под учётной записью, под которой работает converter: переменная задана, файл"
        " принадлежит ей и закрыт от других, команда сразу печатает пароль первой строкой",
    ),
    (
        "the password of the state's database, key {key}, cannot be had: {reason}",
        "check under the account that runs converter: the variable is set, the file is its own and"
        " closed to others, the command prints the password as its first line at once",
    ),
    (
        "Пароль нигде не показывается, и то, чем он назван, не повторяется: это может быть сам пароль.",
        "It is shown nowhere, and what names it is not repeated, since that may be the password itself.",
    ),
)
LINK_TAKEN = surroundings(
    "LINK_TAKEN",
    (
        "связка {link} посреди прохода перестала быть за этим процессом: прервалась его связь с"
        " сервером состояния, или связку взял другой процесс",
        "ничего не нужно: что не успело записаться, сделает следующий проход или уже сделал другой"
        " процесс; если это повторяется, посмотрите, не засыпает ли эта машина и надёжна ли её связь"
        " с сервером состояния",
    ),
    (
        "link {link} was lost in the middle of a pass: this process lost the server of the state, or"
        " another process took the link over",
        "nothing: what is not written yet is done by the next pass, or another process has done it;"
        " if it happens again, see whether this host sleeps, and how well it reaches the server of"
        " the state",
    ),
    (
        "Двое одновременно дали бы один номер двум сообщениям.",
        "Two at a time would give one number to two messages.",
    ),
)
ARCHIVE_GAP = surroundings(
    "ARCHIVE_GAP",
    (
        "в архиве {archive} нет записи {missing}, а следующие есть",
        "верните недостающие файлы архива из копии; нумерацию без них продолжать нельзя",
    ),
    (
        "entry {missing} is missing from the archive {archive}, later ones are there",
        "put the missing files of the archive back; without them numbering cannot go on",
    ),
    (
        "Состояние старше архива, а что было между ними, неизвестно.",
        "The state is older than the archive, and what happened in between is not known.",
    ),
)
ARCHIVE_EMPTY = surroundings(
    "ARCHIVE_EMPTY",
    (
        "состояния нет, и в архиве {archive} нет записей, из которых его можно восстановить, а обмен"
        " уже шёл: остался {trace}",
        "верните из резервной копии файл состояния или архив; если нет ни того, ни другого, дальше по"
        " шагам: converter problem ARCHIVE_EMPTY",
    ),
    (
        "the state is gone, and the archive {archive} has no entries to rebuild it from, yet an"
        " exchange has run: {trace} is left of it",
        "put the state's file or the archive back from a backup; if there is neither, go on step by"
        " step: converter problem ARCHIVE_EMPTY",
    ),
    (
        "Состояние, сделанное из ничего, начало бы нумерацию заново.",
        "A state made from nothing would begin the numbers again.",
    ),
)
STATE_BEHIND = surroundings(
    "STATE_BEHIND",
    (
        "состояние отстаёт от архива: знает проходы до {known}, в архиве есть до {last}",
        "обычно его догонит следующий проход: converter sync; если sync откажется, проверьте архив:"
        " converter doctor --fix",
    ),
    (
        "the state is behind the archive: it knows passes up to {known}, the archive has {last}",
        "the next pass usually catches up: converter sync; if that refuses, check the archive:"
        " converter doctor --fix",
    ),
    ("Счётчики в нём не те, что у обмена.", "Its counters are not those of the exchange."),
)
ARCHIVE_DAMAGED = surroundings(
    "ARCHIVE_DAMAGED",
    (
        "запись архива {entry} не читается: {reason}",
        "верните этот файл архива из копии",
    ),
    ("the archive's entry {entry} cannot be read: {reason}", "put that file back from a copy"),
    (
        "Повторив половину записи, получили бы один номер с двумя содержаниями.",
        "Replaying half of it would give one number two contents.",
    ),
)
RECORD_ONCE = warn(
    "RECORD_ONCE",
    (
        "запись о проходе не легла в {folder}: {reason}",
        "обмен идёт, запись есть в архиве другой базы; его не удаляйте, а здесь освободите место"
        " или верните права",
    ),
    (
        "the record of the pass could not be written to {folder}: {reason}",
        "the exchange goes on, the other base's archive has the record; keep that one, and make room"
        " or give rights here",
    ),
    (
        "Чтобы повторить проход, довольно одного места из двух; остановка здесь никому бы"
        " не помогла.",
        "One place of the two is enough to do a pass again; a pass that stopped here would"
        " help nobody.",
    ),
)
PASSWORD_UNSET = surroundings(
    "PASSWORD_UNSET",
    (
        "в переменной окружения {name} нет пароля архивов связки {link}",
        "задайте её там, где запускается converter, и повторите",
    ),
    (
        "the environment variable {name} does not hold the password of link {link}'s archives",
        "set it where the converter is started, and try again",
    ),
    ("Без него архивы базы не прочитать.", "Without it the base's archives cannot be read."),
)
PASSWORD_FILE = surroundings(
    "PASSWORD_FILE",
    (
        "файл с паролем архивов (password_file, связка {link}, сторона {side}) не годится: {reason}",
        "пароль должен стоять в первой строке файла, а сам файл принадлежать учётной записи, под"
        " которой работает converter, и никому больше не открываться",
    ),
    (
        "the file with the archives' password (password_file, link {link}, side {side}) will not"
        " do: {reason}",
        "let its first line be the password, the file belong to the account under which converter"
        " runs, and nobody else be able to open it",
    ),
    (
        "Пароль, который могут прочитать другие, — не пароль; путь не повторяется: вдруг"
        " это сам пароль.",
        "A password that others can read is none; the path is not repeated, it may be the"
        " password.",
    ),
)
PASSWORD_COMMAND = surroundings(
    "PASSWORD_COMMAND",
    (
        "команда, которая даёт пароль архивов (password_command, связка {link}, сторона {side}), его"
        " не дала: {reason}",
        "запустите её сами под той же учётной записью: она должна сразу, без вопросов, напечатать"
        " пароль первой строкой",
    ),
    (
        "the command for the archives' password (password_command, link {link}, side {side}) did"
        " not give it: {reason}",
        "run it yourself under the same account: it must print the password as its first line, at"
        " once and without asking",
    ),
    (
        "То, что команда печатает, не показывается никогда; на что жалуется — показывается.",
        "What the command prints is never shown, what it complains of is.",
    ),
)
PASSWORD_GONE = surroundings(
    "PASSWORD_GONE",
    (
        "база {side} связки {link} пишет архивы с паролем, а в настройках пароля больше нет",
        "укажите его (password_env, password_file или password_command); или пусть база выгрузит"
        " сообщение без пароля, или задайте files",
    ),
    (
        "the base {side} of link {link} writes archives with a password, and the settings have none"
        " any more",
        "name it (password_env, password_file or password_command); or let the base export without"
        " a password, or set files",
    ),
    (
        "На то, что пришло под паролем, открыто не отвечают.",
        "What was sent under a password is not answered in the open.",
    ),
)
AES_MISSING = surroundings(
    "AES_MISSING",
    (
        "архив для {folder} нужно зашифровать по AES, а дополнение для AES здесь не установлено",
        'установите его: pip install "enterprisedata-converter[aes]"; обмен продолжится сам',
    ),
    (
        "the archive for {folder} is to be encrypted with AES, and the extra for AES is not"
        " installed here",
        'install it: pip install "enterprisedata-converter[aes]"; the exchange goes on by itself',
    ),
    (
        "Шифрование слабее, чем у самой базы, за неё не выбирается.",
        "A weaker encryption than the base's own is not chosen for it.",
    ),
)
