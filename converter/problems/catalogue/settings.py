"""What is wrong with the settings (SPEC §8)."""

from __future__ import annotations

from converter.problems.catalogue.making import settings

SETTINGS_MISSING = settings(
    "SETTINGS_MISSING",
    (
        "файла настроек {file} нет",
        "создайте его командой converter init или укажите, где он: -c ПУТЬ",
    ),
    (
        "there is no settings file {file}",
        "make one with converter init, or say where it is: -c PATH",
    ),
    (
        "Какими папками обмениваться, не угадывается.",
        "Which folders are exchanged is never guessed.",
    ),
)
SETTINGS_UNREADABLE = settings(
    "SETTINGS_UNREADABLE",
    (
        "файл настроек не читается: {reason}",
        "проверьте путь и права; сохраните файл в кодировке UTF-8",
    ),
    (
        "the settings file cannot be read: {reason}",
        "check the path and the rights; save the file as UTF-8",
    ),
    (
        "По наполовину прочитанным настройкам обменивалась бы половина.",
        "Settings read by half would exchange half.",
    ),
)
SETTINGS_TOML = settings(
    "SETTINGS_TOML",
    (
        "запись не по правилам TOML: {reason}",
        'исправьте эту строку; тексты и пути стоят в кавычках: folder = "exchange/crm"',
    ),
    (
        "this is not written as TOML asks: {reason}",
        'mend this line; texts and paths stand in quotes: folder = "exchange/crm"',
    ),
    (
        "Где после ошибки кончается одно и начинается другое, не понять.",
        "What follows the mistake cannot be told from what stands before it.",
    ),
)
SETTINGS_BACKSLASH = settings(
    "SETTINGS_BACKSLASH",
    (
        "в двойных кавычках обратная черта \\ начинает служебный знак, путь из этого не выходит",
        r"возьмите путь в одинарные кавычки: 'C:\Обмен\crm'",
    ),
    (
        "in double quotes a backslash \\ begins a special character, and the path is lost",
        r"put the path in single quotes: 'C:\Exchange\crm'",
    ),
    (
        "C:\\new молча превратилось бы в C:, конец строки и ew.",
        "C:\\new would silently become C:, a line end and ew.",
    ),
)
SETTING_UNKNOWN = settings(
    "SETTING_UNKNOWN",
    ("ключа {key} здесь не бывает", "исправьте или уберите его: {hint}"),
    ("the key {key} is not known here", "mend it or take it out: {hint}"),
    (
        "При опечатке в ключе молча действовало бы значение по умолчанию.",
        "A misspelt key would silently leave the default in force.",
    ),
)
SETTING_TYPE = settings(
    "SETTING_TYPE",
    ("нужно: {needed}; стоит: {found}", "напишите, например: {example}"),
    ("needed: {needed}; found: {found}", "write, for example: {example}"),
    ("Что имелось в виду, не угадывается.", "What was meant is not guessed."),
)
SETTING_MISSING = settings(
    "SETTING_MISSING",
    ("нет обязательного: {key}", "допишите {place}: {example}"),
    ("{key} is required and not there", "add {place}: {example}"),
    (
        "Значения по умолчанию, верного для всех, здесь нет.",
        "It has no default that would be right everywhere.",
    ),
)
SETTING_CLASH = settings(
    "SETTING_CLASH",
    (
        "{reason}, см. {other}",
        "задайте разные: папка и код свои у каждой базы, имя и архив у каждой связки; у пароля"
        " одно место",
    ),
    (
        "{reason}, see {other}",
        "let them differ: each base has its folder and code, each link its name and archive; a"
        " password has one place",
    ),
    (
        "Сообщения одной базы приняли бы за сообщения другой.",
        "One base's messages would be taken for another's.",
    ),
)
SETTING_PASSWORD = settings(
    "SETTING_PASSWORD",
    (
        "пароль открыто стоит в файле настроек",
        "уберите его отсюда и смените; {hint}",
    ),
    (
        "a password stands in the settings file in the open",
        "take it out and change it; {hint}",
    ),
    (
        "Настройки копируют, пересылают и кладут в резервные копии, и пароль вместе с ними.",
        "Settings are copied, sent and backed up; a password goes along.",
    ),
)
