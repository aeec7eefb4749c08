"""``converter convert``: messages from one format into the other, once and without a state."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from converter.cli.console import Manner, Teller, counts_text, print_json, source
from converter.cli.options import FILE, common, files
from converter.cli.usage import Command
from converter.cli.words import say
from converter.conversion.intake import open_message
from converter.conversion.output import WholeFile
from converter.conversion.tally import Tally
from converter.envelope.reader import ByteStream, Reader
from converter.formats import DEFAULT_BP_VERSION, bp, enterprise_data
from converter.mapping.crm import (
    DEFAULT_INVOICE,
    DEFAULT_VERSION,
    INVOICES,
    PLAIN,
    CrmFormat,
    EnterpriseCrm,
)
from converter.problems import Rejected
from converter.problems import catalogue as say_of

if TYPE_CHECKING:  # each of the two ways loads what it needs where it begins
    from converter.conversion.ledger import MessageLedger


@click.command(
    "convert",
    cls=Command,
    help=say(
        "Переводит сообщения CRM для 1С:Бухгалтерии (--to bp) или сообщения бухгалтерии для CRM"
        " (--to crm). «-» — стандартный ввод или вывод. Что задержано, в результат не попадает и"
        " названо на stderr.\n\n"
        "\b\nПример: converter convert счета.xml --to bp --bp-version 1.19 -o для-бп.xml\n\n"
        "Загруженное в БП из файла остаётся непроведённым: проводит только обмен по плану обмена.",
        "Converts a CRM's messages for 1C:Бухгалтерия (--to bp) or BP's messages for the CRM"
        " (--to crm). “-” is standard input or output. What is held is left out and named on"
        " stderr.\n\n"
        "\b\nExample: converter convert invoices.xml --to bp --bp-version 1.19 -o for-bp.xml\n\n"
        "What a person loads into BP from a file stays unposted: only an exchange plan posts.",
    ),
)
@files
@click.option(
    "--to",
    "side",
    type=click.Choice(["bp", "crm"]),
    required=True,
    help=say("для кого", "for whom"),
)
@click.option(
    "-o",
    "--output",
    default="-",
    metavar=say("ПУТЬ", "PATH"),
    help=say(
        "файл, папка (для нескольких файлов) или «-»", "a file, a folder (for several files) or “-”"
    ),
)
@click.option(
    "--bp-version",
    default=DEFAULT_BP_VERSION,
    show_default=True,
    metavar="1.3–1.22",
    help=say("версия EnterpriseData для БП", "EnterpriseData version for BP"),
)
@click.option(
    "--crm-format",
    type=click.Choice(["crm", "enterprisedata"]),
    default="crm",
    show_default=True,
    help=say(
        "формат CRM: enterprisedata — 1С:CRM, УТ и другие программы на EnterpriseData",
        "the CRM's format: enterprisedata for 1C:CRM, УТ and others that speak EnterpriseData",
    ),
)
@click.option(
    "--crm-version",
    metavar="1.3–1.22",
    help=say(
        f"версия EnterpriseData для CRM (без неё {DEFAULT_VERSION})",
        f"EnterpriseData version for the CRM ({DEFAULT_VERSION} without it)",
    ),
)
@click.option(
    "--crm-invoice",
    type=click.Choice(list(INVOICES)),
    help=say(
        f"каким документом CRM передаёт счёт (без указания {DEFAULT_INVOICE})",
        f"the document that carries the CRM's invoice ({DEFAULT_INVOICE} without it)",
    ),
)
@click.option(
    "--known",
    multiple=True,
    type=FILE,
    metavar=say("ФАЙЛ", "FILE"),
    help=say(
        "сообщения CRM: пропускать только операции по их счетам",
        "the CRM's messages: pass only operations of their invoices",
    ),
)
@common
def command(
    files: tuple[str, ...],
    side: str,
    output: str,
    bp_version: str,
    crm_format: str,
    crm_version: str | None,
    crm_invoice: str | None,
    known: tuple[str, ...],
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    _check(files, side, output, known, as_json)
    towards = _version(bp_version, "--bp-version")
    crm = _crm(crm_format, crm_version, crm_invoice)
    manner = Manner(as_json, quiet, verbose)
    with ExitStack() as stack:
        ledger = None
        if side == "crm":
            from converter.conversion.ledger import MessageLedger

            ledger = stack.enter_context(MessageLedger(known=bool(known)))
            _learn(ledger, files, known, crm, manner)
        reports = [
            _convert(name, _target(name, files, output), towards, crm, ledger, manner)
            for name in files
        ]
    if as_json:
        print_json({"files": reports})
    if any(report["rejected"] or report["held"] for report in reports):
        raise click.exceptions.Exit(1)


def _version(version: str, option: str) -> str:
    """A version that we speak; another is wrong usage, and those that there are are named."""
    if version not in enterprise_data().versions:
        versions = ", ".join(enterprise_data().versions)
        raise click.BadParameter(
            say(f"есть версии {versions}", f"there are {versions}"), param_hint=option
        )
    return version


def _crm(format: str, version: str | None, invoice: str | None) -> CrmFormat:
    """How the CRM speaks."""
    if format == "crm":
        if version is not None or invoice is not None:
            raise click.UsageError(
                say(
                    "--crm-version и --crm-invoice нужны с --crm-format enterprisedata",
                    "--crm-version and --crm-invoice go with --crm-format enterprisedata",
                )
            )
        return PLAIN
    named = _version(version or DEFAULT_VERSION, "--crm-version")
    return EnterpriseCrm(named, invoice or DEFAULT_INVOICE)


def _open(stream: ByteStream, crm: CrmFormat) -> tuple[Reader, CrmFormat]:
    """A CRM's message, and how it speaks: in the version that its head names."""
    if not crm.enterprise:
        return open_message(stream, "crm")[0], crm
    message, dialect = open_message(stream)
    if dialect.side == "crm":
        raise Rejected(say_of.CRM_FORMAT_OTHER(format=str(dialect)))
    return message, crm.at(dialect.version)


def _check(
    files: tuple[str, ...], side: str, output: str, known: tuple[str, ...], as_json: bool
) -> None:
    """What click cannot check by itself: wrong usage ends with exit 2 and a remedy."""
    if known and side == "bp":
        raise click.UsageError(
            say("--known нужен только с --to crm", "--known goes with --to crm only")
        )
    if as_json and output == "-":
        raise click.UsageError(
            say("с --json укажите файл: -o ПУТЬ", "with --json name a file: -o PATH")
        )
    if len(files) > 1:
        if not Path(output).is_dir() or output == "-":
            raise click.UsageError(
                say(
                    "для нескольких файлов укажите папку: -o ПАПКА",
                    "for several files name an existing folder: -o FOLDER",
                )
            )
        if len({Path(name).name.casefold() for name in files}) < len(files) or "-" in files:
            raise click.UsageError(
                say("имена файлов должны различаться", "the files need different names")
            )
    for name in (*files, *known):
        target = _target(name, files, output)
        if target != "-" and name != "-" and Path(target).exists() and Path(target).samefile(name):
            raise click.UsageError(
                say(
                    f"«{name}» был бы переписан результатом",
                    f"“{name}” would be overwritten by its result",
                )
            )


def _target(name: str, files: tuple[str, ...], output: str) -> str:
    if output != "-" and Path(output).is_dir() and name != "-":
        return str(Path(output) / Path(name).name)
    return output


def _learn(
    ledger: MessageLedger,
    files: tuple[str, ...],
    known: tuple[str, ...],
    crm: CrmFormat,
    manner: Manner,
) -> None:
    """The CRM's invoices, and with several files of BP's the links from file to file."""
    from converter.conversion.learn import BookLearner, learn_crm_message

    for name in known:
        with source(name) as stream:
            try:
                message, spoken = _open(stream, crm)
                learn_crm_message(message, ledger, spoken)
            except Rejected as rejected:
                tell = Teller(name, manner)
                tell(rejected.problem)
                if manner.as_json:
                    print_json({"files": [], "problems": tell.kept})
                raise click.exceptions.Exit(1) from None
    if len(files) > 1:
        learner = BookLearner(ledger)
        for name in files:
            with source(name) as stream, suppress(Rejected):  # said when its own turn comes
                learner.take(*open_message(stream))
        learner.finish()


def _convert(
    name: str,
    target: str,
    bp_version: str,
    crm: CrmFormat,
    ledger: MessageLedger | None,
    manner: Manner,
) -> dict[str, Any]:
    tell = Teller(name, manner)
    tally = Tally()
    rejected = False
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    try:
        with source(name) as stream, WholeFile(target) as out:
            if ledger is None:
                from converter.conversion.to_bp import convert_to_bp

                message, spoken = _open(stream, crm)
                tally = convert_to_bp(message, out, bp(bp_version), now, tell, spoken)
            else:
                from converter.conversion.to_crm import convert_to_crm

                message, dialect = open_message(stream, "bp")
                tally = convert_to_crm(message, out, dialect, ledger, now, tell, crm)
    except Rejected as refusal:
        rejected = True
        tally = Tally()
        tell(refusal.problem)
    tell.finish()
    if not rejected and not manner.as_json and not manner.quiet:
        click.echo(_summary(name, target, tally, tell), err=True)
    return {
        "file": name,
        "output": None if rejected else target,
        "rejected": rejected,
        "read": tally.read,
        "written": dict(tally.written),
        "skipped": dict(tally.skipped),
        "foreign": tally.foreign,
        "absent": tally.absent,
        "held": tally.held,
        "warnings": tell.warnings,
        "problems": tell.kept,
    }


def _summary(name: str, target: str, tally: Tally, tell: Teller) -> str:
    """One line when all is well; what was left out is added only where there is something."""
    nothing = say("ничего", "nothing")
    parts = [f"{name} → {target}: {counts_text(tally.written) or nothing}"]
    if tally.skipped:
        parts.append(say("пропущено: ", "skipped: ") + counts_text(tally.skipped))
    for count, ru, en in (
        (tally.foreign, "не по счетам CRM", "not of the CRM's invoices"),
        (tally.absent, "не действуют в БП", "not in force in BP"),
        (tally.held, "задержано", "held"),
        (tell.warnings, "предупреждений", "warnings"),
    ):
        if count:
            parts.append(say(f"{ru}: {count}", f"{en}: {count}"))
    return "; ".join(parts)
