"""What to do about a problem, step by step: a frame for each severity, and what differs from it.

The cure of the kind stands where `CURE` does. Commands are written in backticks.
"""

from __future__ import annotations

from converter.problems import Severity

Steps = tuple[str, ...]

CURE = "{cure}"

#: for each severity the steps in Russian and in English
FRAMES: dict[Severity, tuple[Steps, Steps]] = {
    Severity.REJECT: (
        (
            "Найдите файл: он лежит в `rejected/` папки этой базы, рядом отчёт со строкой и столбцом."
            " (`convert` и `validate` файл не трогают.)",
            CURE,
            "Пусть база выгрузит сообщение снова. Номера не сдвинулись, поэтому в следующем сообщении"
            " будет всё, что было в этом.",
        ),
        (
            "Find the file: it lies in `rejected/` of this base's folder, a report with line and column"
            " beside it. (`convert` and `validate` leave the file where it is.)",
            CURE,
            "Let the base export again. No number has moved, so its next message carries all that this"
            " one did.",
        ),
    ),
    Severity.ALARM: (
        (
            "Остановите в этой базе синхронизацию по расписанию. Конвертер из неё сейчас не читает и в"
            " неё не пишет; другая база работает дальше.",
            "Выясните, что случилось. Если обмен ведёт копия базы (например, тестовая) с тем же кодом,"
            " сначала отключите обмен в копии.",
            CURE,
            "Сделайте в базе то, что ответит команда: зарегистрируйте к отправке всё и выполните"
            " синхронизацию один раз. В 1С всё регистрируют так: «Настройки синхронизации данных» →"
            " «Еще» → «Состав отправляемых данных» → «Зарегистрировать».",
            "`converter status -q` молчит, когда всё позади. Верните расписание.",
        ),
        (
            "Stop the scheduled synchronization in this base. The converter neither reads from it nor"
            " writes to it now; the other base goes on.",
            "Find out what happened. If a copy of the base (for tests, say) exchanges under the same"
            " code, turn the exchange off in the copy first.",
            CURE,
            "Do in the base what the command answers: register everything for sending, and run one"
            " synchronization. In 1C everything is registered under «Настройки синхронизации данных» →"
            " «Еще» → «Состав отправляемых данных» → «Зарегистрировать».",
            "`converter status -q` is silent when it is over. Turn the schedule on again.",
        ),
    ),
    Severity.HOLD: (
        (
            "`converter status` называет объект, поле и причину.",
            CURE,
            "Выгрузите объект из той же базы ещё раз: новая версия сама займёт место задержанной. Если"
            " исправляли не сам объект, а что-то другое (обновили БП, поменяли настройки):"
            " `converter retry`.",
            "Проверьте: в `converter status` объекта больше нет. До тех пор у другой стороны остаётся"
            " последняя хорошая версия, ничего не потеряно.",
        ),
        (
            "`converter status` names the object, the field and the reason.",
            CURE,
            "Export the object again from the same base: its new version takes the held one's place by"
            " itself. Where something else was mended (BP updated, settings changed):"
            " `converter retry`.",
            "Look: `converter status` no longer lists the object. Until then the other side keeps the"
            " last good version; nothing is lost.",
        ),
    ),
    Severity.WARN: (
        (
            "Срочно делать ничего не нужно: обмен идёт дальше. Предупреждение хранит"
            " `converter journal`.",
            CURE,
        ),
        (
            "Nothing is urgent: the exchange goes on. `converter journal` keeps the warning.",
            CURE,
        ),
    ),
    Severity.USAGE: (
        (
            "Ничего не сделано и не записано: команда не начиналась.",
            CURE,
            "Выполните команду ещё раз; как её вызывать, с примером показывает `converter --help`.",
        ),
        (
            "Nothing was done or written: the command did not begin.",
            CURE,
            "Run the command again; `converter --help` shows how it is called.",
        ),
    ),
    Severity.SETTINGS: (
        (
            "Откройте файл настроек на строке, которую назвало сообщение. Каждый ключ объяснён в"
            " файле, который создаёт `converter init` в новой папке.",
            CURE,
            "Проверьте: `converter doctor`.",
        ),
        (
            "Open the settings at the line that the message named. Every key is explained in the file"
            " that `converter init` makes in a new folder.",
            CURE,
            "Check: `converter doctor`.",
        ),
    ),
    Severity.SURROUNDINGS: (
        (
            "Запустите `converter doctor` под той учётной записью, под которой работает служба или"
            " задание: он пробует папки, права и состояние.",
            CURE,
            "Больше ничего не нужно: следующий проход продолжит с того же места, ничего не потеряно.",
        ),
        (
            "Run `converter doctor` under the account of the service or the task: it tries folders,"
            " rights and the state.",
            CURE,
            "Nothing else: the next pass goes on from where it stopped, nothing is lost.",
        ),
    ),
}

_SINGLE_FILE: tuple[Steps, Steps] = (
    ("Файл остался на месте, выходного файла нет.", CURE, "Выполните команду ещё раз."),
    ("The file is where it was, no output was written.", CURE, "Run the command again."),
)

_ARCHIVE: tuple[Steps, Steps] = (
    (
        "Ничего не удаляйте и не запускайте обмен с новой базой состояния: номера не должны начаться"
        " заново.",
        CURE,
        "Проверьте: `converter doctor`. Если потеряны и состояние, и архив:"
        " `converter problem ARCHIVE_EMPTY`.",
    ),
    (
        "Delete nothing, and do not start with a new state: the numbers must not begin again.",
        CURE,
        "Check: `converter doctor`. Where state and archive are lost together:"
        " `converter problem ARCHIVE_EMPTY`.",
    ),
)

_BOTH_LOST: tuple[Steps, Steps] = (
    (
        "Ничего не удаляйте и не запускайте обмен с новой базой состояния: номера не должны начаться"
        " заново.",
        CURE,
        "Если копий нет, уберите в сторону содержимое `archive/` и `rejected/` обеих баз (и архив из"
        " ключа `archive`), испорченный файл состояния и наши файлы из папок обмена. Конвертер начнёт"
        " с новым состоянием, и базы поднимут тревогу: им подтверждают номера, которых никто не"
        " отправлял.",
        "Посмотрите в каждой базе номера узла, отправленный и принятый, и назовите их:"
        " `converter doctor --restored bp --sent N --received M`, затем так же `--restored crm`.",
        "Пусть каждая база отправит всё. Удалённое за потерянное время может вернуться: проверьте.",
        "Проверьте: `converter doctor`.",
    ),
    (
        "Delete nothing, and do not start with a new state: the numbers must not begin again.",
        CURE,
        "Without any backup move away what is in `archive/` and `rejected/` of both bases (and in the"
        " archive of the key `archive`), a damaged file of the state, and our files in the folders of"
        " the exchange. The converter starts with a new state, and the bases raise the alarm that they"
        " were acknowledged numbers nobody sent.",
        "Look up in each base the numbers of the node, sent and received, and name them:"
        " `converter doctor --restored bp --sent N --received M`, then `--restored crm` likewise.",
        "Let each base send everything. What was deleted in the lost time may come back: look at it.",
        "Check: `converter doctor`.",
    ),
)

_HOSTILE: tuple[Steps, Steps] = (
    (
        "Файл уже убран в `rejected/`, и ничего из него не применено.",
        CURE,
        "Если файл всё-таки от вашей базы: пусть она выгрузит сообщение снова, номера не сдвинулись.",
    ),
    (
        "The file has been moved to `rejected/`, nothing of it was applied.",
        CURE,
        "If it is your base's after all: let it export again, no number has moved.",
    ),
)

#: where the frame does not fit
OWN: dict[str, tuple[Steps, Steps]] = {
    "FILE_ZIP": _SINGLE_FILE,
    "GREETING": _SINGLE_FILE,
    "WRONG_DIRECTION": _SINGLE_FILE,
    "CRM_FORMAT_OTHER": _SINGLE_FILE,
    "INVOICE_UNKNOWN": _SINGLE_FILE,
    "XML_DTD": _HOSTILE,
    "XML_LIMIT": _HOSTILE,
    "ZIP_TOO_LARGE": _HOSTILE,
    "STATE_LOST": _ARCHIVE,
    "STATE_DAMAGED": _ARCHIVE,
    "STATE_BEHIND": _ARCHIVE,
    "ARCHIVE_GAP": _ARCHIVE,
    "ARCHIVE_EMPTY": _BOTH_LOST,
    "ARCHIVE_DAMAGED": _ARCHIVE,
    "SENDER_WRONG": (
        (
            "Посмотрите, как называется файл, который кладёт база: `Message_<её код>_<код"
            " другой>.xml`. Это и есть коды узлов.",
            "Сравните их с `code` в `[link.crm]` и `[link.bp]` файла exchange.toml. Чаще всего верны"
            " коды в файле, а в настройках стоят другие.",
            CURE,
            "Если файл от другой базы и попал сюда по ошибке, уберите эту базу из папки: папка у"
            " каждой базы своя.",
            "Пусть база выгрузит сообщение снова. Номера не сдвинулись.",
        ),
        (
            "Look at the name of the file that the base puts there: `Message_<its code>_<the"
            " other's>.xml`. These are the node codes.",
            "Compare them with `code` in `[link.crm]` and `[link.bp]` of exchange.toml. Mostly those"
            " in the file are right.",
            CURE,
            "If the file comes from another base by mistake, keep that base out: each base has a"
            " folder of its own.",
            "Let the base export again. No number has moved.",
        ),
    ),
    "POISON": (
        (
            "Файл отложен в `rejected/`, остальной обмен идёт дальше.",
            CURE,
            "Посмотрите, хватает ли памяти и места на диске: то же бывает, когда программу"
            " останавливает система.",
        ),
        (
            "The file was set aside in `rejected/`, the rest of the exchange goes on.",
            CURE,
            "See whether memory and disk space suffice: the system may have ended the program.",
        ),
    ),
    "NUMBER_TAKEN": (
        (
            "`converter status` называет оба счёта.",
            "Выясните, не один ли это счёт, который ввели дважды. Тогда удалите в CRM лишний.",
            CURE,
            "Выгрузите исправленный счёт из CRM.",
        ),
        (
            "`converter status` names both invoices.",
            "Find out whether it is one invoice entered twice. Then delete the one too many in the"
            " CRM.",
            CURE,
            "Export the corrected invoice from the CRM.",
        ),
    ),
    "VERSION_UNKNOWN": (
        (
            "Так бывает в начале: БП ещё ничего не выгрузила. Ничего не потеряно, данные ждут.",
            CURE,
            "Выполните `converter sync` ещё раз.",
        ),
        (
            "This is usual at the beginning: BP has exported nothing yet. Nothing is lost, it waits.",
            CURE,
            "Run `converter sync` again.",
        ),
    ),
    "RESTORED_ASK": (
        (
            "Ещё ничего не отозвано: сообщение базы ждёт в её папке, пока вы не решите.",
            "Если зарегистрировать всё забыли, зарегистрируйте в базе к отправке все объекты и"
            " выполните синхронизацию ещё раз.",
            CURE,
        ),
        (
            "Nothing is withdrawn yet: the message of the base waits in its folder until you decide.",
            "If somebody forgot to register everything, register all objects for sending in the base"
            " and run the synchronization again.",
            CURE,
        ),
    ),
    "STATE_NEWER": (
        (
            "Состояние не тронуто.",
            CURE,
            "Если нужна именно старая версия программы: верните копию состояния, сделанную до"
            " обновления (она лежит рядом с ним), и архив.",
        ),
        (
            "The state was not touched.",
            CURE,
            "If it must be the old version: put back the copy of the state from before the update (it"
            " lies beside it), and the archive.",
        ),
    ),
    "FOLDER_MISSING": (
        (
            "Откройте путь из сообщения на этом же компьютере и под той же учётной записью, что у"
            " службы или задания.",
            CURE,
            "Проверьте: `converter doctor`. Обмен продолжится сам.",
        ),
        (
            "Open the path of the message on this computer, under the account of the service or task.",
            CURE,
            "Check: `converter doctor`. The exchange goes on by itself.",
        ),
    ),
    "LOCKED": (
        (
            "Обычно делать ничего не нужно: проход, начатый по расписанию, подождёт до полуминуты и"
            " в следующий раз пройдёт.",
            CURE,
            "Файлы блокировки не удаляйте: блокировка принадлежит процессу и уходит вместе с ним.",
        ),
        (
            "Mostly nothing: a scheduled pass waits half a minute at most, and the next one goes"
            " through.",
            CURE,
            "Delete no lock files: the lock belongs to the process and goes with it.",
        ),
    ),
    "AES_MISSING": (
        (CURE, "Проверьте: `converter doctor`."),
        (CURE, "Check: `converter doctor`."),
    ),
    "LINK_UNKNOWN": (
        ("Имена связок стоят в exchange.toml: `name` в `[[link]]`.", CURE),
        ("The names of links stand in exchange.toml: `name` in `[[link]]`.", CURE),
    ),
}
