"""The two formats as data: their names, versions, types and schemas.

`crm` and `enterprise_data` give the formats, read once from the *.fields texts beside this file.
A `Dialect` is one format in one version: what a message's Body is written in.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from msgspec import Struct

from converter.formats.notation import Format, View

CRM_NAMESPACE = "urn:enterprisedata-converter:crm:1.0"
CRM_VERSION = "1.0"
ENTERPRISE_DATA = "http://v8.1c.ru/edi/edi_stnd/EnterpriseData"
DEFAULT_BP_VERSION = "1.19"


def _load(name: str) -> Format:
    source = Path(__file__).with_name(name)
    return Format(source.read_text(encoding="utf-8"), name)


@cache
def crm() -> Format:
    """The CRM format (SPEC §3)."""
    return _load("crm.fields")


@cache
def enterprise_data() -> Format:
    """The part of EnterpriseData that the converter uses (SPEC §2)."""
    return _load("enterprisedata.fields")


@cache
def message_head() -> Format:
    """The head of every message (SPEC §2, FORMAT §2)."""
    return _load("message.fields")


class Dialect(Struct, frozen=True):
    """One format in one version: ``side`` is ``"crm"`` or ``"bp"``."""

    side: str
    version: str

    @property
    def namespace(self) -> str:
        return CRM_NAMESPACE if self.side == "crm" else f"{ENTERPRISE_DATA}/{self.version}"

    @property
    def format(self) -> Format:
        return crm() if self.side == "crm" else enterprise_data()

    @property
    def view(self) -> View:
        return self.format.at(self.version)

    @property
    def schema_folder(self) -> str:
        """Where this dialect's schemas lie under ``schemas/``."""
        return f"crm-{self.version}" if self.side == "crm" else f"enterprisedata-{self.version}"

    def __str__(self) -> str:
        return f"CRM {self.version}" if self.side == "crm" else f"EnterpriseData {self.version}"


CRM = Dialect("crm", CRM_VERSION)


def bp(version: str) -> Dialect:
    """BP's dialect of that version; a KeyError where we do not speak it."""
    if version not in enterprise_data().versions:
        raise KeyError(version)
    return Dialect("bp", version)


def dialect_of(namespace: str) -> Dialect | None:
    """The dialect that a namespace names; None where it is not ours."""
    if namespace == CRM_NAMESPACE:
        return CRM
    base, _, version = namespace.rpartition("/")
    if base == ENTERPRISE_DATA and version in enterprise_data().versions:
        return Dialect("bp", version)
    return None


def dialects() -> list[Dialect]:
    """Every dialect that the converter speaks."""
    return [CRM, *(Dialect("bp", version) for version in enterprise_data().versions)]
