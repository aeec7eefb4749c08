"""``converter problem``: what a problem means, why, and what to do, step by step."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import click

from converter.cli.console import print_json
from converter.cli.options import language
from converter.cli.usage import Command
from converter.cli.words import LANG, say
from converter.problems import HAPPENED, Kind, Severity, Stopped
from converter.problems import catalogue as problems
from converter.problems.catalogue import kinds
from converter.problems.explaining import Explanation, explained


@click.command(
    "problem",
    cls=Command,
    help=say(
        "Объясняет ошибку по её имени: что случилось, почему это важно и что делать по шагам. Без"
        " имени перечисляет все.\n\n"
        "\b\nПример: converter problem VAT_NOT_IN_VERSION",
        "Explains a problem by its id: what happened, why it matters, and what to do step by step."
        " Without an id it lists them all.\n\n"
        "\b\nExample: converter problem VAT_NOT_IN_VERSION",
    ),
)
@click.argument("id", required=False, metavar=say("[ИМЯ]", "[ID]"))
@click.option(
    "--json", "as_json", is_flag=True, help=say("отчёт для программ", "a report for programs")
)
@language
def command(id: str | None, as_json: bool) -> None:
    known = {kind.id: kind for kind in kinds()}
    if id is None:
        _list(list(known.values()), as_json)
        return
    kind = known.get(id.upper())
    if kind is None:
        near = ", ".join(get_close_matches(id.upper(), known, cutoff=0.5)) or "—"
        raise Stopped(problems.PROBLEM_UNKNOWN(name=id, near=near))
    if as_json:
        print_json(_report(kind))
    else:
        click.echo("\n".join(_lines(explained(kind, LANG))))


def _list(found: list[Kind], as_json: bool) -> None:
    if as_json:
        print_json({"problems": [_report(kind) for kind in found]})
        return
    width = max(len(kind.id) for kind in found)
    for severity in Severity:
        click.echo(f"{HAPPENED[severity].to(LANG)}:")
        for kind in found:
            if kind.severity is severity:
                click.echo(f"  {kind.id:<{width}}  {explained(kind, LANG).what}")


def _lines(explanation: Explanation) -> list[str]:
    lines = [f"{explanation.id}: {explanation.severity}", ""]
    lines += _wrapped(f"{explanation.what} {explanation.why}", "")
    lines += ["", say("Что делать:", "What to do:")]
    for number, step in enumerate(explanation.steps, 1):
        lines += _wrapped(step.replace("`", ""), f"{number:>2}. ")
    if explanation.alone:
        alone = say("Для отдельного файла: ", "In a single file: ")
        lines += ["", *_wrapped(alone + explanation.alone, "")]
    if explanation.example is not None:
        wrong, right = say("неверно", "wrong"), say("верно", "right")
        width = max(len(wrong), len(right))
        lines += ["", say("Пример:", "Example:")]
        lines += [f"  {wrong:<{width}}  {explanation.example.wrong}"]
        lines += [f"  {right:<{width}}  {explanation.example.right}"]
    return lines


def _wrapped(text: str, head: str) -> list[str]:
    """A paragraph in lines as long as help's; those after the first stand under its text."""
    return click.wrap_text(
        text, width=80, initial_indent=head, subsequent_indent=" " * len(head)
    ).splitlines()


def _report(kind: Kind) -> dict[str, Any]:
    """The explanation with stable names; the severity as in every report."""
    explanation = explained(kind, LANG)
    example = explanation.example
    return {
        "id": explanation.id,
        "severity": kind.severity.value,
        "what": explanation.what,
        "why": explanation.why,
        "steps": list(explanation.steps),
        "alone": explanation.alone or None,
        "example": None if example is None else example._asdict(),
    }
