"""The demonstration: ``python scripts/dev.py demo`` makes the environment and runs this in it.

An invoice goes from the CRM to BP, payments, shipment, return and refund come back, all through
folders and with the messages of ``samples/story``. After every pass the states are compared with
those that were counted by hand (samples/README.md); a difference ends the demo with status 1.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from converter.cli.words import say

ROOT = Path(__file__).resolve().parent.parent
STORY = ROOT / "samples" / "story"
#: the name under which each base writes
NAMES = {"crm": "Message_CRM_BP.xml", "bp": "Message_BP_CRM.xml"}
INVOICE = "СЧ-00000051"


class Step(NamedTuple):
    """A message of the story, what it tells, and the states after it; ``paid`` None: no invoice."""

    file: str
    title: str
    paid: str | None = None
    payment: str = ""
    shipped: str = ""
    shipment: str = ""
    view: tuple[str, ...] = ("-v",)

    @property
    def side(self) -> str:
        return self.file.split("-")[1]


STEPS = (
    Step(
        "1-bp-greeting.xml",
        say(
            "БП начинает обмен: называет свои версии и виды объектов",
            "BP begins the exchange: it names its versions and object types",
        ),
    ),
    Step(
        "2-crm-invoice.xml",
        say("Менеджер выставил в CRM счёт на 54 900", "A manager wrote an invoice of 54,900"),
        "0.00", "НеОплачен", "0.00", "НеОтгружен",
    ),
    Step(
        "3-bp-payment.xml",
        say(
            "БП прочла счёт; пришёл аванс 30 000, в платеже назван счёт",
            "BP has read the invoice; 30,000 came in, the payment names the invoice",
        ),
        "30000.00", "ОплаченЧастично", "0.00", "НеОтгружен",
    ),
    Step(
        "4-bp-shipment.xml",
        say("Бухгалтер отгрузил всё", "The accountant shipped everything"),
        "30000.00", "ОплаченЧастично", "54900.00", "Отгружен",
    ),
    Step(
        "5-bp-second-payment.xml",
        say(
            "Пришли остальные 24 900; платёж называет не счёт, а накладную",
            "The other 24,900 came in; this payment names the shipment, not the invoice",
        ),
        "54900.00", "Оплачен", "54900.00", "Отгружен",
    ),
    Step(
        "6-bp-return.xml",
        say(
            "Покупатель вернул один стол; возврат называет накладную",
            "The customer returned one desk; the return names the shipment",
        ),
        "54900.00", "Оплачен", "42700.00", "ОтгруженЧастично",
    ),
    Step(
        "7-bp-refund.xml",
        say(
            "Деньги за стол вернули; списание называет возврат",
            "The money for the desk went back; the refund names the return",
        ),
        "42700.00", "ОплаченЧастично", "42700.00", "ОтгруженЧастично",
    ),
    Step(
        "8-crm-has-read.xml",
        say("CRM прочла всё и подтвердила", "The CRM has read everything and says so"),
        "42700.00", "ОплаченЧастично", "42700.00", "ОтгруженЧастично",
        ("--by", "interest"),
    ),
)  # fmt: skip


def main(folder: str = "demo") -> None:
    """The story through the folders, then the one-off conversion, in a fresh folder."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console may lack letters
    target = ROOT / folder
    if target == ROOT / "demo":
        shutil.rmtree(target, ignore_errors=True)
    elif target.exists():
        sys.exit(say(f"папка {folder} уже есть", f"the folder {folder} is there already"))
    settings = f"{folder}/exchange.toml"
    story(folder, settings)
    one_off(folder)
    print()
    tell(
        say(
            "показано: счёт ушёл из CRM в БП, обратно пришли две оплаты, отгрузка, возврат"
            " покупателя и возврат денег; после каждого сообщения суммы и состояния сошлись с"
            " посчитанными вручную",
            "shown: an invoice went from the CRM to BP; two payments, a shipment, a return and a"
            " refund came back; after every message sums and states were as counted by hand",
        )
    )
    tell(
        say(
            "вторая оплата, возврат и списание счёта не называют: он найден через накладную",
            "the second payment, the return and the refund name no invoice: it was found through"
            " the shipment",
        )
    )
    tell(
        say(
            f"всё лежит в папке {folder}/, сообщения истории — в samples/story/",
            f"everything lies in {folder}/, the messages of the story in samples/story/",
        )
    )


def story(folder: str, settings: str) -> None:
    """Every message of the story is put where its base would write it, then one pass."""
    converter("init", folder)
    nothing_waits(ROOT / settings)
    tell(say("в настройках демонстрации settle = 0: ждать нечего", "settle = 0 here: no waiting"))
    for step in STEPS:
        target = f"{folder}/exchange/{step.side}/{NAMES[step.side]}"
        print(
            f"\n{step.file[0]}. {step.title}\n   samples/story/{step.file} → {target}", flush=True
        )
        shutil.copyfile(STORY / step.file, ROOT / target)
        converter("sync", "-c", settings)
        check(step, settings)
    print()
    converter("status", "-v", "-c", settings)
    converter("journal", "-n", "12", "-c", settings)


def nothing_waits(settings: Path) -> None:
    """Take the waiting out of a settings file as ``init`` wrote it."""
    text = settings.read_text(encoding="utf-8")
    changed = text.replace("# settle = 60\n", "settle = 0\n")
    if changed == text:
        sys.exit("no settle in the settings that init wrote")
    settings.write_text(changed, encoding="utf-8", newline="\n")


def check(step: Step, settings: str) -> None:
    """The manager's view, which must be as it was counted by hand."""
    found = json.loads(asked("invoices", "--json", "-c", settings))
    if step.paid is None:
        if found:
            sys.exit(say("счетов ещё не должно быть", "there must be no invoice yet"))
        return
    converter("invoices", *step.view, "-c", settings)
    wanted = {
        "number": INVOICE,
        "paid": step.paid,
        "payment_state": step.payment,
        "shipped": step.shipped,
        "shipment_state": step.shipment,
    }
    got = [{name: invoice[name] for name in wanted} for invoice in found]
    if got != [wanted]:
        sys.exit(
            say(
                f"демонстрация не удалась: вручную посчитано {wanted}, программа говорит {got}",
                f"the demo failed: {wanted} was counted by hand, the program says {got}",
            )
        )
    tell(say("как посчитано вручную", "as counted by hand"))


def one_off(folder: str) -> None:
    """Single files, without state: there and back, and a version that lacks 22 % VAT."""
    print()
    tell(say("разовый перевод файлов, без обмена", "single files, without an exchange"))
    invoices, answers = "samples/crm-invoices.xml", "samples/bp-answers-1.20.xml"
    converter(
        "convert", invoices, "--to", "bp", "--bp-version", "1.20", "-o", f"{folder}/for-bp.xml"
    )
    old = ("--bp-version", "1.8", "-o", f"{folder}/for-bp-1.8.xml")
    converter("convert", invoices, "--to", "bp", *old, status=1)
    converter("convert", answers, "--to", "crm", "--known", invoices, "-o", f"{folder}/for-crm.xml")
    converter("validate", *(f"{folder}/{name}.xml" for name in ("for-bp", "for-bp-1.8", "for-crm")))


def converter(*arguments: str, status: int = 0) -> None:
    """Run a command and show it; another exit status than this one ends the demo."""
    print(f"$ converter {' '.join(arguments)}", flush=True)
    done = run(*arguments, stderr=subprocess.STDOUT)
    if done.returncode != status:
        wrong = say("демонстрация не удалась: код возврата", "the demo failed: exit status")
        sys.exit(f"{wrong} {done.returncode}")


def asked(*arguments: str) -> str:
    """What a command prints, for this program."""
    done = run(*arguments, stdout=subprocess.PIPE)
    if done.returncode:
        sys.exit(done.returncode)
    return str(done.stdout.decode("utf-8"))


def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[Any]:
    command = [sys.executable, "-m", "converter", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False, **options)


def tell(text: str) -> None:
    print(f"-- {text}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:2])
