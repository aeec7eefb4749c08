"""ИНН, КПП, БИК and account numbers: what is wrong with them, if anything (SPEC §5).

All of it only warns: BP loads such numbers, and old and foreign data are full of them.
"""

from __future__ import annotations

import re
from functools import lru_cache

from converter.problems import Said

_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_11 = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_12 = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_ACCOUNT = (7, 1, 3)
_KPP = re.compile(r"\d{4}[\dA-Z]{2}\d{3}")
COMPANY = "ЮридическоеЛицо"
_COMPANY_DIGITS = Said("у юридического лица 10 цифр", "a company has 10 digits")
_PERSON_DIGITS = Said("у физического лица и ИП 12 цифр", "a person has 12 digits")


@lru_cache(maxsize=4096)
def inn_fault(inn: str, kind: str) -> Said | None:
    """Why an ИНН is wrong, in few words; None where it is right.

    A company has 10 digits with one check digit, a person 12 with two.
    """
    if not (inn.isascii() and inn.isdigit()) or len(inn) not in (10, 12):
        return Said("нужно 10 или 12 цифр", "10 or 12 digits are needed")
    if len(inn) != (10 if kind == COMPANY else 12):
        return _COMPANY_DIGITS if kind == COMPANY else _PERSON_DIGITS
    checks = ((9, _INN_10),) if len(inn) == 10 else ((10, _INN_11), (11, _INN_12))
    for position, weights in checks:
        if _check_digit(inn, weights) != int(inn[position]):
            return Said("не сходится контрольная цифра", "the check digit does not agree")
    return None


def _check_digit(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(d) * w for d, w in zip(digits, weights, strict=False)) % 11 % 10


@lru_cache(maxsize=4096)
def kpp_unusual(kpp: str) -> bool:
    """Whether a КПП has another form than 4 digits, 2 digits or letters, 3 digits."""
    return _KPP.fullmatch(kpp) is None


def bic_unusual(bic: str) -> bool:
    """Whether a БИК is not 9 digits beginning with 0."""
    return not (bic.isascii() and bic.isdigit() and len(bic) == 9 and bic[0] == "0")


@lru_cache(maxsize=4096)
def account_fits(account: str, bic: str) -> bool:
    """Whether an account's key fits its bank: a weighted sum of БИК digits and account ends in 0.

    Accounts at the Bank of Russia itself (БИК ending in 000-002) count the region instead.
    Numbers that are not of the Russian form are not judged.
    """
    if bic_unusual(bic) or not (account.isascii() and account.isdigit() and len(account) == 20):
        return True
    tail = bic[6:]
    prefix = f"0{bic[4:6]}" if tail in ("000", "001", "002") else tail
    digits = prefix + account
    return sum(int(d) * _ACCOUNT[i % 3] % 10 for i, d in enumerate(digits)) % 10 == 0
