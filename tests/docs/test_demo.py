"""The story of ``make demo``: figures as samples/README.md counts them, messages as bases write them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import etree

from converter.formats import CRM
from converter.formats.schemas import schema_path
from tests.conftest import ROOT, Run, environment

STORY = ROOT / "samples" / "story"
FILES = sorted(path.name for path in STORY.glob("*.xml"))
NAMES = {"crm": "Message_CRM_BP.xml", "bp": "Message_BP_CRM.xml"}
OURS = {"crm": "Message_BP_CRM.xml", "bp": "Message_CRM_BP.xml"}
_ROW = re.compile(r"^\| `(\S+)` \| ([^|]+) \| (\w+) \| ([^|]+) \| (\w+) \|$", re.MULTILINE)


class State(NamedTuple):
    """What is known of the invoice."""

    paid: Decimal
    payment: str
    shipped: Decimal
    shipment: str


def by_hand() -> dict[str, State]:
    """The states that samples/README.md counts by hand; their sums are done again here."""
    text = (ROOT / "samples" / "README.md").read_text(encoding="utf-8")
    return {
        file: State(amount(paid), payment, amount(shipped), shipment)
        for file, paid, payment, shipped, shipment in _ROW.findall(text)
    }


def amount(text: str) -> Decimal:
    """``54 900.00 − 12 200.00 = 42 700.00`` as a number, which must be right."""
    sum_, _, result = text.replace(" ", "").rpartition("=")
    parts = [Decimal(part.replace("−", "-")) for part in re.findall(r"[+−]?[\d.]+", sum_ or result)]
    total = sum(parts, Decimal(0))
    assert total == Decimal(result), text
    return total


def side(file: str) -> str:
    return file.split("-")[1]


@pytest.fixture
def exchange(tmp_path: Path, run: Run) -> Path:
    """A fresh exchange in which nothing waits."""
    assert run("init", tmp_path / "x").status == 0
    settings = tmp_path / "x" / "exchange.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("# settle = 60\n", "settle = 0\n"), encoding="utf-8")
    return tmp_path / "x"


def test_every_pass_finds_what_was_counted_by_hand(exchange: Path, run: Run) -> None:
    expected = by_hand()
    assert sorted(expected) == FILES[1:]
    settings = exchange / "exchange.toml"
    read = {"crm": 0, "bp": 0}
    for file in FILES:
        base = side(file)
        number, received = numbers((STORY / file).read_bytes())
        assert received == (0 if number == 0 else read[base]), "it acknowledges what it has read"
        shutil.copyfile(STORY / file, exchange / "exchange" / base / NAMES[base])
        done = run("sync", "-c", settings)
        assert (done.status, done.out) == (0, ""), done.err
        found = json.loads(run("invoices", "--json", "-c", settings).out)
        states = [
            State(
                Decimal(each["paid"]), each["payment_state"],
                Decimal(each["shipped"]), each["shipment_state"],
            )
            for each in found
        ]  # fmt: skip
        assert states == ([expected[file]] if file in expected else []), file
        read = {name: last(exchange, name) for name in read}
    told(exchange, expected[FILES[-1]])
    [link] = json.loads(run("status", "--json", "-c", settings).out)["links"]
    assert (link["held"], link["unlinked"], link["rejected"]) == ([], [], 0)
    for name in ("crm", "bp"):
        assert {"problems", "unacknowledged_since"} <= set(link[name]), "docs/running.md names them"
        assert (link[name]["waiting"], link[name]["alarm"]) == (0, None)
    [idle] = json.loads(run("sync", "--json", "-c", settings).out)["links"]
    assert (idle["taken"], idle["written"]) == ([], []), "then the exchange is quiet"


def numbers(data: bytes) -> tuple[int, int]:
    """MessageNo and ReceivedNo."""
    root = etree.fromstring(data)
    number, received = (root.findtext(f".//{{*}}{n}") or "0" for n in ("MessageNo", "ReceivedNo"))
    return int(number), int(received)


def last(exchange: Path, base: str) -> int:
    """The number of the message of ours that a base reads now."""
    path = exchange / "exchange" / base / OURS[base]
    return numbers(path.read_bytes())[0] if path.exists() else 0


def told(exchange: Path, expected: State) -> None:
    """The CRM is told the same state that ``invoices`` shows."""
    root = etree.parse(str(exchange / "exchange" / "crm" / OURS["crm"])).getroot()
    names = ("Оплачено", "СостояниеОплаты", "Отгружено", "СостояниеОтгрузки")
    paid, payment, shipped, shipment = (
        root.findtext(f".//{{*}}СостояниеСчета/{{*}}{name}") or "" for name in names
    )
    assert State(Decimal(paid), payment, Decimal(shipped), shipment) == expected


def test_the_messages_are_valid(official: Callable[[str], etree.XMLSchema]) -> None:
    schemas = {
        "bp": official("1.20"),
        "crm": etree.XMLSchema(etree.parse(str(schema_path(CRM, "Message.xsd")))),
    }
    for file in FILES:
        schemas[side(file)].assertValid(etree.parse(str(STORY / file)))


def test_money_and_vat_are_right() -> None:
    """Of every document: the rows make the sum, and 22 % VAT is in it."""
    for file in FILES:
        for document in documents(etree.parse(str(STORY / file)).getroot()):
            rows = [row for row in document.iter("{*}Строка") if row.find("{*}Сумма") is not None]
            total = Decimal(
                document.findtext("{*}ОбщиеДанные/{*}Сумма") or document.findtext("{*}Сумма") or ""
            )
            assert sum(Decimal(row.findtext("{*}Сумма") or "") for row in rows) == total
            for row in rows:
                gross, vat = (
                    Decimal(row.findtext(f"{{*}}{n}") or "") for n in ("Сумма", "СуммаНДС")
                )
                assert vat == (gross * 22 / 122).quantize(Decimal("0.01")), file


def documents(root: etree._Element) -> Iterator[etree._Element]:
    for element in root.iterfind("{*}Body/*"):
        if etree.QName(element).localname.startswith("Документ."):
            yield element


@pytest.mark.parametrize("lang", ["C.UTF-8", "ru_RU.UTF-8"])
def test_the_demo_runs_through(tmp_path: Path, lang: str) -> None:
    done = demo(tmp_path / "demo", lang)
    assert done.returncode == 0, done.stdout
    assert (tmp_path / "demo" / "exchange" / "bp" / OURS["bp"]).is_file()


def test_the_demo_of_1c_crm_runs_through(tmp_path: Path) -> None:
    done = demo(tmp_path / "demo", "C.UTF-8", more=("--1c",))
    assert done.returncode == 0, done.stdout
    assert "each names the invoice" in done.stdout


def test_the_messages_of_1c_crm_are_valid(official: Callable[[str], etree.XMLSchema]) -> None:
    files = sorted((ROOT / "samples" / "story-1c").glob("*.xml"))
    assert [path.name for path in files] == ["0-crm-greeting.xml", *FILES]
    for path in files:
        official("1.3" if side(path.name) == "crm" else "1.20").assertValid(etree.parse(str(path)))


def test_the_demo_fails_where_a_figure_is_wrong(tmp_path: Path) -> None:
    """Its figures are compared: a payment of one kopeck less is found."""
    copy = tmp_path / "copy"
    shutil.copytree(ROOT / "samples", copy / "samples")
    (copy / "scripts").mkdir()
    shutil.copyfile(ROOT / "scripts" / "demo.py", copy / "scripts" / "demo.py")
    payment = copy / "samples" / "story" / "3-bp-payment.xml"
    text = payment.read_text(encoding="utf-8")
    payment.write_text(text.replace(">30000<", ">29999.99<"), encoding="utf-8")
    done = demo(tmp_path / "demo", "C.UTF-8", copy / "scripts" / "demo.py")
    assert done.returncode == 1
    assert "the demo failed" in done.stdout
    assert "29999.99" in done.stdout


def demo(
    folder: Path,
    lang: str,
    script: Path = ROOT / "scripts" / "demo.py",
    more: tuple[str, ...] = (),
) -> subprocess.CompletedProcess[str]:
    """``scripts/demo.py`` in a folder; what it says on both streams comes out together."""
    return subprocess.run(
        [sys.executable, str(script), str(folder), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env={**environment(lang), "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT)},
        timeout=120,
        check=False,
    )
