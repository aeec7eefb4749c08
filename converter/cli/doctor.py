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
from converter.exchange.run import Exchange
from converter.folder.failures import failed
from converter.problems import Stopped
from converter.settings import Link, Settings
from converter.state.bases import Bases
from converter.state.opening import State
from converter.views.unnamed import unnamed


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
        with locked(exchange, utc_now()):
            exchange.recover()
        awaited = _awaited(state, exchange.link.name, side)
        done = _pass(exchange)  # what lies there is taken: of the old life, or what is awaited
        if not awaited:
            with locked(exchange, utc_now()):
                exchange.command("restored", side=side, sent=sent, received=received, agreed=yes)
            done = _pass(exchange)
        elif _agreed(exchange, side, yes):
            with locked(exchange, utc_now()):
                exchange.command("agreed", side=side)
            done = _pass(exchange)
        if not as_json and _awaited(state, exchange.link.name, side):
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


def _awaited(state: State, link: str, side: str) -> bool:
    """Whether a base's complete contents are awaited."""
    with state.read() as connection:
        return Bases(connection, link).base(side).restored is not None


def _agreed(exchange: Exchange, side: str, yes: bool) -> bool:
    """Show what the base did not name, and ask: a forgotten registration would withdraw payments.

    While nothing is known to lack there is nothing to agree to; ``yes`` agrees to whatever comes.
    What came while a person thought is taken, and where that lacks anything else they are asked anew.
    """
    shown: list[str] = []
    while (missing := _missing(exchange, side)) and missing != shown:
        for key in missing:
            click.echo(f"  {key}", err=True)
        if yes:
            break
        question = say(
            f"Базы больше не называют этих объектов: {len(missing)}. Отозвать их у другой стороны?",
            f"The base no longer names these objects: {len(missing)}."
            " Withdraw them at the other side?",
        )
        if not click.confirm(question, err=True):
            raise click.exceptions.Exit(1)
        shown = missing
        _pass(exchange)
    return bool(missing) or (yes and _awaited(exchange.state, exchange.link.name, side))


def _missing(exchange: Exchange, side: str) -> list[str]:
    with exchange.state.read() as connection:
        base = Bases(connection, exchange.link.name).base(side)
        return unnamed(connection, exchange.link.name, base)


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
