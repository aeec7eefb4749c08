"""``converter sync``: one pass over every link, then exit."""

from __future__ import annotations

from collections import deque

import click

from converter.cli.alerting import desk_of, tell_once, working_aloud
from converter.cli.console import Manner, print_json
from converter.cli.log import Log, format_option
from converter.cli.options import common, config
from converter.cli.passes import failed_json, left_json, report_json, tell, tell_left
from converter.cli.stopping import Leave, finishing
from converter.cli.usage import Command
from converter.cli.words import say
from converter.cli.working import AT_ONCE, exchange_of, is_busy, one_pass
from converter.exchange.locking import PATIENCE
from converter.problems import Stopped


@click.command(
    "sync",
    cls=Command,
    help=say(
        "Один проход по всем связкам: принять новое, перевести, записать ответы. Для планировщика.\n\n"
        "\b\nПример: converter sync -c exchange.toml\n"
        "\b\nПосмотреть, что будет сделано: converter sync --dry-run",
        "One pass over every link: take what is new, convert it, write the answers. For cron.\n\n"
        "\b\nExample: converter sync -c exchange.toml\n"
        "\b\nTo see what would be done: converter sync --dry-run",
    ),
)
@config
@click.option(
    "--dry-run",
    is_flag=True,
    help=say("показать план и ничего не трогать", "show the plan and touch nothing"),
)
@format_option
@common
def command(
    path: str, dry_run: bool, log_format: str, as_json: bool, quiet: bool, verbose: bool
) -> None:
    manner = Manner(as_json, quiet, verbose)
    log = Log(log_format == "json")
    status = 0
    reports = []
    leave = Leave()
    with working_aloud(path, log, plan=dry_run) as (settings, state), finishing(leave):
        desk = None if dry_run else desk_of(settings, state, log)
        turns = deque((link, AT_ONCE if state.shared else PATIENCE) for link in settings.link)
        alone = True
        while turns and not leave.asked:
            link, patience = turns.popleft()
            if not alone and state.passed(link.name):
                if desk is not None:
                    desk.left(link.name)
                reports.append(left_json(link.name))
                if not (as_json or quiet):
                    tell_left(link.name, log)
                continue
            done = one_pass(exchange_of(link, state), dry_run, patience)
            if desk is not None:
                desk.passed(link.name, done)
            if isinstance(done, Stopped):
                if is_busy(done) and patience < PATIENCE:
                    turns.append((link, PATIENCE))  # others are at it; the next is free perhaps
                    alone = False
                    continue
                status = 3
                reports.append(failed_json(link.name, done.problem))
                if not as_json:
                    log.problem(done.problem, link.name)
                continue
            status = max(status, done.status)
            reports.append(report_json(done))
            if not as_json:
                tell(done, manner, dry_run, log)
        if desk is not None:
            tell_once(desk, log)
    if as_json:
        print_json({"dry_run": dry_run, "links": reports})
    if status:
        raise click.exceptions.Exit(status)
