"""What an exchange finds beyond single messages: addresses, versions, what is going round (SPEC §4, §5)."""

from __future__ import annotations

from converter.problems.catalogue.making import hold, reject, warn

SENDER_WRONG = reject(
    "SENDER_WRONG",
    (
        "сообщение от «{sender}» для «{to}», а здесь ждут от «{expected}» для «{own}»",
        "проверьте коды узлов в exchange.toml и в настройках обмена",
    ),
    (
        "the message is from “{sender}” to “{to}”; here “{expected}” writes to “{own}”",
        "check the node codes in exchange.toml and in the bases",
    ),
    ("Номера чужой базы здесь ничего не значат.", "The numbers of another base mean nothing here."),
)
NUMBER_MISSING = reject(
    "NUMBER_MISSING",
    (
        "в сообщении нет номера (MessageNo)",
        "настройте выгрузку через план обмена; разово такой файл возьмёт converter convert",
    ),
    (
        "the message has no number (MessageNo)",
        "export through the exchange plan; converter convert takes such a file once",
    ),
    (
        "Без номера не узнать, было ли сообщение уже принято.",
        "Without a number it cannot be told whether it has been taken.",
    ),
)
FORMAT_OF_OTHER_SIDE = reject(
    "FORMAT_OF_OTHER_SIDE",
    (
        "в этой папке ждут {expected}, а сообщение в формате {format}",
        "проверьте, не перепутаны ли папки CRM и БП",
    ),
    (
        "{expected} is expected in this folder, the message is in {format}",
        "check that the folders of CRM and BP are not mixed up",
    ),
    (
        "Сообщение одной стороны приняли бы за сообщение другой.",
        "A message of the other side would be taken for this one's.",
    ),
)
POISON = reject(
    "POISON",
    (
        "чтение файла {count} раза обрывало программу",
        "отправьте файл тому, кто настраивал обмен, и выгрузите данные снова",
    ),
    (
        "reading this file ended the program {count} times",
        "send it to whoever set up the exchange, and export the data again",
    ),
    ("Иначе этот файл останавливал бы обмен раз за разом.", "It would stop the exchange for ever."),
)
BOUNCING = hold(
    "BOUNCING",
    (
        "базы возвращают друг другу один и тот же объект в двух видах, повторов: {count}",
        "сравните версии (converter journal --diff), исправьте одну из баз и выполните converter retry",
    ),
    (
        "the bases keep sending each other two versions of this object, repeats: {count}",
        "compare them (converter journal --diff), mend one base, then converter retry",
    ),
    (
        "Две базы, которые хранят объект по-разному, поправляли бы друг друга бесконечно.",
        "Two bases that store an object differently would correct each other for ever.",
    ),
)
VERSION_UNKNOWN = warn(
    "VERSION_UNKNOWN",
    (
        "БП ещё не сообщила, какие версии формата она знает; ждут отправки: {waiting}",
        "выполните в БП обмен или настройку соединения, либо задайте version в exchange.toml",
    ),
    (
        "BP has not said yet which versions of the format it knows; waiting: {waiting}",
        "run an exchange or the connection's set-up in BP, or set version in exchange.toml",
    ),
    (
        "Сообщение в версии, которой БП не знает, она отвергла бы целиком.",
        "A message in a version that BP does not know would be refused as a whole.",
    ),
)
VERSION_NONE = hold(
    "VERSION_NONE",
    (
        "общей версии формата нет: БП знает {theirs}",
        "обновите БП или converter",
    ),
    ("there is no common version of the format: BP knows {theirs}", "update BP or the converter"),
    (
        "Ничего, что БП смогла бы прочитать, записать нельзя.",
        "Nothing can be written that BP would read.",
    ),
)
MESSAGE_LATE = warn(
    "MESSAGE_LATE",
    (
        "сообщение {number} пришло с опозданием, после {received}; всё его содержание уже было",
        "делать ничего не нужно",
    ),
    (
        "message {number} came late, after {received}; all it says has been heard",
        "nothing need be done",
    ),
    (
        "В более позднем сообщении есть всё, что ещё не было подтверждено.",
        "A later message holds everything that was not acknowledged.",
    ),
)
PLAN_OTHER = warn(
    "PLAN_OTHER",
    (
        "план обмена называется «{plan}», в настройках «{expected}»",
        "если это верно, укажите его в exchange.toml (plan)",
    ),
    (
        "the exchange plan is called “{plan}”, in the settings “{expected}”",
        "if that is right, put it into exchange.toml (plan)",
    ),
    (
        "1С его тоже принимает: от имени плана не зависит, чем базы обмениваются.",
        "1C takes it too: the name of the plan does not change what is exchanged.",
    ),
)
RESTORED_ASK = hold(
    "RESTORED_ASK",
    (
        "в полной выгрузке базы нет объектов, которые у неё были: {count}",
        "посмотрите, каких: converter doctor --restored {side} покажет список и спросит, отозвать ли их",
    ),
    (
        "the complete contents of the base lack objects that it had: {count}",
        "look which: converter doctor --restored {side} shows the list, and asks whether they go",
    ),
    (
        "Если зарегистрировать всё просто забыли, оплаты были бы отозваны зря.",
        "Where a person forgot to register everything, payments would be withdrawn.",
    ),
)
FILE_STRANGE = warn(
    "FILE_STRANGE",
    (
        "под именем сообщения лежит не файл, а ссылка, папка или канал; не тронуто",
        "выясните, кто это положил, и уберите",
    ),
    (
        "a link, a folder or a pipe lies under a message's name; it was not touched",
        "find out who put it there, and remove it",
    ),
    (
        "Ссылка могла бы увести за пределы папки обмена, а чтение канала — никогда не кончиться.",
        "Following it could lead out of the exchange's folder, or wait for ever.",
    ),
)
FILE_MISNAMED = warn(
    "FILE_MISNAMED",
    (
        "сервер называет файл так, что его имя нигде не записать или оно уже занято; не тронуто",
        "выясните, кто это положил, и переименуйте или уберите",
    ),
    (
        "the server names a file so that no folder can hold the name, or has it already; it was not"
        " touched",
        "find out who put it there, and rename or remove it",
    ),
    (
        "Имя с путём внутри могло бы увести за пределы папки обмена.",
        "A name with a path in it could lead out of the exchange's folder.",
    ),
)
