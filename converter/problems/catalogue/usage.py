"""What is wrong with a call (SPEC §7: exit status 2)."""

from __future__ import annotations

from converter.problems.catalogue.making import usage

USAGE = usage(
    "USAGE",
    ("команда не понята: {reason}", "посмотрите, как её вызывать: {command} --help"),
    ("the command is not understood: {reason}", "look how it is called: {command} --help"),
    (
        "Что имелось в виду, не угадывается: сделано было бы не то.",
        "What was meant is not guessed: something else would be done.",
    ),
)
LINK_UNKNOWN = usage(
    "LINK_UNKNOWN",
    ("связки «{name}» в настройках нет; есть: {names}", "назовите одну из них"),
    ("the settings have no link “{name}”; there are: {names}", "name one of these"),
    ("Работать не с чем.", "There is nothing to work on."),
)
KEY_UNKNOWN = usage(
    "KEY_UNKNOWN",
    ("среди задержанных нет «{key}»", "возьмите ключ из converter status"),
    ("“{key}” is not held", "take the key from converter status"),
    (
        "Может быть, его уже приняли; при опечатке казалось бы, что попробовано всё.",
        "It may have been accepted already; after a misspelling all would seem to be tried.",
    ),
)
OPERATION_UNKNOWN = usage(
    "OPERATION_UNKNOWN",
    ("операции «{key}» нет", "возьмите её GUID из converter status"),
    ("there is no operation “{key}”", "take its GUID from converter status"),
    (
        "Привязать можно только то, что БП уже прислала.",
        "Only what BP has sent already can be tied.",
    ),
)
TIE_REFUSED = usage(
    "TIE_REFUSED",
    (
        "так не привязать: {reason}",
        "операции без счёта и подходящие счета показывает converter status, все счета — converter"
        " invoices",
    ),
    (
        "this cannot be tied: {reason}",
        "converter status shows operations without an invoice and what is proposed, converter"
        " invoices all invoices",
    ),
    (
        "Деньги, привязанные не туда, CRM сочла бы оплатой другого счёта.",
        "Money tied to the wrong place would be another invoice's payment to the CRM.",
    ),
)
DIFF_UNKNOWN = usage(
    "DIFF_UNKNOWN",
    ("объекта «{key}» нет", "назовите «вид GUID», GUID или номер счёта"),
    ("there is no object “{key}”", "give “type GUID”, a GUID, or an invoice's number"),
    (
        "Сравнить можно только версии того, что уже приходило.",
        "Only versions of what has come already can be compared.",
    ),
)
PROBLEM_UNKNOWN = usage(
    "PROBLEM_UNKNOWN",
    ("ошибки «{name}» нет; похожи: {near}", "все они: converter problem"),
    ("there is no problem “{name}”; similar: {near}", "all of them: converter problem"),
    ("Объяснять нечего.", "There is nothing to explain."),
)
SETTINGS_THERE = usage(
    "SETTINGS_THERE",
    (
        "{file} уже есть и остаётся как был",
        "для новых настроек укажите другую папку: converter init ПАПКА",
    ),
    (
        "{file} is there already and stays as it was",
        "name another folder for new settings: converter init DIR",
    ),
    (
        "Настройки работающего обмена сменились бы на образец.",
        "The settings of an exchange at work would be replaced by a sample.",
    ),
)
