"""A page for each kind of problem, made from the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from converter.problems import HAPPENED, Kind, Said, Severity
from converter.problems.catalogue import kinds
from converter.problems.examples import OF_SETTINGS
from converter.problems.explaining import explained

_TITLE = Said("Ошибки и что с ними делать", "Problems and what to do about them")
_INTRO = Said(
    "У каждой ошибки постоянное имя; оно стоит в скобках в конце сообщения программы. Без сети то"
    " же говорит `converter problem ИМЯ`. Многоточие стоит там, где в сообщении подробности.",
    "Every problem has a lasting id; it stands in brackets at the end of what the program says."
    " Without this site `converter problem ID` says the same. An ellipsis stands where a message"
    " has its details.",
)
_WHY = Said("Почему это важно", "Why it matters")
_STEPS = Said("Что делать", "What to do")
_ALONE = Said("Для отдельного файла", "In a single file")
_EXAMPLE = Said("Пример", "An example")
_WRONG = Said("Неверно:", "Wrong:")
_RIGHT = Said("Верно:", "Right:")
_SHOWN = Said("Так его показывает `--json`: ", "`--json` calls it: ")


def pages(lang: str) -> Iterator[tuple[str, str]]:
    """The name below problems/ and the text of every page, the list of all of them first."""
    yield "index", _index(lang)
    for kind in kinds():
        yield kind.id, _page(kind, lang)


def _index(lang: str) -> str:
    lines = [f"# {_TITLE.to(lang)}", "", _INTRO.to(lang), ""]
    for severity in Severity:
        heading = HAPPENED[severity].to(lang)
        lines += [f"## {heading[0].upper()}{heading[1:]}", ""]
        for kind in kinds():
            if kind.severity is severity:
                lines.append(f"- [{kind.id}]({kind.id}.md): {_plain(explained(kind, lang).what)}")
        lines.append("")
    lines += ["```{toctree}", ":hidden:", "", *(kind.id for kind in kinds()), "```"]
    return "\n".join(lines) + "\n"


def _page(kind: Kind, lang: str) -> str:
    told = explained(kind, lang)
    lines = [f"# {kind.id}", "", f"*{told.severity[0].upper()}{told.severity[1:]}*", ""]
    lines += [f"**{_plain(told.what)}**", ""]
    lines += [f"## {_WHY.to(lang)}", "", _plain(told.why), ""]
    lines += [f"## {_STEPS.to(lang)}", ""]
    lines += [f"{number}. {_plain(step)}" for number, step in enumerate(told.steps, 1)]
    if told.alone:
        lines += ["", f"**{_ALONE.to(lang)}:** {_plain(told.alone)}"]
    if told.example is not None:
        language = "text" if kind.id in OF_SETTINGS else "xml"
        lines += ["", f"## {_EXAMPLE.to(lang)}", ""]
        for title, line in ((_WRONG, told.example.wrong), (_RIGHT, told.example.right)):
            lines += [title.to(lang), "", f"```{language}", line, "```", ""]
    lines += ["", _SHOWN.to(lang) + f"`{kind.id}`, `{kind.severity.value}`."]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Words with which Markdown does nothing, but for commands in backticks and our documents."""
    escaped = text.replace("\\", "\\\\").replace("<", "&lt;").replace("*", "\\*")
    for name in ("recovery", "settings"):
        escaped = escaped.replace(f"docs/{name}.md", f"[{name}](../{name}.md)")
    return escaped.replace("[aes]", "\\[aes\\]")
