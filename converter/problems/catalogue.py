"""Every kind of problem that the converter knows (SPEC §5).

A file is rejected when it cannot be understood as a whole; an object is held when BP could not
load it or when it would change money; everything else warns. ``docs/problems.md`` is made from
this module by ``python -m converter.problems.page``.
"""

from __future__ import annotations

from converter.problems import Kind, Severity, Words


def _kind(severity: Severity, id: str, ru: tuple[str, str], en: tuple[str, str], why: str) -> Kind:
    return Kind(id, severity, Words(*ru), Words(*en), why)


def _reject(id: str, ru: tuple[str, str], en: tuple[str, str], why: str) -> Kind:
    return _kind(Severity.REJECT, id, ru, en, why)


def _hold(id: str, ru: tuple[str, str], en: tuple[str, str], why: str) -> Kind:
    return _kind(Severity.HOLD, id, ru, en, why)


def _warn(id: str, ru: tuple[str, str], en: tuple[str, str], why: str) -> Kind:
    return _kind(Severity.WARN, id, ru, en, why)


# -- the whole file ------------------------------------------------------------------------------

FILE_EMPTY = _reject(
    "FILE_EMPTY",
    ("файл пуст", "дождитесь, пока программа допишет файл, или выгрузите сообщение снова"),
    ("the file is empty", "wait until the program has written it, or export the message again"),
    "There is nothing to take.",
)
FILE_ZIP = _reject(
    "FILE_ZIP",
    ("это архив zip, а не сообщение", "распакуйте архив и передайте файл .xml из него"),
    ("this is a zip archive, not a message", "unpack it and give the .xml file from inside"),
    "One-off commands read messages, not archives.",
)
NOT_XML = _reject(
    "NOT_XML",
    ("это не XML", "проверьте, тот ли файл выбран; сообщение обмена начинается с <Message"),
    ("this is not XML", "check that it is the right file; a message begins with <Message"),
    "There is nothing that could be understood.",
)
XML_BROKEN = _reject(
    "XML_BROKEN",
    (
        "XML испорчен: {reason}, столбец {column}",
        "выгрузите сообщение снова; если повторится, покажите этот текст тому, кто настраивал обмен",
    ),
    (
        "the XML is damaged: {reason}, column {column}",
        "export the message again; if it comes back, show this to whoever set up the exchange",
    ),
    "What follows the damage cannot be trusted, and what stands before it may be incomplete.",
)
XML_CUT = _reject(
    "XML_CUT",
    (
        "файл обрывается: нет закрывающего </Message>",
        "дождитесь окончания записи или выгрузите снова",
    ),
    ("the file breaks off: no closing </Message>", "wait until it is written, or export it again"),
    "A half of a message looks like a message with fewer objects.",
)
XML_ENCODING = _reject(
    "XML_ENCODING",
    (
        "текст не в той кодировке, что объявлена ({encoding})",
        "сохраните сообщение в UTF-8, UTF-16 или windows-1251 и объявите её в первой строке",
    ),
    (
        "the text is not in the encoding it declares ({encoding})",
        "save the message as UTF-8, UTF-16 or windows-1251 and declare that in the first line",
    ),
    "Names and addresses would arrive spoilt.",
)
XML_DTD = _reject(
    "XML_DTD",
    (
        "в файле есть DOCTYPE, в сообщениях обмена его не бывает",
        "не открывайте такой файл; выясните, кто его положил",
    ),
    (
        "the file has a DOCTYPE, which messages never have",
        "do not open it; find out who put it there",
    ),
    "A document type can read files, reach into the network, or fill the memory.",
)
XML_LIMIT = _reject(
    "XML_LIMIT",
    (
        "файл превышает допустимое: {reason}",
        "так выглядит испорченный или враждебный файл; если он настоящий, разделите объект",
    ),
    (
        "the file goes beyond what is allowed: {reason}",
        "damaged and hostile files look like this; if it is genuine, split the object",
    ),
    "Memory and time per object are bounded.",
)
NOT_A_MESSAGE = _reject(
    "NOT_A_MESSAGE",
    (
        "это не сообщение обмена: ожидалось {expected}, найдено {found}",
        "проверьте, тот ли файл выбран",
    ),
    (
        "this is no exchange message: {expected} expected, {found} found",
        "check that it is the right file",
    ),
    "Only messages in the envelope of EnterpriseData can be read.",
)
HEADER_FIELD = _reject(
    "HEADER_FIELD",
    (
        "в заголовке сообщения поле {name}: {reason}",
        "исправьте выгрузку в программе, которая его написала",
    ),
    (
        "in the message's header, field {name}: {reason}",
        "mend the export of the program that wrote it",
    ),
    "1C reads the header as a typed value and refuses the whole message too.",
)
FORMAT_UNKNOWN = _reject(
    "FORMAT_UNKNOWN",
    (
        "формат «{format}» не поддерживается",
        "выберите EnterpriseData версии 1.3–1.22 или формат CRM urn:enterprisedata-converter:crm:1.0",
    ),
    (
        "the format “{format}” is not supported",
        "choose EnterpriseData 1.3–1.22 or the CRM format urn:enterprisedata-converter:crm:1.0",
    ),
    "What is not known cannot be converted without guessing.",
)
FORMAT_MISMATCH = _reject(
    "FORMAT_MISMATCH",
    (
        "в заголовке формат «{format}», а тело написано в «{body}»",
        "исправьте выгрузку: msg:Format и пространство имён Body должны совпадать",
    ),
    (
        "the header says format “{format}”, the body is written in “{body}”",
        "mend the export: msg:Format and the namespace of Body must be the same",
    ),
    "1C picks its reader by the header and would misread the body.",
)
GREETING = _reject(
    "GREETING",
    (
        "это приветствие 1С (настройки соединения), в нём нет данных",
        "приветствия нужны обмену через папки; для convert выгрузите данные",
    ),
    (
        "this is a greeting of 1C (settings of the connection), it holds no data",
        "greetings belong to the exchange through folders; for convert, export data",
    ),
    "There is nothing to convert.",
)
WRONG_DIRECTION = _reject(
    "WRONG_DIRECTION",
    ("сообщение уже в формате {format}", "для него укажите --to {other}"),
    ("the message is already in {format}", "use --to {other} for it"),
    "Converting it in this direction means nothing.",
)

# -- one object is held --------------------------------------------------------------------------

FIELD_MISSING = _hold(
    "FIELD_MISSING",
    ("нет обязательного поля", "заполните его в программе-источнике и выгрузите объект снова"),
    ("a required field is missing", "fill it in at the source and export the object again"),
    "The other program could not load the object.",
)
FIELD_MISPLACED = _hold(
    "FIELD_MISPLACED",
    (
        "поле стоит не на своём месте или лишнее; порядок такой: {expected}",
        "расставьте поля в порядке формата",
    ),
    (
        "the field is out of place or one too many; the order is: {expected}",
        "put the fields in the format's order",
    ),
    "Order is part of the format; out of order a field could be taken for another.",
)
VALUE_INVALID = _hold(
    "VALUE_INVALID",
    (
        "значение «{value}» не подходит; нужно такое: {expected}",
        "исправьте значение в программе-источнике",
    ),
    (
        "the value “{value}” does not fit; one like this is needed: {expected}",
        "correct the value at the source",
    ),
    "A value of the wrong kind would be lost or misread.",
)
VALUE_NOT_LISTED = _hold(
    "VALUE_NOT_LISTED",
    (
        "значения «{value}» в формате нет; есть: {expected}",
        "выберите одно из перечисленных значений",
    ),
    ("the format has no value “{value}”; it has: {expected}", "choose one of the listed values"),
    "An unknown word cannot be translated; for a VAT rate it would change the tax.",
)
VALUE_TOO_LONG = _hold(
    "VALUE_TOO_LONG",
    ("значение «{value}» длиннее {limit} знаков", "сократите его"),
    ("the value “{value}” is longer than {limit} characters", "shorten it"),
    "Cut short, a number or a key would point at something else.",
)
DIGITS_TOO_MANY = _hold(
    "DIGITS_TOO_MANY",
    (
        "в числе {value} слишком много знаков: допустимо {expected}",
        "округлите его в программе-источнике, чтобы суммы сошлись",
    ),
    (
        "the number {value} has too many digits: {expected} allowed",
        "round it at the source, so that the sums agree",
    ),
    "Rounding here would change money.",
)
REF_NOT_GUID = _hold(
    "REF_NOT_GUID",
    (
        "ссылка «{value}» не является GUID",
        "передавайте GUID объекта вида 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
    ),
    (
        "the reference “{value}” is no GUID",
        "send the object's GUID, such as 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
    ),
    "1C finds objects by GUID; with anything else every load makes a new one.",
)
NUMBER_TOO_LONG = _hold(
    "NUMBER_TOO_LONG",
    (
        "номер «{value}» длиннее 11 знаков",
        "дайте счету номер не длиннее 11 знаков: больше в БП не помещается",
    ),
    (
        "the number “{value}” is longer than 11 characters",
        "give the invoice a number of at most 11 characters",
    ),
    "BP's field has 11 characters and BP stops the whole load at a longer one.",
)
NUMBER_TAKEN = _hold(
    "NUMBER_TAKEN",
    (
        "номер {number} от {date} уже занят счетом {other}",
        "дайте одному из счетов другой номер",
    ),
    (
        "number {number} of {date} is taken by invoice {other}",
        "give one of the two invoices another number",
    ),
    "BP looks for an invoice by date and number: one would overwrite the other.",
)
INVOICE_EMPTY = _hold(
    "INVOICE_EMPTY",
    ("в счете нет строк", "добавьте хотя бы один товар или услугу"),
    ("the invoice has no rows", "add at least one item or service"),
    "BP cannot post an invoice without rows.",
)
SUM_NOT_ROWS = _hold(
    "SUM_NOT_ROWS",
    (
        "сумма счета {total}, а сумма строк {rows}",
        "пересчитайте счет в CRM: сумма документа всегда с НДС",
    ),
    (
        "the invoice's sum is {total}, its rows add up to {rows}",
        "recalculate the invoice in the CRM: its sum always includes VAT",
    ),
    "BP books the difference as a discount on the document.",
)
VAT_NOT_IN_VERSION = _hold(
    "VAT_NOT_IN_VERSION",
    (
        "ставки {rate} нет в EnterpriseData {version}",
        "обновите БП и выберите версию формата 1.17 или новее (--bp-version 1.19)",
    ),
    (
        "EnterpriseData {version} has no VAT rate {rate}",
        "update BP and choose version 1.17 of the format or later (--bp-version 1.19)",
    ),
    "Another rate would change the tax.",
)
CURRENCY_UNKNOWN = _hold(
    "CURRENCY_UNKNOWN",
    ("у валюты «{value}» нет кода ОКВ", "заполните код валюты в БП"),
    ("the currency “{value}” has no OKV code", "fill in the currency's code in BP"),
    "A sum without a currency means nothing.",
)
PARTY_UNKNOWN = _hold(
    "PARTY_UNKNOWN",
    ("в операции нет контрагента, и счет его не называет", "укажите контрагента в документе БП"),
    ("the operation names no counterparty, nor does an invoice", "name it in BP's document"),
    "The CRM files an operation by its client.",
)
SUM_UNKNOWN = _hold(
    "SUM_UNKNOWN",
    (
        "оплата в валюте {paid}, счет в валюте {owed}, а суммы взаиморасчетов и курса нет",
        "заполните в строке платежа сумму взаиморасчетов",
    ),
    (
        "paid in {paid}, invoiced in {owed}, and neither settlement sum nor rate is given",
        "fill in the settlement sum in the payment's row",
    ),
    "How much of the invoice is paid would be a guess.",
)
CURRENCY_DIFFERS = _hold(
    "CURRENCY_DIFFERS",
    (
        "взаиморасчеты ведутся в валюте {settled}, а счет выставлен в {owed}",
        "проверьте договор и счет в строке платежа",
    ),
    (
        "settled in {settled}, but the invoice is in {owed}",
        "check the contract and the invoice in the payment's row",
    ),
    "The sum cannot be told in the invoice's currency.",
)
OUTPUT_INVALID = _hold(
    "OUTPUT_INVALID",
    (
        "объект не удалось записать в {format}: {reason}",
        "исправьте названное поле; если оно верное, сообщите нам об ошибке",
    ),
    (
        "the object could not be written as {format}: {reason}",
        "correct the field named; if it is right, report this as a fault of ours",
    ),
    "What the schema refuses, the other program would refuse.",
)

# -- warnings ------------------------------------------------------------------------------------

ELEMENT_UNKNOWN = _warn(
    "ELEMENT_UNKNOWN",
    (
        "элемент формату CRM неизвестен и пропущен",
        "уберите его из выгрузки или не обращайте внимания",
    ),
    ("the CRM format does not know this element; it was skipped", "leave it out, or ignore this"),
    "Nothing that the other program could use is lost.",
)
OBJECT_UNKNOWN = _warn(
    "OBJECT_UNKNOWN",
    ("объекты этого вида формату CRM неизвестны и пропущены: {count}", "уберите их из выгрузки"),
    ("objects of a kind that the CRM format does not know, skipped: {count}", "leave them out"),
    "They have no place in the accounts.",
)
NOT_FROM_CRM = _warn(
    "NOT_FROM_CRM",
    (
        "CRM не может менять эти объекты, не переданы: {count}",
        "меняйте их в БП; настройте CRM их не выгружать",
    ),
    ("the CRM may not change such objects, not passed on: {count}", "change them in BP"),
    "Payments, shipments, states and BP's own catalogues are BP's alone (SPEC §1).",
)
INN_WRONG = _warn(
    "INN_WRONG",
    ("ИНН {value} неверен: {reason}", "проверьте ИНН по карточке контрагента"),
    ("the INN {value} is wrong: {reason}", "check it against the counterparty's papers"),
    "BP loads it; foreign and old data have such numbers.",
)
KPP_WRONG = _warn(
    "KPP_WRONG",
    ("КПП {value} необычен", "КПП состоит из 9 знаков: 4 цифры, 2 цифры или буквы, 3 цифры"),
    (
        "the KPP {value} is unusual",
        "a KPP has 9 characters: 4 digits, 2 digits or letters, 3 digits",
    ),
    "BP loads it.",
)
ACCOUNT_WRONG = _warn(
    "ACCOUNT_WRONG",
    ("счет {value} не подходит к БИК {bic}", "проверьте номер счета и БИК"),
    ("account {value} does not match BIC {bic}", "check the account number and the BIC"),
    "BP loads it; the bank would refuse the payment.",
)
BIC_WRONG = _warn(
    "BIC_WRONG",
    ("БИК {value} необычен", "БИК состоит из 9 цифр и начинается с 0"),
    ("the BIC {value} is unusual", "a BIC has 9 digits and begins with 0"),
    "BP loads it.",
)
DATE_UNUSUAL = _warn(
    "DATE_UNUSUAL",
    ("дата {value} необычна", "проверьте её"),
    ("the date {value} is unusual", "check it"),
    "1C's empty date is 0001-01-01; BP will not post such a document.",
)
VAT_ABSENT = _warn(
    "VAT_ABSENT",
    ("в строке {row} нет ставки НДС", "укажите ставку: без неё БП не проведёт счет"),
    ("row {row} has no VAT rate", "name it: without one BP will not post the invoice"),
    "BP loads the invoice, it stays unposted.",
)
QUANTITY_ZERO = _warn(
    "QUANTITY_ZERO",
    (
        "в строке {row} количество {value}",
        "укажите количество больше нуля: иначе БП не проведёт счет",
    ),
    ("row {row} has quantity {value}", "give one above zero: else BP will not post the invoice"),
    "BP loads the invoice, it stays unposted.",
)
ROW_SUM = _warn(
    "ROW_SUM",
    (
        "в строке {row} сумма {value}, а количество × цена = {expected}",
        "проверьте скидку или округление",
    ),
    ("row {row} has sum {value}, but quantity × price = {expected}", "check discount or rounding"),
    "A discount in the row looks like this; the sum of the row stands.",
)
ROW_VAT = _warn(
    "ROW_VAT",
    ("в строке {row} НДС {value}, а по ставке {rate} выходит {expected}", "пересчитайте НДС в CRM"),
    ("row {row} has VAT {value}, by rate {rate} it is {expected}", "recalculate VAT in the CRM"),
    "BP loads it as it is.",
)
TEXT_CUT = _warn(
    "TEXT_CUT",
    ("текст сокращён до {limit} знаков", "больше в БП не помещается"),
    ("the text was cut to {limit} characters", "BP's field holds no more"),
    "BP would cut it itself.",
)
VAT_UNKNOWN = _warn(
    "VAT_UNKNOWN",
    ("ставку НДС «{value}» формат CRM не знает, она опущена", "сумма НДС передана как есть"),
    (
        "the CRM format has no VAT rate “{value}”, it was left out",
        "the VAT sum was passed as it is",
    ),
    "The sums stand; only the rate's name has no word.",
)
DISCOUNT = _warn(
    "DISCOUNT",
    (
        "сумма документа {total}, а сумма строк {rows}",
        "в БП дана скидка на документ; принята сумма документа",
    ),
    (
        "the document's sum is {total}, its rows add up to {rows}",
        "BP gave a discount; its sum stands",
    ),
    "BP's sum is BP's to decide.",
)
UNIT_BY_NAME = _warn(
    "UNIT_BY_NAME",
    (
        "у единицы измерения «{value}» нет кода ОКЕИ, вместо него передано название",
        "заполните код в БП",
    ),
    ("the unit “{value}” has no OKEI code, its name stands in its place", "fill in the code in BP"),
    "Quantities and sums are not touched.",
)
NOT_PASSED = _warn(
    "NOT_PASSED",
    ("не передано в CRM: {reason}", "заполните это поле в БП, если объект нужен менеджерам"),
    ("not passed to the CRM: {reason}", "fill it in at BP if managers need the object"),
    "The CRM format needs it, and no money depends on it.",
)
CARD_REFUND = _warn(
    "CARD_REFUND",
    (
        "возврат на платёжную карту не передан: CRM посчитала бы его оплатой",
        "учтите возврат вручную",
    ),
    ("a refund to a card was not passed: the CRM would count it as paid", "account for it by hand"),
    "The CRM format has a word for payments by card only.",
)
NOT_COUNTED = _warn(
    "NOT_COUNTED",
    ("документ меняет расчёты по счету CRM, но его сумма не учтена", "учтите его вручную"),
    (
        "the document changes what an invoice of the CRM's is owed, its sum is not counted",
        "account for it by hand",
    ),
    "The CRM format has no word for corrections.",
)
ALIAS = _warn(
    "ALIAS",
    (
        "в БП у счета другая ссылка {other}",
        "это тот же счет: совпали номер, дата, организация и контрагент",
    ),
    (
        "BP knows the invoice as {other}",
        "it is the same: number, date, organisation, counterparty agree",
    ),
    "BP took over a document of its own; the CRM keeps seeing its own reference.",
)
INVOICE_UNKNOWN = _warn(
    "INVOICE_UNKNOWN",
    (
        "операция называет счет {number} от {date} без ссылки, и среди известных его нет",
        "добавьте сообщение CRM с этим счетом через --known",
    ),
    (
        "the operation names invoice {number} of {date} without a reference, and it is not known",
        "add the CRM's message with that invoice by --known",
    ),
    "The CRM finds its invoice by reference.",
)


def kinds() -> list[Kind]:
    """Every kind, in the order of this module."""
    return [value for value in globals().values() if isinstance(value, Kind)]
