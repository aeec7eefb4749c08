"""Names of messages, as 1C writes and looks for them."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.folder.durable import temporary_in
from converter.folder.names import is_message, latin, written_name

GUID = "4d1c3f5e-6a50-11ef-9f6b-0050568d1a2b"
CODES = st.text(
    st.characters(categories=("L", "N"), include_characters="-_ №"), min_size=1, max_size=36
)


@pytest.mark.parametrize(
    ("sender", "receiver", "suffix", "transliterate", "name"),
    [
        ("CRM", "BP", ".xml", False, "Message_CRM_BP.xml"),
        ("CRM", "BP", ".zip", True, "Message_CRM_BP.zip"),
        ("НФ", "ДЗ", ".zip", False, "Message_НФ_ДЗ.zip"),
        ("НФ", "ДЗ", ".zip", True, "Message_NF_DZ.zip"),
        ("ЦБ", "Щёлково", ".xml", True, "Message_TsB_Shchelkovo.xml"),
        ("Объём", "ЮЖ", ".xml", True, "Message_Obem_YuZh.xml"),
    ],
)
def test_the_name_that_is_written(
    sender: str, receiver: str, suffix: str, transliterate: bool, name: str
) -> None:
    assert written_name(sender, receiver, suffix, transliterate) == name


def test_russian_letters_become_latin_ones_and_all_others_stay() -> None:
    letters = "".join(map(chr, range(ord("А"), ord("я") + 1))) + "Ёё"
    assert latin(letters).isascii()
    assert latin("№ 1-Ї") == "№ 1-Ї"
    assert latin("й") == "y", "also where it is written with a mark of its own"


@pytest.mark.parametrize(
    "name",
    [
        "Message_BP_CRM.xml",
        "Message_BP_CRM.zip",
        "message_bp_crm.XML",
        "MessageЦБ_BP_CRM.xml",
        "Message_ЦБ_BP_CRM.xml",
        "Message_ПР_ЦБ_BP_CRM.zip",
        f"Message_{GUID}_CRM.xml",
        f"Message_ЦБ_{GUID.upper()}_crm.zip",
    ],
)
def test_names_that_are_messages(name: str) -> None:
    assert is_message(name, ["BP", GUID], ["CRM"])


@pytest.mark.parametrize(
    "name",
    [
        "Message_CRM_BP.xml",
        "Message_BP_CRM.xml.tmp",
        "Message_BP_CRM.txt",
        "Message_BP_CRM",
        "Message_BP_CRM (1).xml",
        "Message_BP_CRM2.xml",
        "Message_XBP_CRM.xml",
        "MessageBP_CRM.xml",
        "Mesage_BP_CRM.xml",
        ".Message_BP_CRM.xml",
        "~Message_BP_CRM.xml",
        "20261125-094501 Message_BP_CRM.xml",
        "",
        ".xml",
        "Message.xml",
        "Message_.xml",
        "Message__.xml",
    ],
)
def test_names_that_are_not(name: str) -> None:
    assert not is_message(name, ["BP", GUID], ["CRM"])


def test_both_forms_of_cyrillic_codes_are_read() -> None:
    for name in ("Message_НФ_ДЗ.zip", "Message_NF_DZ.zip", "Message_нф_DZ.xml"):
        assert is_message(name, ["НФ"], ["ДЗ"])


def test_letters_that_a_mac_takes_apart_are_the_same_letters() -> None:
    name = unicodedata.normalize("NFD", "Message_ЙЁ_CRM.xml")
    assert is_message(name, ["ЙЁ"], ["CRM"])


def test_an_id_that_is_empty_matches_nothing() -> None:
    assert not is_message("Message__CRM.xml", [""], ["CRM"])
    assert not is_message("Message_BP_CRM.xml", [], ["CRM"])
    assert not is_message("Message__CRM.xml", ["Ъ"], ["CRM"]), "nothing is left of it in Latin"


@given(CODES, CODES, st.sampled_from([".xml", ".zip"]), st.booleans(), st.lists(CODES, max_size=2))
def test_what_is_written_is_read(
    sender: str, receiver: str, suffix: str, transliterate: bool, others: list[str]
) -> None:
    name = written_name(sender, receiver, suffix, transliterate)
    if transliterate and not (latin(sender) and latin(receiver)):
        return  # such codes leave nothing to write
    for seen in (name, unicodedata.normalize("NFD", name), name.casefold()):
        assert is_message(seen, [*others, sender], [receiver, *others])


def test_temporaries_of_ours_are_never_messages() -> None:
    name = temporary_in(Path("x")).name
    assert not is_message(name, ["BP"], ["CRM"])
    assert not name.lower().startswith("message")
