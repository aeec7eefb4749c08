"""Why a whole file is not taken (SPEC §5)."""

from __future__ import annotations

from converter.problems.catalogue.making import reject

FILE_EMPTY = reject(
    "FILE_EMPTY",
    ("файл пуст", "дождитесь, пока программа допишет файл, или выгрузите сообщение снова"),
    ("the file is empty", "wait until the program has written it, or export the message again"),
    ("Принимать нечего.", "There is nothing to take."),
)
FILE_ZIP = reject(
    "FILE_ZIP",
    ("это архив zip, а не сообщение", "распакуйте архив и передайте файл .xml из него"),
    ("this is a zip archive, not a message", "unpack it and give the .xml file from inside"),
    (
        "Разовые команды читают сообщения, а не архивы.",
        "One-off commands read messages, not archives.",
    ),
)
NOT_XML = reject(
    "NOT_XML",
    ("это не XML", "проверьте, тот ли файл выбран; сообщение обмена начинается с <Message"),
    ("this is not XML", "check that it is the right file; a message begins with <Message"),
    ("В файле нет ничего, что можно было бы понять.", "There is nothing that could be understood."),
)
XML_BROKEN = reject(
    "XML_BROKEN",
    (
        "XML испорчен: {reason}, столбец {column}",
        "выгрузите сообщение снова; если повторится, покажите этот текст тому, кто настраивал обмен",
    ),
    (
        "the XML is damaged: {reason}, column {column}",
        "export the message again; if it comes back, show this to whoever set up the exchange",
    ),
    (
        "Тому, что стоит после повреждения, верить нельзя, а то, что до него, может быть неполным.",
        "What follows the damage cannot be trusted, and what stands before it may be incomplete.",
    ),
)
XML_CUT = reject(
    "XML_CUT",
    (
        "файл обрывается: нет закрывающего </Message>",
        "дождитесь окончания записи или выгрузите снова",
    ),
    ("the file breaks off: no closing </Message>", "wait until it is written, or export it again"),
    (
        "Половина сообщения выглядит как сообщение, в котором меньше объектов.",
        "A half of a message looks like a message with fewer objects.",
    ),
)
XML_ENCODING = reject(
    "XML_ENCODING",
    (
        "текст не в той кодировке, что объявлена ({encoding})",
        "сохраните сообщение в UTF-8, UTF-16 или windows-1251 и объявите её в первой строке",
    ),
    (
        "the text is not in the encoding it declares ({encoding})",
        "save the message as UTF-8, UTF-16 or windows-1251 and declare that in the first line",
    ),
    ("Названия и адреса пришли бы испорченными.", "Names and addresses would arrive spoilt."),
)
XML_DTD = reject(
    "XML_DTD",
    (
        "в файле есть DOCTYPE, в сообщениях обмена его не бывает",
        "не открывайте такой файл; выясните, кто его положил",
    ),
    (
        "the file has a DOCTYPE, which messages never have",
        "do not open it; find out who put it there",
    ),
    (
        "Через DOCTYPE можно читать чужие файлы, выходить в сеть и забить память.",
        "A document type can read files, reach into the network, or fill the memory.",
    ),
)
XML_LIMIT = reject(
    "XML_LIMIT",
    (
        "файл превышает допустимое: {reason}",
        "так выглядит испорченный или враждебный файл; если он настоящий, разделите объект",
    ),
    (
        "the file goes beyond what is allowed: {reason}",
        "damaged and hostile files look like this; if it is genuine, split the object",
    ),
    ("Память и время на один объект ограничены.", "Memory and time per object are bounded."),
)
NOT_A_MESSAGE = reject(
    "NOT_A_MESSAGE",
    (
        "это не сообщение обмена: ожидалось {expected}, найдено {found}",
        "проверьте, тот ли файл выбран",
    ),
    (
        "this is no exchange message: {expected} expected, {found} found",
        "check that it is the right file",
    ),
    (
        "Читать можно только сообщения в конверте EnterpriseData.",
        "Only messages in the envelope of EnterpriseData can be read.",
    ),
)
HEADER_FIELD = reject(
    "HEADER_FIELD",
    (
        "в заголовке сообщения поле {name}: {reason}",
        "исправьте выгрузку в программе, которая его написала",
    ),
    (
        "in the message's header, field {name}: {reason}",
        "mend the export of the program that wrote it",
    ),
    (
        "1С читает заголовок по типам и тоже отвергла бы всё сообщение.",
        "1C reads the header as a typed value and refuses the whole message too.",
    ),
)
FORMAT_UNKNOWN = reject(
    "FORMAT_UNKNOWN",
    (
        "формат «{format}» не поддерживается",
        "выберите EnterpriseData версии 1.3–1.22 или формат CRM urn:enterprisedata-converter:crm:1.0",
    ),
    (
        "the format “{format}” is not supported",
        "choose EnterpriseData 1.3–1.22 or the CRM format urn:enterprisedata-converter:crm:1.0",
    ),
    (
        "Незнакомое нельзя перевести не угадывая.",
        "What is not known cannot be converted without guessing.",
    ),
)
FORMAT_MISMATCH = reject(
    "FORMAT_MISMATCH",
    (
        "в заголовке формат «{format}», а тело написано в «{body}»",
        "исправьте выгрузку: msg:Format и пространство имён Body должны совпадать",
    ),
    (
        "the header says format “{format}”, the body is written in “{body}”",
        "mend the export: msg:Format and the namespace of Body must be the same",
    ),
    (
        "1С выбирает, как читать, по заголовку и неверно поняла бы тело.",
        "1C picks its reader by the header and would misread the body.",
    ),
)
GREETING = reject(
    "GREETING",
    (
        "это приветствие 1С (настройки соединения), в нём нет данных",
        "приветствия нужны обмену через папки; для convert выгрузите данные",
    ),
    (
        "this is a greeting of 1C (settings of the connection), it holds no data",
        "greetings belong to the exchange through folders; for convert, export data",
    ),
    ("Переводить нечего.", "There is nothing to convert."),
)
WRONG_DIRECTION = reject(
    "WRONG_DIRECTION",
    ("сообщение уже в формате {format}", "для него укажите --to {other}"),
    ("the message is already in {format}", "use --to {other} for it"),
    ("Перевод в эту сторону ничего не значит.", "Converting it in this direction means nothing."),
)
CRM_FORMAT_OTHER = reject(
    "CRM_FORMAT_OTHER",
    ("сообщение в формате {format}, а не EnterpriseData", "уберите --crm-format enterprisedata"),
    ("the message is in {format}, not in EnterpriseData", "leave --crm-format enterprisedata out"),
    (
        "Формат сообщения стоит в его заголовке; наперекор ему ничего не угадывается.",
        "The format of a message stands in its head; nothing is guessed against it.",
    ),
)
FILE_TOO_LARGE = reject(
    "FILE_TOO_LARGE",
    (
        "файл слишком велик: {size} байт, допускается {limit}",
        "проверьте, тот ли это файл; если тот, выгрузите данные частями",
    ),
    (
        "the file is too large: {size} bytes, {limit} are allowed",
        "check that it is the right file; if it is, export the data in parts",
    ),
    (
        "Время и место на диске для одного сообщения ограничены.",
        "Time and disk space for one message are bounded.",
    ),
)
ZIP_CUT = reject(
    "ZIP_CUT",
    (
        "архив zip обрывается: конца у него нет",
        "дождитесь, пока программа его допишет, или выгрузите сообщение снова",
    ),
    (
        "the zip archive breaks off: it has no end",
        "wait until the program has written it, or export the message again",
    ),
    (
        "Архив пишется сразу под своим именем, поэтому половина архива — обычное дело.",
        "An archive is written under its final name, so half of one is an everyday sight.",
    ),
)
ZIP_DAMAGED = reject(
    "ZIP_DAMAGED",
    (
        "архив zip повреждён: {reason}",
        "выгрузите сообщение снова; если повторится, проверьте диск и сеть",
    ),
    (
        "the zip archive is damaged: {reason}",
        "export the message again; if it comes back, check the disk and the network",
    ),
    (
        "Тому, что выходит из повреждённого архива, верить нельзя.",
        "What comes out of a damaged archive cannot be trusted.",
    ),
)
ZIP_PASSWORD = reject(
    "ZIP_PASSWORD",
    (
        "архив zip не открывается: {reason}",
        "сверьте пароль архива в настройках обмена базы с тем, на который указывает exchange.toml"
        " (password_env, password_file или password_command), и выгрузите сообщение снова",
    ),
    (
        "the zip archive does not open: {reason}",
        "compare the archive's password in the base's settings with the one that exchange.toml"
        " points at (password_env, password_file or password_command), and export the message again",
    ),
    (
        "Неверный пароль и повреждённый архив часто неотличимы.",
        "A wrong password and a damaged archive often cannot be told apart.",
    ),
)
ZIP_NO_AES = reject(
    "ZIP_NO_AES",
    (
        "архив zip зашифрован по AES, а для AES здесь не установлено дополнение",
        'установите его: pip install "enterprisedata-converter[aes]", и выгрузите сообщение снова;'
        " или выберите в базе обычный пароль (Zip20)",
    ),
    (
        "the zip archive is encrypted with AES, and the extra for AES is not installed here",
        'install it: pip install "enterprisedata-converter[aes]", and export the message again;'
        " or choose the ordinary password (Zip20) in the base",
    ),
    (
        "В библиотеке Python нет AES, а большинству обменов он и не нужен.",
        "AES is not in Python's library, and most exchanges do without.",
    ),
)
ZIP_TOO_LARGE = reject(
    "ZIP_TOO_LARGE",
    (
        "архив zip распаковывается во что-то огромное: больше {limit} байт или в {ratio} раз",
        "так выглядит враждебный файл; выясните, кто его положил",
    ),
    (
        "the zip archive unpacks into something huge: over {limit} bytes, or {ratio} times its size",
        "hostile files look like this; find out who put it there",
    ),
    (
        "Маленький архив мог бы заполнить диск и занять обмен навсегда.",
        "A small archive could fill the disk and keep the exchange busy for ever.",
    ),
)
ZIP_CONTENTS = reject(
    "ZIP_CONTENTS",
    (
        "архив zip не такой, какой пишет 1С: {reason}",
        "в архиве должен лежать один файл .xml и больше ничего, сжатие обычное (deflate)",
    ),
    (
        "the zip archive is not as 1C writes it: {reason}",
        "it must hold one .xml file and nothing else, with the usual compression (deflate)",
    ),
    (
        "Какой из файлов — сообщение, пришлось бы угадывать.",
        "Which of several files is the message could only be guessed.",
    ),
)
