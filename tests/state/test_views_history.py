"""Two versions of an object side by side: conflicts, and versions that were refused (SPEC §5, §7)."""

from __future__ import annotations

from pathlib import Path

import pytest

from converter.views.history import Comparison, find_objects, newest
from tests.messages import (
    INVOICE,
    PARTY,
    PAYMENT,
    bp_invoice,
    bp_payment,
    bp_row,
    crm_counterparty,
    crm_deletion,
    crm_invoice,
    crm_party,
    crm_row,
    guid,
)
from tests.state.links import Linked

KIND = "Документ.СчетНаОплату"
REMARK = "<Комментарий>{}</Комментарий>"


@pytest.fixture
def linked(tmp_path: Path) -> Linked:
    """One invoice that both sides hold."""
    linked = Linked(tmp_path)
    linked.crm(crm_invoice())
    linked.bp()
    linked.crm()
    return linked


def compared(linked: Linked, key: str) -> Comparison | None:
    state = linked.state()
    try:
        with state.read() as connection:
            return newest(connection, find_objects(connection, ["main"], key))
    finally:
        state.close()


def found(linked: Linked, key: str = "СЧ-1") -> Comparison:
    comparison = compared(linked, key)
    assert comparison is not None
    return comparison


def table(comparison: Comparison) -> dict[str, tuple[str | None, str | None]]:
    assert comparison.differences is not None
    return {each.field: (each.left, each.right) for each in comparison.differences}


def conflict(linked: Linked) -> None:
    """Both change the invoice before either heard of it."""
    linked.bp(bp_invoice(total="300", rows=bp_row("3", "100", "300")))
    linked.crm(crm_invoice(after_vat=REMARK.format("из CRM")), received=1)


def test_a_conflict_field_by_field(linked: Linked) -> None:
    conflict(linked)
    comparison = found(linked)
    assert (comparison.event, comparison.winner) == ("conflict", "crm")
    assert (comparison.columns, comparison.key) == (("crm", "bp"), f"{KIND} {INVOICE}")
    assert table(comparison) == {
        "Сумма": ("200", "300"),
        "Комментарий": ("из CRM", None),
        "Товары/Строка[1]/Количество": ("2", "3"),
        "Товары/Строка[1]/Сумма": ("200", "300"),
        "Товары/Строка[1]/СуммаНДС": ("33.33", None),
    }


def test_the_winner_is_the_side_that_the_settings_favour(linked: Linked) -> None:
    linked.set_up(conflicts="bp")
    conflict(linked)
    comparison = found(linked)
    assert comparison.winner == "bp"
    assert table(comparison)["Сумма"] == ("200", "300")


def test_what_only_the_crm_knows_takes_no_part(linked: Linked) -> None:
    linked.bp(bp_invoice(total="300", rows=bp_row("3", "100", "300")))
    interest = f"<Интерес><Ссылка>{guid(50)}</Ссылка></Интерес>"
    permission = "<ОтгрузкаРазрешена>true</ОтгрузкаРазрешена>"
    changed = crm_invoice(before_party=interest, after_vat=permission + REMARK.format("из CRM"))
    linked.crm(changed, received=1)
    assert not {"Интерес/Ссылка", "ОтгрузкаРазрешена"} & set(table(found(linked)))


def test_what_goes_without_saying_is_no_difference(tmp_path: Path) -> None:
    linked = Linked(tmp_path)
    linked.crm(crm_invoice(vat_included=None))
    linked.bp()
    linked.bp(bp_invoice(total="300", rows=bp_row("3", "100", "300")))
    linked.crm(crm_invoice(vat_included=None, after_vat=REMARK.format("из CRM")), received=1)
    assert "СуммаВключаетНДС" not in table(found(linked))


def test_a_deletion_against_an_edit(linked: Linked) -> None:
    linked.bp(bp_invoice(total="300", rows=bp_row("3", "100", "300")))
    linked.crm(crm_deletion(), received=1)
    comparison = found(linked)
    assert (comparison.winner, set(comparison.gone)) == ("crm", {"crm"})
    assert table(comparison)["Сумма"] == (None, "300")


def test_rows_are_told_apart_by_their_numbers(linked: Linked) -> None:
    linked.bp(bp_invoice(total="300", rows=bp_row("3", "100", "300")))
    rows = [crm_row(1), crm_row(2, "1", "50", "50", vat_sum="8.33")]
    linked.crm(crm_invoice(total="250", rows=rows), received=1)
    assert table(found(linked))["Товары/Строка[2]/Цена"] == ("50", None)
    assert "Товары/Строка[1]/Цена" not in table(found(linked))


def test_a_row_that_is_gone_leaves_the_numbers_of_the_others(tmp_path: Path) -> None:
    linked = Linked(tmp_path)
    two = [crm_row(1), crm_row(2, "1", "50", "50", vat_sum="8.33")]
    linked.crm(crm_invoice(total="250", rows=two))
    linked.bp()
    linked.crm(crm_invoice(total="70", rows=[crm_row(2, "1", "50", "50", vat_sum="8.33")]))
    changed = table(found(linked))
    assert changed["Товары/Строка[1]/Цена"] == (None, "100")
    assert not [field for field in changed if field.startswith("Товары/Строка[2]")]


@pytest.mark.parametrize("key", ["СЧ-1", INVOICE, INVOICE.upper(), f"{KIND} {INVOICE}", f"{KIND} № СЧ-1"])  # fmt: skip
def test_every_way_to_name_an_object(linked: Linked, key: str) -> None:
    conflict(linked)
    assert found(linked, key).key == f"{KIND} {INVOICE}"


@pytest.mark.parametrize("key", ["СЧ-9", guid(99), f"Справочник.Контрагенты {INVOICE}", "", " "])
def test_a_key_that_names_nothing(linked: Linked, key: str) -> None:
    conflict(linked)
    assert compared(linked, key) is None


def test_an_object_that_never_had_two_versions(linked: Linked) -> None:
    assert compared(linked, "СЧ-1") is None


# -- refused versions ----------------------------------------------------------------------------


def test_a_held_version_beside_the_one_that_stands(linked: Linked) -> None:
    linked.crm(crm_invoice(total="300", after_vat=REMARK.format("новое")))
    comparison = found(linked)
    assert (comparison.event, comparison.side, comparison.winner) == ("held", "crm", None)
    assert (comparison.columns, comparison.first) == (("held", "current"), False)
    assert table(comparison) == {"Сумма": ("300", "200"), "Комментарий": ("новое", None)}


def test_a_held_version_that_no_record_can_be_made_of(linked: Linked) -> None:
    linked.crm(crm_invoice(rows=[crm_row(vat="НДС77")]))
    assert table(found(linked)) == {"Товары/Строка[1]/СтавкаНДС": ("НДС77", "НДС20")}


def test_a_held_version_that_lacks_a_field(linked: Linked) -> None:
    whole = crm_invoice(after_vat=REMARK.format("новое"))
    lacking = whole.replace("<Валюта><Код>643</Код></Валюта>", "<Валюта/>")
    linked.crm(lacking)
    assert table(found(linked)) == {"Комментарий": ("новое", None), "Валюта/Код": (None, "643")}


def test_the_first_version_of_an_object_is_held(linked: Linked) -> None:
    linked.crm(crm_invoice(ref=guid(20), number="СЧ-2", total="300"))
    comparison = found(linked, "СЧ-2")
    assert comparison.first
    assert table(comparison)["Сумма"] == ("300", None)


def test_what_was_held_and_then_replaced(linked: Linked) -> None:
    linked.crm(crm_invoice(total="300"))
    linked.crm(crm_invoice(after_vat=REMARK.format("исправлен")))
    comparison = found(linked)
    assert comparison.event == "dropped"
    assert table(comparison) == {"Сумма": ("300", "200"), "Комментарий": (None, "исправлен")}


def test_a_held_version_of_bps_is_completed_before_it_is_compared(linked: Linked) -> None:
    bare = (
        "<Строка><НомерСтрокиДокумента>2</НомерСтрокиДокумента><ДанныеНоменклатуры><Номенклатура>"
        f"<Ссылка>{guid(77)}</Ссылка><Наименование>Полка</Наименование></Номенклатура>"
        "</ДанныеНоменклатуры></Строка>"
    )
    linked.bp(bp_invoice(rows=bp_row("3") + bare))
    comparison = found(linked)
    assert (comparison.event, comparison.side) == ("held", "bp")
    assert "КлючевыеСвойства/Организация/ИНН" not in table(comparison)
    assert "Товары/Строка[1]/СтавкаНДС" not in table(comparison)
    assert table(comparison)["Товары/Строка[1]/Количество"] == ("3", "2")
    assert table(comparison)["Товары/Строка[2]/Номенклатура/Наименование"] == ("Полка", None)


def test_an_operation_of_bps_that_is_held_is_shown_as_it_came(linked: Linked) -> None:
    linked.bp(bp_payment().replace("<Номер>БП-1</Номер>", ""))
    comparison = found(linked, PAYMENT)
    assert comparison.differences is None
    assert "<Документ.ПБДСРасчетыСКонтрагентами" in comparison.raw


def test_the_newest_of_several(linked: Linked) -> None:
    conflict(linked)
    linked.crm(crm_invoice(total="300"))
    assert found(linked).event == "held"
    linked.crm(crm_invoice(after_vat=REMARK.format("исправлен")))
    assert found(linked).event == "dropped"


def test_of_what_cannot_be_written_there_is_nothing_to_lay_beside(tmp_path: Path) -> None:
    linked = Linked(tmp_path, version="auto")
    linked.crm(crm_invoice(rows=[crm_row(vat="НДС22", vat_sum="36.07")]))
    linked.bp(version="1.8")
    comparison = found(linked)
    assert (comparison.event, comparison.differences, comparison.raw) == ("held", None, "")


def test_an_older_version_says_more_than_a_newer_one_that_was_not_kept(linked: Linked) -> None:
    linked.bp(bp_payment().replace("<Номер>БП-1</Номер>", ""))
    unclear = bp_payment().replace("<Код>643<", "<Код>978<", 1).replace("<Код>643<", "<Код>840<", 1)
    linked.bp(unclear)
    comparison = found(linked, PAYMENT)
    assert (comparison.event, "<Документ.ПБДС" in comparison.raw) == ("dropped", True)


def test_catalogues_have_conflicts_too(linked: Linked) -> None:
    card = (
        "<Справочник.Контрагенты><КлючевыеСвойства>"
        f"{crm_party(name='Пример-Строй')}</КлючевыеСвойства></Справочник.Контрагенты>"
    )
    linked.bp(card)
    linked.crm(crm_counterparty(after="<Телефон>+7 000 000-00-01</Телефон>"), received=1)
    comparison = found(linked, f"Справочник.Контрагенты {PARTY}")
    assert comparison.winner == "crm"
    assert table(comparison) == {
        "КлючевыеСвойства/Наименование": ("Пример-Строй ООО", "Пример-Строй"),
        "Телефон": ("+7 000 000-00-01", None),
    }
