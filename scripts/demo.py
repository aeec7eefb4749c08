"""The demonstration: ``python scripts/dev.py demo`` makes the environment and runs this in it.

An invoice goes from the CRM to BP, payments, shipment, return and refund come back, all through
folders and with the messages of ``samples/story``. After every pass the states are compared with
those that were counted by hand (samples/README.md); a difference ends the demo with status 1.

With ``--1c`` the same is told with a CRM that speaks EnterpriseData 1.3 itself, as 1C:CRM does,
and with the messages of ``samples/story-1c``.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

from converter.cli.words import say

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"
#: the name under which each base writes
NAMES = {"crm": "Message_CRM_BP.xml", "bp": "Message_BP_CRM.xml"}
INVOICE = "СЧ-00000051"
#: two payments, a shipment, a return, a refund
OPERATIONS = 5


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


class Tale(NamedTuple):
    """A story: its messages below ``samples/``, its steps, and what ``init``'s settings become."""

    messages: str
    steps: tuple[Step, ...]
    settings: tuple[tuple[str, str], ...] = ()


NO_WAITING = ("# settle = 60\n", "settle = 0\n")
STORY = Tale("story", STEPS, (NO_WAITING,))
STORY_1C = Tale(
    "story-1c",
    (
        Step(
            "0-crm-greeting.xml",
            say(
                "1С:CRM начинает обмен: она говорит на EnterpriseData 1.3",
                "1C:CRM begins the exchange: it speaks EnterpriseData 1.3",
            ),
        ),
        *STEPS[:-1],
        STEPS[-1]._replace(view=("-v",)),
    ),
    (
        NO_WAITING,
        ('# format = "crm"\n', 'format = "enterprisedata"\n'),
        ('# version = "1.3"\n', 'version = "1.3"\n'),
    ),
)


def main(*arguments: str) -> None:
    """A story through the folders, in a fresh folder; ``--1c`` chooses that of 1C:CRM."""
    with_1c = "--1c" in arguments
    folder = next((each for each in arguments if each != "--1c"), "demo")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console may lack letters
    target = ROOT / folder
    if target == ROOT / "demo":
        shutil.rmtree(target, ignore_errors=True)
    elif target.exists():
        sys.exit(say(f"папка {folder} уже есть", f"the folder {folder} is there already"))
    settings = f"{folder}/exchange.toml"
    tale = STORY_1C if with_1c else STORY
    story(folder, settings, tale)
    if with_1c:
        named(folder)
    else:
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
            f"всё лежит в папке {folder}/, сообщения истории — в samples/{tale.messages}/",
            f"everything lies in {folder}/, the messages of the story in samples/{tale.messages}/",
        )
    )


def story(folder: str, settings: str, tale: Tale) -> None:
    """Every message of the story is put where its base would write it, then one pass."""
    converter("init", folder)
    change(ROOT / settings, tale)
    tell(say("в настройках демонстрации settle = 0: ждать нечего", "settle = 0 here: no waiting"))
    for line in tale.settings[1:]:
        tell(say("там же: ", "and there: ") + line[1].strip())
    for step in tale.steps:
        target = f"{folder}/exchange/{step.side}/{NAMES[step.side]}"
        source = f"samples/{tale.messages}/{step.file}"
        print(f"\n{step.file[0]}. {step.title}\n   {source} → {target}", flush=True)
        shutil.copyfile(ROOT / source, ROOT / target)
        converter("sync", "-c", settings)
        check(step, settings)
    print()
    converter("status", "-v", "-c", settings)
    converter("journal", "-n", "12", "-c", settings)


def change(settings: Path, tale: Tale) -> None:
    """Take the waiting out of a settings file as ``init`` wrote it, and say how the CRM speaks."""
    text = settings.read_text(encoding="utf-8")
    for line, instead in tale.settings:
        if line not in text:
            sys.exit(f"no {line.strip()} in the settings that init wrote")
        text = text.replace(line, instead, 1)
    settings.write_text(text, encoding="utf-8", newline="\n")


def named(folder: str) -> None:
    """Every operation that 1C:CRM was given names the invoice: 1C looks nowhere else."""
    path = ROOT / folder / "exchange" / "crm" / "Message_BP_CRM.xml"
    body = ElementTree.parse(path).getroot().find("{*}Body")
    found = {}
    for document in [] if body is None else body:
        name = document.tag.partition("}")[2]
        if name.startswith("Документ."):
            orders = [*document.iterfind(".//{*}ЗаказКлиента"), *document.iterfind("{*}Заказ")]
            found[f"{name} {document.findtext('.//{*}Номер')}"] = [
                order.findtext("{*}Номер") for order in orders
            ]
    if len(found) != OPERATIONS or any(orders != [INVOICE] for orders in found.values()):
        sys.exit(say(f"демонстрация не удалась: {found}", f"the demo failed: {found}"))
    tell(
        say(
            "1С:CRM получила документы БП в своей версии, и каждый назвал счёт: "
            + ", ".join(found),
            "1C:CRM got BP's documents in its own version, and each names the invoice: "
            + ", ".join(found),
        )
    )


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
    main(*sys.argv[1:])
