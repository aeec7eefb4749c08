"""What is worth saying of an object that goes on (SPEC §5)."""

from __future__ import annotations

from converter.problems.catalogue.making import warn

ELEMENT_UNKNOWN = warn(
    "ELEMENT_UNKNOWN",
    (
        "элемент формату CRM неизвестен и пропущен",
        "уберите его из выгрузки или не обращайте внимания",
    ),
    ("the CRM format does not know this element; it was skipped", "leave it out, or ignore this"),
    (
        "Ничего, что пригодилось бы другой программе, не потеряно.",
        "Nothing that the other program could use is lost.",
    ),
)
OBJECT_UNKNOWN = warn(
    "OBJECT_UNKNOWN",
    ("объекты этого вида формату CRM неизвестны и пропущены: {count}", "уберите их из выгрузки"),
    ("objects of a kind that the CRM format does not know, skipped: {count}", "leave them out"),
    ("В учёте им нет места.", "They have no place in the accounts."),
)
NOT_FROM_CRM = warn(
    "NOT_FROM_CRM",
    (
        "CRM не может менять эти объекты, не переданы: {count}",
        "меняйте их в БП; настройте CRM их не выгружать",
    ),
    ("the CRM may not change such objects, not passed on: {count}", "change them in BP"),
    (
        "Оплаты, отгрузки, состояния и справочники БП принадлежат только ей.",
        "Payments, shipments, states and BP's own catalogues are BP's alone (SPEC §1).",
    ),
)
INN_WRONG = warn(
    "INN_WRONG",
    ("ИНН {value} неверен: {reason}", "проверьте ИНН по карточке контрагента"),
    ("the INN {value} is wrong: {reason}", "check it against the counterparty's papers"),
    (
        "БП его загружает; у иностранных и старых данных такие бывают.",
        "BP loads it; foreign and old data have such numbers.",
    ),
)
KPP_WRONG = warn(
    "KPP_WRONG",
    ("КПП {value} необычен", "КПП состоит из 9 знаков: 4 цифры, 2 цифры или буквы, 3 цифры"),
    (
        "the KPP {value} is unusual",
        "a KPP has 9 characters: 4 digits, 2 digits or letters, 3 digits",
    ),
    ("БП его загружает.", "BP loads it."),
)
ACCOUNT_WRONG = warn(
    "ACCOUNT_WRONG",
    ("счёт {value} не подходит к БИК {bic}", "проверьте номер счёта и БИК"),
    ("account {value} does not match BIC {bic}", "check the account number and the BIC"),
    ("БП его загружает; платёж отвергнет банк.", "BP loads it; the bank would refuse the payment."),
)
BIC_WRONG = warn(
    "BIC_WRONG",
    ("БИК {value} необычен", "БИК состоит из 9 цифр и начинается с 0"),
    ("the BIC {value} is unusual", "a BIC has 9 digits and begins with 0"),
    ("БП его загружает.", "BP loads it."),
)
DATE_UNUSUAL = warn(
    "DATE_UNUSUAL",
    ("дата {value} необычна", "проверьте её"),
    ("the date {value} is unusual", "check it"),
    (
        "Пустая дата 1С — 0001-01-01; такой документ БП не проведёт.",
        "1C's empty date is 0001-01-01; BP will not post such a document.",
    ),
)
VAT_ABSENT = warn(
    "VAT_ABSENT",
    ("в строке {row} нет ставки НДС", "укажите ставку: без неё БП не проведёт счёт"),
    ("row {row} has no VAT rate", "name it: without one BP will not post the invoice"),
    (
        "БП загрузит счёт, но он останется непроведённым.",
        "BP loads the invoice, it stays unposted.",
    ),
)
QUANTITY_ZERO = warn(
    "QUANTITY_ZERO",
    (
        "в строке {row} количество {value}",
        "укажите количество больше нуля: иначе БП не проведёт счёт",
    ),
    ("row {row} has quantity {value}", "give one above zero: else BP will not post the invoice"),
    (
        "БП загрузит счёт, но он останется непроведённым.",
        "BP loads the invoice, it stays unposted.",
    ),
)
ROW_SUM = warn(
    "ROW_SUM",
    (
        "в строке {row} сумма {value}, а количество × цена = {expected}",
        "проверьте скидку или округление",
    ),
    ("row {row} has sum {value}, but quantity × price = {expected}", "check discount or rounding"),
    (
        "Так выглядит скидка в строке; верна сумма строки.",
        "A discount in the row looks like this; the sum of the row stands.",
    ),
)
ROW_VAT = warn(
    "ROW_VAT",
    ("в строке {row} НДС {value}, а по ставке {rate} выходит {expected}", "пересчитайте НДС в CRM"),
    ("row {row} has VAT {value}, by rate {rate} it is {expected}", "recalculate VAT in the CRM"),
    ("БП загрузит как есть.", "BP loads it as it is."),
)
TEXT_CUT = warn(
    "TEXT_CUT",
    ("текст сокращён до {limit} знаков", "больше в БП не помещается"),
    ("the text was cut to {limit} characters", "BP's field holds no more"),
    ("БП сократила бы его сама.", "BP would cut it itself."),
)
VAT_UNKNOWN = warn(
    "VAT_UNKNOWN",
    ("ставку НДС «{value}» формат CRM не знает, она опущена", "сумма НДС передана как есть"),
    (
        "the CRM format has no VAT rate “{value}”, it was left out",
        "the VAT sum was passed as it is",
    ),
    (
        "Суммы верны, нет только названия ставки.",
        "The sums stand; only the rate's name has no word.",
    ),
)
DISCOUNT = warn(
    "DISCOUNT",
    (
        "сумма документа {total}, а сумма строк {rows}",
        "в БП дана скидка на документ; принята сумма документа",
    ),
    (
        "the document's sum is {total}, its rows add up to {rows}",
        "BP gave a discount; its sum stands",
    ),
    ("Сумму своего документа решает БП.", "BP's sum is BP's to decide."),
)
UNIT_BY_NAME = warn(
    "UNIT_BY_NAME",
    (
        "у единицы измерения «{value}» нет кода ОКЕИ, вместо него передано название",
        "заполните код в БП",
    ),
    ("the unit “{value}” has no OKEI code, its name stands in its place", "fill in the code in BP"),
    ("Количества и суммы не затронуты.", "Quantities and sums are not touched."),
)
UNIT_CODE = warn(
    "UNIT_CODE",
    (
        "код единицы измерения «{value}» — не код ОКЕИ; нужно такое: {expected}",
        "исправьте код единицы в CRM",
    ),
    (
        "the unit's code “{value}” is no code of OKEI; this is needed: {expected}",
        "correct the unit's code in the CRM",
    ),
    (
        "БП может не узнать единицу; количества и суммы не затронуты.",
        "BP may not know the unit; quantities and sums are not touched.",
    ),
)
NOT_PASSED = warn(
    "NOT_PASSED",
    ("не передано в CRM: {reason}", "заполните это поле в БП, если объект нужен менеджерам"),
    ("not passed to the CRM: {reason}", "fill it in at BP if managers need the object"),
    (
        "Формату CRM это поле нужно, а деньги от него не зависят.",
        "The CRM format needs it, and no money depends on it.",
    ),
)
CARD_REFUND = warn(
    "CARD_REFUND",
    (
        "возврат на платёжную карту не передан: CRM посчитала бы его оплатой",
        "учтите возврат вручную",
    ),
    ("a refund to a card was not passed: the CRM would count it as paid", "account for it by hand"),
    (
        "В формате CRM есть слово только для оплат картой.",
        "The CRM format has a word for payments by card only.",
    ),
)
NOT_COUNTED = warn(
    "NOT_COUNTED",
    ("документ меняет расчёты по счёту CRM, но его сумма не учтена", "учтите его вручную"),
    (
        "the document changes what an invoice of the CRM's is owed, its sum is not counted",
        "account for it by hand",
    ),
    ("В формате CRM нет слова для корректировок.", "The CRM format has no word for corrections."),
)
ALIAS = warn(
    "ALIAS",
    (
        "в БП у счёта другая ссылка {other}",
        "это тот же счёт: совпали номер, дата, организация и контрагент",
    ),
    (
        "BP knows the invoice as {other}",
        "it is the same: number, date, organisation, counterparty agree",
    ),
    (
        "БП взяла за счёт свой документ; CRM по-прежнему видит свою ссылку.",
        "BP took over a document of its own; the CRM keeps seeing its own reference.",
    ),
)
INVOICE_UNKNOWN = warn(
    "INVOICE_UNKNOWN",
    (
        "операция называет счёт {number} от {date} без ссылки, и среди известных его нет",
        "добавьте сообщение CRM с этим счётом через --known",
    ),
    (
        "the operation names invoice {number} of {date} without a reference, and it is not known",
        "add the CRM's message with that invoice by --known",
    ),
    ("CRM находит свой счёт по ссылке.", "The CRM finds its invoice by reference."),
)
LINK_OVERRULED = warn(
    "LINK_OVERRULED",
    (
        "операция была привязана к счетам вручную ({invoices}), теперь БП сама называет счёт;"
        " верно то, что говорит БП",
        "если счёт в БП выбран неверно, исправьте его там",
    ),
    (
        "the operation was tied to invoices by hand ({invoices}); now BP itself names one, and what"
        " BP says stands",
        "if it is the wrong one, choose the right one in BP",
    ),
    (
        "Оплаты и отгрузки меняет только БП; привязка лишь дополняет то, чего БП не говорит.",
        "Nothing but BP changes payments and shipments; a tie only fills in what BP does not say.",
    ),
)
SERVED_OPENLY = warn(
    "SERVED_OPENLY",
    (
        "страница {address} видна всем, кто достанет до этого компьютера, без пароля",
        "если это не нужно, ограничьте адрес: --serve 127.0.0.1:8080; иначе поставьте перед ней"
        " сервер с паролем и шифрованием",
    ),
    (
        "the page {address} shows itself to everybody who reaches this computer, without a password",
        "if that is not wanted, keep it to this computer: --serve 127.0.0.1:8080; else put a server"
        " with a password and encryption before it",
    ),
    (
        "На странице имена клиентов и их долги; кто просит этот адрес, может хотеть именно этого.",
        "It holds the names of clients and what they owe; who asked for this address may want just that.",
    ),
)
