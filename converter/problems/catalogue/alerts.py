"""What alerts tell beside the problems of the exchange, and what goes wrong with alerts themselves."""

from __future__ import annotations

from converter.problems.catalogue.making import settings, surroundings, warn

SIDE_SILENT = warn(
    "SIDE_SILENT",
    (
        "от базы ({base}) нет новых сообщений с {since}; в настройках ей отведено {silence}",
        "проверьте, идёт ли в базе обмен по расписанию и видна ли ей её папка; если молчать она"
        " может дольше, увеличьте silence в exchange.toml",
    ),
    (
        "there has been no new message from the base ({base}) since {since}; its silence is set to"
        " {silence}",
        "check that the base exchanges by its schedule and reaches its folder; if it may be silent"
        " for longer, raise silence in exchange.toml",
    ),
    (
        "Больше ничто не скажет, что база перестала обмениваться.",
        "Nothing else says that a base has stopped exchanging.",
    ),
)
PASS_FAILED = surroundings(
    "PASS_FAILED",
    (
        "проход прервала непредвиденная ошибка: {reason}",
        "следующий проход попробует снова; если ошибка останется, отправьте эту строку тому, кто"
        " настраивал обмен",
    ),
    (
        "a pass was ended by an error that nobody expected: {reason}",
        "the next pass tries again; if the error stays, send this line to whoever set up the exchange",
    ),
    (
        "Сбой одной связки не останавливает другие.",
        "One link that fails does not stop the others.",
    ),
)
ALERT_MAIL = warn(
    "ALERT_MAIL",
    (
        "письмо с оповещением через {server} не ушло: {reason}",
        "проверьте [alerts.mail] в exchange.toml командой converter doctor --test-alert; до этого"
        " попытки повторяются сами, всё реже",
    ),
    (
        "the alert by mail through {server} was not sent: {reason}",
        "check [alerts.mail] in exchange.toml with converter doctor --test-alert; until then it is"
        " tried again, more and more rarely",
    ),
    (
        "Оповещение, которое не ушло, обмен не останавливает.",
        "An alert that cannot be sent never stops the exchange.",
    ),
)
ALERT_PARTLY = warn(
    "ALERT_PARTLY",
    (
        "письмо с оповещением ушло не всем: сервер {server} не принял {addresses}",
        "исправьте to под [alerts.mail] в exchange.toml",
    ),
    (
        "the alert by mail did not go to all: the server {server} did not take {addresses}",
        "correct to under [alerts.mail] in exchange.toml",
    ),
    (
        "Посланное ещё раз, оно пришло бы дважды тем, у кого уже есть.",
        "Sent again, it would come twice to those who have it.",
    ),
)
ALERT_WEBHOOK = warn(
    "ALERT_WEBHOOK",
    (
        "оповещение на {server} не ушло: {reason}",
        "проверьте [alerts.webhook] в exchange.toml командой converter doctor --test-alert; до"
        " этого попытки повторяются сами, всё реже",
    ),
    (
        "the alert to {server} was not sent: {reason}",
        "check [alerts.webhook] in exchange.toml with converter doctor --test-alert; until then it"
        " is tried again, more and more rarely",
    ),
    (
        "Оповещение, которое не ушло, обмен не останавливает.",
        "An alert that cannot be sent never stops the exchange.",
    ),
)
ALERT_HEARTBEAT = warn(
    "ALERT_HEARTBEAT",
    (
        "знак жизни на {server} не ушёл: {reason}",
        "проверьте [alerts.heartbeat] в exchange.toml командой converter doctor --test-alert",
    ),
    (
        "the sign of life to {server} was not given: {reason}",
        "check [alerts.heartbeat] in exchange.toml with converter doctor --test-alert",
    ),
    (
        "Служба, которая его не дождётся, скажет об этом сама.",
        "The service that misses it will say so itself.",
    ),
)
ALERT_NONE = settings(
    "ALERT_NONE",
    (
        "в настройках нет ни одного канала оповещений",
        "допишите в exchange.toml [alerts.mail], [alerts.webhook] или [alerts.heartbeat];"
        " образец показывает converter init",
    ),
    (
        "the settings have no channel for alerts",
        "add [alerts.mail], [alerts.webhook] or [alerts.heartbeat] to exchange.toml;"
        " converter init shows a sample",
    ),
    (
        "Испытывать нечего.",
        "There is nothing to test.",
    ),
)
