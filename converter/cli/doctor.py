"""``converter doctor``: folders, rights, state, counters; mends what can be mended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from converter.cli.console import Manner, print_json, problem_json, problem_text
from converter.cli.options import common, config
from converter.cli.passes import report_json, tell
from converter.cli.state_options import chosen, link_option, settings_of, utc_now
from converter.cli.stopping import Leave, finishing
from converter.cli.unlinked_rows import operation_text
from converter.cli.usage import Command, Number
from converter.cli.words import say
from converter.cli.working import exchange_of, failed_at, one_pass, working
from converter.exchange.locking import locked
from converter.exchange.mending import (
    Finding,
    counters,
    discard,
    folders,
    unmakeable,
    writable,
    zip_passwords,
)
from converter.exchange.report import Report
from converter.exchange.restoring import Node, Refused, bring_back, is_awaited
from converter.exchange.run import Exchange
from converter.folder.failures import failed
from converter.problems import Stopped
from converter.problems.visible import visible
from converter.settings import Link, Settings
from converter.state.bases import Bases
from converter.state.opening import State
from converter.views.operations import operations


@click.command(
    "doctor",
    cls=Command,
    help=say(
        "Проверяет папки (пишет, переименовывает и читает пробный файл), права, состояние и"
        " счётчики. С --fix чинит, что можно: убирает временные файлы, восстанавливает потерянное"
        " состояние из архива. --test-alert проверяет оповещения. --restored нужен после"
        " восстановления базы из резервной копии.\n\n"
        "\b\nПример: converter doctor\n"
        "\b\nПример: converter doctor --restored bp --sent 41 --received 57",
        "Checks folders (writes, renames and reads a probe), rights, the state and the counters."
        " With --fix it mends what can be mended: removes leftovers, rebuilds a lost state from the"
        " archive. --test-alert tries the alerts. --restored is for after a base was restored from a"
        " backup.\n\n"
        "\b\nExample: converter doctor\n"
        "\b\nExample: converter doctor --restored bp --sent 41 --received 57",
    ),
)
@config
@click.option("--fix", is_flag=True, help=say("починить, что можно", "mend what can be mended"))
@click.option(
    "--test-alert",
    is_flag=True,
    help=say(
        "отправить пробу по каждому каналу оповещений", "send a test by each channel of alerts"
    ),
)
@click.option(
    "--restored",
    type=click.Choice(["crm", "bp"]),
    help=say("эту базу восстановили из копии", "this base was restored from a backup"),
)
@click.option(
    "--sent",
    type=Number(0),
    metavar="N",
    help=say("что говорит узел базы: отправлено", "what the base's node says: sent"),
)
@click.option(
    "--received",
    type=Number(0),
    metavar="M",
    help=say("что говорит узел базы: принято", "what the base's node says: received"),
)
@link_option
@click.option(
    "--yes", is_flag=True, help=say("не спрашивать подтверждения", "do not ask for confirmation")
)
@common
def command(
    path: str,
    fix: bool,
    test_alert: bool,
    restored: str | None,
    sent: int | None,
    received: int | None,
    link: str | None,
    yes: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    if restored is not None:
        _restored(path, restored, sent, received, link, yes, as_json)
        return
    if sent is not None or received is not None:
        raise click.UsageError(
            say(
                "--sent и --received нужны с --restored", "--sent and --received go with --restored"
            )
        )
    if test_alert:
        from converter.cli.alert_test import tried  # all that alerts are made of

        _tell(tried(settings_of(path)), as_json, quiet)
        return
    settings = settings_of(path)
    findings = []
    for one in chosen(settings, link):
        findings += [*folders(one), *zip_passwords(one)]
    try:
        findings += _state(path, link, fix)
    except Stopped as stopped:
        subject = stopped.problem.where.file or settings.state
        findings.append(Finding(subject, stopped.problem))
    except OSError as failure:
        place = str(failure.filename or settings.state)
        findings.append(Finding(place, failed(Path(place), failure)))
    _tell(_once(findings), as_json, quiet)


def _once(findings: list[Finding]) -> list[Finding]:
    """A folder, or the state, that several things stumbled over is told once, and once where it is
    well."""
    told: set[Any] = set()
    kept = []
    for each in dict.fromkeys(findings):
        problem = each.problem
        if problem is not None and {"folder", "state"} & dict(problem.details).keys():
            same = (problem.kind.id, problem.details)
            if same in told:
                continue
            told.add(same)
        kept.append(each)
    return kept


def _state(path: str, name: str | None, fix: bool) -> list[Finding]:
    """Each link for itself. A state that was just made, and of no link holds anything, goes again:
    it would be taken for one that knows the numbers."""
    findings, stuck = [], []
    with working(path, rebuild=fix, thorough=True) as (settings, state):
        links = chosen(settings, name)
        made = fix and not _known(settings, state)
        for link in links:
            try:
                findings += _link(settings, link, state, fix, made)
            except Stopped as stopped:
                stuck.append(Finding(link.name, stopped.problem))
            except OSError as failure:
                stuck.append(Finding(link.name, failed_at(link, failure)))
    if made and len(stuck) == len(links):
        discard(settings)
    return findings + stuck


def _known(settings: Settings, state: State) -> bool:
    """Whether the state knows any link."""
    with state.read() as connection:
        return any(Bases(connection, link.name).link() is not None for link in settings.link)


def _link(settings: Settings, link: Link, state: State, fix: bool, made: bool) -> list[Finding]:
    """What is found at a link; with ``fix`` it catches up with its archive. ``made``: it must."""
    findings = []
    exchange = exchange_of(link, state)
    with locked(exchange, utc_now()):
        if made and (problem := unmakeable(link)) is not None:
            raise Stopped(problem)
        if fix and (count := exchange.recover(rebuild=True)):
            subject = say(
                f"{link.name}: из архива восстановлено записей: {count}",
                f"{link.name}: entries done again from the archive: {count}",
            )
            findings.append(Finding(subject, mended=True))
        findings.append(writable(exchange.state))
        findings += counters(link, state)
    return findings


def _tell(findings: list[Finding], as_json: bool, quiet: bool) -> None:
    """Say what was found; where something is wrong, the command ends with 3."""
    wrong = [each for each in findings if each.problem is not None]
    if as_json:
        print_json({"findings": [_json(each) for each in findings]})
    else:
        _say(findings, wrong, quiet)
    if wrong:
        raise click.exceptions.Exit(3)


def _say(findings: list[Finding], wrong: list[Finding], quiet: bool) -> None:
    for each in findings:
        if each.problem is not None:
            subject = "" if each.problem.where.file == each.subject else each.subject
            click.echo(problem_text(each.problem, subject), err=True)
        elif each.mended:
            click.echo(say(f"исправлено: {each.subject}", f"mended: {each.subject}"), err=True)
        elif each.done:
            click.echo(f"{each.subject}: {each.done}", err=True)
    if not wrong and not quiet:
        count = len(findings)
        click.echo(
            say(f"всё в порядке, проверено: {count}", f"all is well, checked: {count}"), err=True
        )


def _json(each: Finding) -> dict[str, Any]:
    problem = None if each.problem is None else problem_json(each.problem)
    return {
        "subject": each.subject,
        "well": each.problem is None,
        "mended": each.mended,
        "problem": problem,
    }


# -- after a restore -----------------------------------------------------------------------------


def _restored(
    path: str,
    side: str,
    sent: int | None,
    received: int | None,
    name: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Bring a link back to equality after one of its bases was restored (PROTOCOL R8)."""
    with working(path) as (settings, state):
        links = chosen(settings, name)
        if len(links) > 1:
            names = ", ".join(link.name for link in links)
            raise click.UsageError(
                say(f"укажите связку: --link ({names})", f"name the link: --link ({names})")
            )
        exchange = exchange_of(links[0], state)
        try:
            done = bring_back(
                exchange,
                Node(side, sent, received),
                yes,
                lambda: _pass(exchange),
                lambda missing: _shown(exchange, missing, yes),
            )
        except Refused:
            raise click.exceptions.Exit(1) from None
        if not as_json and is_awaited(exchange, side):
            click.echo(_what_to_do(side, settings, exchange.link.name), err=True)
        if isinstance(done, Stopped):
            raise done
        if as_json:
            print_json({"links": [report_json(done)]})
        else:
            tell(done, Manner())


def _pass(exchange: Exchange) -> Report | Stopped:
    with finishing(Leave()):
        return one_pass(exchange)


def _shown(exchange: Exchange, missing: list[str], yes: bool) -> bool:
    """Show what the base did not name, as an accountant finds it there, and ask."""
    with exchange.state.read() as connection:
        for key, operation in operations(connection, exchange.link.name, missing):
            click.echo(
                f"  {visible(key if operation is None else operation_text(operation))}", err=True
            )
    count = len(missing)
    question = say(
        f"База больше не называет этих документов: {count}. Если она должна была их отправить,"
        " ответьте «нет», зарегистрируйте в ней всё и выполните обмен. Отозвать их у другой"
        " стороны?",
        f"The base no longer names these documents: {count}. If it should have sent them, answer no,"
        " register everything in it, and run an exchange there. Withdraw them at the other side?",
    )
    return yes or click.confirm(question, err=True)


def _what_to_do(side: str, settings: Settings, name: str) -> str:
    base = say("CRM", "the CRM") if side == "crm" else say("БП", "BP")
    return say(
        f"Связка {name} ждёт полную выгрузку. В базе ({base}):\n"
        "  1. в настройках синхронизации откройте «Состав отправляемых данных» и зарегистрируйте"
        " к отправке ВСЕ объекты этого узла;\n"
        "  2. выполните синхронизацию один раз.\n"
        "До этого в её папку ничего не записывается. Затем конвертер сравнит всё заново.",
        f"Link {name} awaits the complete contents. In the base ({base}):\n"
        "  1. in the synchronization's settings register ALL objects of this node for sending;\n"
        "  2. run the synchronization once.\n"
        "Until then nothing is written to it. Then everything is compared anew.",
    )
