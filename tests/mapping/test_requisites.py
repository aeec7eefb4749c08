"""ИНН, КПП, БИК and account keys, each against what others say of them."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from stdnum.ru import inn as oracle

from converter.mapping.requisites import (
    account_fits,
    bic_unusual,
    inn_fault,
    kpp_unusual,
)

COMPANY, PERSON = "ЮридическоеЛицо", "ФизическоеЛицо"
DIGITS = "0123456789"


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text(DIGITS, min_size=length, max_size=length)


@given(st.sampled_from([10, 12]).flatmap(digits))
def test_random_digits_are_an_inn_where_the_oracle_says_so(number: str) -> None:
    kind = COMPANY if len(number) == 10 else PERSON
    assert (inn_fault(number, kind) is None) == oracle.is_valid(number)


@settings(max_examples=50)
@given(digits(9))
def test_of_ten_last_digits_of_a_company_those_fit_that_the_oracle_takes(head: str) -> None:
    ours = [last for last in DIGITS if inn_fault(head + last, COMPANY) is None]
    assert ours == [last for last in DIGITS if oracle.is_valid(head + last)]
    assert len(ours) == 1


@settings(max_examples=20)
@given(digits(10))
def test_of_a_hundred_last_digits_of_a_person_those_fit_that_the_oracle_takes(head: str) -> None:
    tails = [a + b for a in DIGITS for b in DIGITS]
    ours = [tail for tail in tails if inn_fault(head + tail, PERSON) is None]
    assert ours == [tail for tail in tails if oracle.is_valid(head + tail)]
    assert len(ours) == 1


@given(st.text(DIGITS, max_size=12))
def test_a_number_of_another_length_is_no_inn(number: str) -> None:
    assume(len(number) not in (10, 12))
    assert inn_fault(number, COMPANY) is not None
    assert not oracle.is_valid(number)


@pytest.mark.parametrize(
    ("number", "kind", "sound"),
    [
        ("7707083893", COMPANY, True),
        ("7707083893", PERSON, False),
        ("500100732259", PERSON, True),
        ("500100732259", COMPANY, False),
        ("7707083894", COMPANY, False),
        ("500100732258", PERSON, False),
        ("500100732269", PERSON, False),
        ("770708389A", COMPANY, False),
        ("٧٧٠٧٠٨٣٨٩٣", COMPANY, False),
        ("", COMPANY, False),
    ],
)
def test_an_inn_fits_its_kind_of_person(number: str, kind: str, sound: bool) -> None:
    assert (inn_fault(number, kind) is None) is sound


@pytest.mark.parametrize(
    ("kpp", "unusual"),
    [
        ("998801001", False),
        ("7707AB001", False),
        ("77070100", True),
        ("7707010011", True),
        ("7707ab001", True),
        ("7707ЯЯ001", True),
        ("770701 01", True),
        ("A70701001", True),
        ("77070100A", True),
        ("998801001\n", True),
    ],
)
def test_a_kpp_has_four_digits_two_digits_or_letters_and_three_digits(
    kpp: str, unusual: bool
) -> None:
    assert kpp_unusual(kpp) is unusual


@pytest.mark.parametrize(
    ("bic", "unusual"),
    [
        ("044525225", False),
        ("144525225", True),
        ("04452522", True),
        ("0445252250", True),
        ("04452522A", True),
        ("٠٤٤٥٢٥٢٢٥", True),
    ],
)
def test_a_bic_has_nine_digits_and_begins_with_zero(bic: str, unusual: bool) -> None:
    assert bic_unusual(bic) is unusual


@pytest.mark.parametrize(
    ("account", "bic", "fits"),
    [
        ("40702810800000004101", "049999871", True),
        ("40702810500000007702", "049999652", True),
        ("40702810800000004101", "049999652", False),
        ("40702810800000004102", "049999871", False),
        ("40702810900000004101", "049999871", False),
        ("4070281080000000410", "049999871", True),  # not of the Russian form: not judged
        ("DE89370400440532013000", "049999871", True),
        ("40702810800000004101", "чужой БИК", True),
    ],
)
def test_an_accounts_key_fits_its_bank(account: str, bic: str, fits: bool) -> None:
    assert account_fits(account, bic) is fits


@given(digits(8), digits(11), digits(7))
def test_exactly_one_key_fits_an_account(head: str, tail: str, bank: str) -> None:
    fitting = [key for key in DIGITS if account_fits(head + key + tail, f"04{bank}")]
    assert len(fitting) == 1


@given(digits(8), digits(11), st.integers(3, 99), st.sampled_from(["000", "001", "002"]))
def test_at_the_bank_of_russia_the_fifth_and_sixth_digit_of_the_bic_count(
    head: str, tail: str, place: int, office: str
) -> None:
    """The key is that of a commercial bank whose БИК ends in 0 and these two digits."""
    for key in DIGITS:
        account = head + key + tail
        ours = account_fits(account, f"0445{place:02}{office}")
        assert ours == account_fits(account, f"0499990{place:02}")
