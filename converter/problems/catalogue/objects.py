"""Why one object is held: BP could not load it, or it would change money (SPEC §5)."""

from __future__ import annotations

from converter.problems.catalogue.making import hold

FIELD_MISSING = hold(
    "FIELD_MISSING",
    ("нет обязательного поля", "заполните его в программе-источнике и выгрузите объект снова"),
    ("a required field is missing", "fill it in at the source and export the object again"),
    (
        "Другая программа не смогла бы загрузить объект.",
        "The other program could not load the object.",
    ),
)
FIELD_MISPLACED = hold(
    "FIELD_MISPLACED",
    (
        "поле стоит не на своём месте или лишнее; порядок такой: {expected}",
        "расставьте поля в порядке формата",
    ),
    (
        "the field is out of place or one too many; the order is: {expected}",
        "put the fields in the format's order",
    ),
    (
        "Порядок — часть формата; не на своём месте поле можно принять за другое.",
        "Order is part of the format; out of order a field could be taken for another.",
    ),
)
VALUE_INVALID = hold(
    "VALUE_INVALID",
    (
        "значение «{value}» не подходит; нужно такое: {expected}",
        "исправьте значение в программе-источнике",
    ),
    (
        "the value “{value}” does not fit; one like this is needed: {expected}",
        "correct the value at the source",
    ),
    (
        "Значение не того вида потерялось бы или было бы понято неверно.",
        "A value of the wrong kind would be lost or misread.",
    ),
)
VALUE_NOT_LISTED = hold(
    "VALUE_NOT_LISTED",
    (
        "значения «{value}» в формате нет; есть: {expected}",
        "выберите одно из перечисленных значений",
    ),
    ("the format has no value “{value}”; it has: {expected}", "choose one of the listed values"),
    (
        "Незнакомое слово не перевести; у ставки НДС это изменило бы налог.",
        "An unknown word cannot be translated; for a VAT rate it would change the tax.",
    ),
)
VALUE_TOO_LONG = hold(
    "VALUE_TOO_LONG",
    ("значение «{value}» длиннее {limit} знаков", "сократите его"),
    ("the value “{value}” is longer than {limit} characters", "shorten it"),
    (
        "Укороченный номер или ключ указывал бы на что-то другое.",
        "Cut short, a number or a key would point at something else.",
    ),
)
DIGITS_TOO_MANY = hold(
    "DIGITS_TOO_MANY",
    (
        "в числе {value} слишком много знаков: допустимо {expected}",
        "округлите его в программе-источнике, чтобы суммы сошлись",
    ),
    (
        "the number {value} has too many digits: {expected} allowed",
        "round it at the source, so that the sums agree",
    ),
    ("Округление здесь изменило бы деньги.", "Rounding here would change money."),
)
REF_NOT_GUID = hold(
    "REF_NOT_GUID",
    (
        "ссылка «{value}» не является GUID",
        "передавайте GUID объекта вида 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
    ),
    (
        "the reference “{value}” is no GUID",
        "send the object's GUID, such as 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
    ),
    (
        "1С находит объекты по GUID; с чем-то другим каждая загрузка создавала бы новый.",
        "1C finds objects by GUID; with anything else every load makes a new one.",
    ),
)
NUMBER_TOO_LONG = hold(
    "NUMBER_TOO_LONG",
    (
        "номер «{value}» длиннее 11 знаков",
        "дайте счёту номер не длиннее 11 знаков: больше в БП не помещается",
    ),
    (
        "the number “{value}” is longer than 11 characters",
        "give the invoice a number of at most 11 characters",
    ),
    (
        "В поле БП 11 знаков, и на более длинном номере она прекращает всю загрузку.",
        "BP's field has 11 characters and BP stops the whole load at a longer one.",
    ),
)
NUMBER_TAKEN = hold(
    "NUMBER_TAKEN",
    (
        "номер {number} от {date} уже занят счётом {other}",
        "дайте одному из счетов другой номер",
    ),
    (
        "number {number} of {date} is taken by invoice {other}",
        "give one of the two invoices another number",
    ),
    (
        "БП ищет счёт по дате и номеру: один затёр бы другой.",
        "BP looks for an invoice by date and number: one would overwrite the other.",
    ),
)
INVOICE_EMPTY = hold(
    "INVOICE_EMPTY",
    ("в счёте нет строк", "добавьте хотя бы один товар или услугу"),
    ("the invoice has no rows", "add at least one item or service"),
    ("Счёт без строк БП не проведёт.", "BP cannot post an invoice without rows."),
)
SUM_NOT_ROWS = hold(
    "SUM_NOT_ROWS",
    (
        "сумма счёта {total}, а сумма строк {rows}",
        "пересчитайте счёт в CRM: сумма документа всегда с НДС",
    ),
    (
        "the invoice's sum is {total}, its rows add up to {rows}",
        "recalculate the invoice in the CRM: its sum always includes VAT",
    ),
    (
        "Разницу БП запишет как скидку на документ.",
        "BP books the difference as a discount on the document.",
    ),
)
VAT_NOT_IN_VERSION = hold(
    "VAT_NOT_IN_VERSION",
    (
        "ставки {rate} нет в EnterpriseData {version}",
        "обновите БП до выпуска, знающего формат 1.17 или новее; если в exchange.toml у бухгалтерии"
        " задана version, поставьте там новую или auto",
    ),
    (
        "EnterpriseData {version} has no VAT rate {rate}",
        "update BP to a release that knows version 1.17 of the format or later; if exchange.toml sets"
        " version for BP, put the new one there, or auto",
    ),
    ("Другая ставка изменила бы налог.", "Another rate would change the tax."),
    (
        "обновите БП и выберите версию формата 1.17 или новее (--bp-version 1.19)",
        "update BP and choose version 1.17 of the format or later (--bp-version 1.19)",
    ),
)
VAT_NOT_IN_CRM_VERSION = hold(
    "VAT_NOT_IN_CRM_VERSION",
    (
        "ставки {rate} нет в EnterpriseData {version}, на котором говорит CRM",
        "верните в БП прежнюю ставку или переведите CRM на версию формата 1.17 или новее",
    ),
    (
        "EnterpriseData {version}, which the CRM speaks, has no VAT rate {rate}",
        "set the former rate in BP, or move the CRM to version 1.17 of the format or later",
    ),
    ("Другая ставка изменила бы налог.", "Another rate would change the tax."),
)
INVOICES_NOT_IN_VERSION = hold(
    "INVOICES_NOT_IN_VERSION",
    (
        "отгрузка по нескольким счетам: в EnterpriseData {version} строка не называет свой счёт",
        "разделите отгрузку в БП или переведите CRM на версию формата 1.19 или новее",
    ),
    (
        "a shipment for several invoices: in EnterpriseData {version} a row cannot name its own",
        "split the shipment in BP, or move the CRM to version 1.19 of the format or later",
    ),
    ("Вся отгрузка засчиталась бы одному счёту.", "All of it would be counted for one invoice."),
)
DOCUMENT_UNKNOWN = hold(
    "DOCUMENT_UNKNOWN",
    (
        "операция пришла, когда CRM говорила на другом формате, и целиком не сохранена",
        "выгрузите её из БП ещё раз",
    ),
    (
        "the operation came while the CRM spoke another format, and was not kept whole",
        "export it from BP once more",
    ),
    (
        "Документ, собранный из его части, сказал бы меньше, чем сказала БП.",
        "A document made up of a part of it would say less than BP did.",
    ),
)
CURRENCY_CODE = hold(
    "CURRENCY_CODE",
    (
        "код валюты «{value}» — не действующий код ОКВ; нужно такое: {expected}",
        "исправьте код валюты в CRM",
    ),
    (
        "the currency code “{value}” is no code of OKV in force; this is needed: {expected}",
        "correct the currency's code in the CRM",
    ),
    (
        "По коду узнают, какие оплаты в валюте счёта: с другим кодом все рублёвые остались бы"
        " незасчитанными.",
        "The code tells which payments are in the invoice's currency: with another one, none of"
        " those in roubles would be counted.",
    ),
)
CURRENCY_UNKNOWN = hold(
    "CURRENCY_UNKNOWN",
    ("у валюты «{value}» нет кода ОКВ", "заполните код валюты там, откуда пришёл документ"),
    (
        "the currency “{value}” has no OKV code",
        "fill in the currency's code where the document comes from",
    ),
    ("Сумма без валюты ничего не значит.", "A sum without a currency means nothing."),
)
PARTY_UNKNOWN = hold(
    "PARTY_UNKNOWN",
    ("в операции нет контрагента, и счёт его не называет", "укажите контрагента в документе БП"),
    ("the operation names no counterparty, nor does an invoice", "name it in BP's document"),
    ("CRM относит операцию к её клиенту.", "The CRM files an operation by its client."),
)
SUM_UNKNOWN = hold(
    "SUM_UNKNOWN",
    (
        "оплата в валюте {paid}, счёт в валюте {owed}, а суммы взаиморасчётов и курса нет",
        "если валюта счёта верна, заполните в БП, в строке платежа, сумму взаиморасчётов; если нет,"
        " исправьте её в CRM",
    ),
    (
        "paid in {paid}, invoiced in {owed}, and neither settlement sum nor rate is given",
        "where the invoice's currency is right, fill in the settlement sum in the payment's row in"
        " BP; where it is wrong, correct it in the CRM",
    ),
    (
        "Сколько счета оплачено, пришлось бы угадывать.",
        "How much of the invoice is paid would be a guess.",
    ),
)
CURRENCY_DIFFERS = hold(
    "CURRENCY_DIFFERS",
    (
        "взаиморасчёты ведутся в валюте {settled}, а счёт выставлен в {owed}",
        "проверьте договор и счёт в строке платежа",
    ),
    (
        "settled in {settled}, but the invoice is in {owed}",
        "check the contract and the invoice in the payment's row",
    ),
    ("В валюте счёта эту сумму не назвать.", "The sum cannot be told in the invoice's currency."),
)
SHIPPED_IN_OTHER = hold(
    "SHIPPED_IN_OTHER",
    (
        "отгрузка или возврат в валюте {shipped}, а счёт выставлен в {owed}",
        "исправьте в документе БП валюту или счёт, на который он указывает; если неверна валюта"
        " счёта, исправьте её в CRM",
    ),
    (
        "shipped or returned in {shipped}, but the invoice is in {owed}",
        "correct the currency of BP's document, or the invoice that it points at; where the"
        " invoice's currency is wrong, correct that in the CRM",
    ),
    ("В валюте счёта эту сумму не назвать.", "The sum cannot be told in the invoice's currency."),
)
OUTPUT_INVALID = hold(
    "OUTPUT_INVALID",
    (
        "объект не удалось записать в {format}: {reason}",
        "исправьте названное поле; если оно верное, сообщите нам об ошибке",
    ),
    (
        "the object could not be written as {format}: {reason}",
        "correct the field named; if it is right, report this as a fault of ours",
    ),
    (
        "Что отвергает схема, отвергла бы и другая программа.",
        "What the schema refuses, the other program would refuse.",
    ),
)
