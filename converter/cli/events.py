"""Lines of the journal in words, and as JSON. An event that is not known here still says itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from converter.cli.console import problem_json
from converter.cli.showing import SIDES, local, objects, utc
from converter.cli.words import LANG, say
from converter.problems import Problem
from converter.problems.keeping import told

Entry = dict[str, Any]
Details = dict[str, Any]

#: what goes wrong: shown with ``-q``
WRONG = frozenset({"rejected", "alarm", "held"})


def event_json(entry: Entry) -> dict[str, Any]:
    """A line of the journal for programs: details as they were kept, problems told in words."""
    return {
        "id": entry["id"],
        "link": entry["link"],
        "at": utc(entry["at"]),
        "pass": entry["pass"],
        "event": entry["event"],
        "side": entry["side"] or None,
        "key": key_of(entry) or None,
        "details": _expanded(entry["details"]),
    }


def _expanded(details: Details) -> Details:
    expanded = dict(details)
    if "problem" in expanded:
        expanded["problem"] = problem_json(told(expanded["problem"]))
    if "problems" in expanded:
        expanded["problems"] = [problem_json(told(each)) for each in expanded["problems"]]
    return expanded


def key_of(entry: Entry) -> str:
    """What the object of a line is called: type and GUID; empty where it is of no object."""
    return f"{entry['kind']} {entry['ref']}".strip()


def event_text(entry: Entry, label: str, verbose: bool) -> str:
    """A line of the journal for people; ``label`` is what its object is called."""
    words = _WORDS.get(entry["event"], _unknown)
    side = SIDES.get(entry["side"], entry["side"])
    parts = [part for part in (side, label, words(entry)) if part]
    lines = [f"{local(entry['at'])}  {entry['link']}  {': '.join(parts)}"]
    if verbose:
        lines += [f"    → {problem.cure(LANG)}" for problem in problems_of(entry["details"])]
    return "\n".join(lines)


def problems_of(details: Details) -> list[Problem]:
    """The problems that a line tells of."""
    kept = [details["problem"]] if "problem" in details else details.get("problems", [])
    return [told(each) for each in kept]


# -- words ---------------------------------------------------------------------------------------


def _taken(entry: Entry) -> str:
    d = entry["details"]
    text = say(
        f"принято от неё сообщение {d['number']}, {objects(d['objects'])}",
        f"message {d['number']} taken from it, {objects(d['objects'])}",
    )
    if d.get("received"):
        text += say(f", подтверждает наше {d['received']}", f", acknowledges our {d['received']}")
    return text


def _written(entry: Entry) -> str:
    d = entry["details"]
    text = say(
        f"записано для неё сообщение {d['number']}, {objects(d['objects'])}",
        f"message {d['number']} written for it, {objects(d['objects'])}",
    )
    if d["received"]:
        text += say(f", подтверждает {d['received']}", f", acknowledges {d['received']}")
    return text


def _put_back(entry: Entry) -> str:
    number = entry["details"]["number"]
    if not number:
        return say("приветствие положено в папку снова", "the greeting put back into the folder")
    return say(
        f"сообщение {number} положено в папку снова", f"message {number} put back into the folder"
    )


def _rejected(entry: Entry) -> str:
    name = entry["details"].get("file", "")
    return say(f"файл {name} отвергнут: ", f"file {name} rejected: ") + _problems(entry)


def _alarm(entry: Entry) -> str:
    return say("база остановлена: ", "base stopped: ") + _problems(entry)


def _held(entry: Entry) -> str:
    return say("задержан: ", "held: ") + _problems(entry)


def _warning(entry: Entry) -> str:
    return say("предупреждение: ", "warning: ") + _problems(entry)


def _versions(entry: Entry) -> str:
    versions = ", ".join(entry["details"]["versions"])
    return say(f"знает версии формата {versions}", f"knows versions {versions} of the format")


_WHY = {
    "replaced": say("заменён новой версией", "replaced by a new version"),
    "beaten": say("уступил версии другой базы", "beaten by the other base's version"),
    "restored": say("базу восстановили из копии", "the base was restored from a backup"),
}


def _dropped(entry: Entry) -> str:
    why = entry["details"].get("why", "")
    text = say("больше не задержан: ", "no longer held: ") + str(_WHY.get(why, why))
    return text + say("; прежняя версия: --diff", "; the version that was held: --diff")


def _conflict(entry: Entry) -> str:
    winner = SIDES[entry["details"]["winner"]]
    return say(
        f"изменён с обеих сторон, осталась версия {winner}; сравнить: --diff",
        f"changed on both sides, {winner}'s version stays; to compare: --diff",
    )


def _alias(entry: Entry) -> str:
    other = entry["details"]["other"]
    return say(f"БП знает его и как {other}", f"BP knows it as {other} too")


def _restored(entry: Entry) -> str:
    d = entry["details"]
    text = say(
        "восстановлена из копии, ждём полную выгрузку",
        "restored from a backup, its complete contents are awaited",
    )
    said = [
        f"{name} {d[key]}"
        for key, name in (
            ("sent", say("отправлено", "sent")),
            ("received", say("принято", "received")),
        )
        if d.get(key) is not None
    ]
    return f"{text} ({', '.join(said)})" if said else text


def _linked(entry: Entry) -> str:
    d = entry["details"]
    return say(
        f"привязана вручную: {d['sum']} к счёту {d['invoice']}",
        f"tied by hand: {d['sum']} to invoice {d['invoice']}",
    )


def _number(ru: str, en: str) -> Callable[[Entry], str]:
    return lambda entry: say(ru, en).format(number=entry["details"]["number"])


def _fixed(ru: str, en: str) -> Callable[[Entry], str]:
    return lambda entry: say(ru, en)


_WORDS: dict[str, Callable[[Entry], str]] = {
    "taken": _taken,
    "written": _written,
    "put_back": _put_back,
    "rejected": _rejected,
    "alarm": _alarm,
    "held": _held,
    "warning": _warning,
    "greeted": _fixed("приветствие базы", "the base's greeting"),
    "versions": _versions,
    "dropped": _dropped,
    "released": _fixed("больше не задержан, принят", "no longer held, accepted"),
    "conflict": _conflict,
    "withdrawn": _fixed(
        "отозван в БП: не проведён или удалён", "withdrawn in BP: unposted or deleted"
    ),
    "returned": _fixed("снова действует в БП", "counts in BP again"),
    "alias": _alias,
    "restored": _restored,
    "linked": _linked,
    "unlinked": _fixed("привязка снята вручную", "untied by hand"),
    "agreed": _fixed(
        "подтверждено: чего нет в полной выгрузке, то отзывается",
        "agreed: what the complete contents do not name is withdrawn",
    ),
    "missing": _fixed("нет в полной выгрузке базы", "not in the base's complete contents"),
    "replayed": _number(
        "запись архива {number} выполнена заново", "entry {number} of the archive done again"
    ),
    "replayed_bytes": _number(
        "сообщение {number} взято из архива как есть",
        "message {number} taken from the archive as it was",
    ),
}


def _unknown(entry: Entry) -> str:
    """An event of a later version of the program: its name and what it says."""
    d = {name: value for name, value in entry["details"].items() if "problem" not in name}
    said = ", ".join(f"{name} {_short(value)}" for name, value in d.items())
    problems = _problems(entry)
    return " ".join(
        part for part in (entry["event"], f"({said})" if said else "", problems) if part
    )


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _problems(entry: Entry) -> str:
    return "; ".join(
        " ".join(
            part
            for part in (
                f"{problem.where.field}:" if problem.where.field else "",
                problem.what(LANG),
                f"[{problem.kind.id}]",
            )
            if part
        )
        for problem in problems_of(entry["details"])
    )
