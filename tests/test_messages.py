"""The builders of `tests.messages` make what they say: valid messages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml import etree

from converter.formats import CRM, enterprise_data
from converter.formats.schemas import schema_path
from tests import messages

SINCE = enterprise_data().versions.index("1.7")


def test_the_crms_objects_are_valid() -> None:
    text = messages.crm_message(
        messages.crm_counterparty(), messages.crm_invoice(), messages.crm_deletion()
    )
    schema = etree.XMLSchema(etree.parse(str(schema_path(CRM, "Message.xsd"))))
    assert schema.validate(etree.fromstring(text)), schema.error_log.last_error


@pytest.mark.parametrize("version", enterprise_data().versions[SINCE:])
def test_bps_objects_are_valid_since_1_7(
    version: str, official: Callable[[str], etree.XMLSchema]
) -> None:
    settles = messages.bp_settles("РеализацияТоваровУслуг", messages.SHIPMENT, "БП-2")
    text = messages.bp_message(
        messages.bp_invoice(),
        messages.bp_payment(),
        messages.bp_payment(messages.guid(20), order="", settles=settles),
        messages.bp_shipment(),
        messages.bp_deletion(),
        version=version,
    )
    schema = official(version)
    assert schema.validate(etree.fromstring(text)), schema.error_log.last_error


def test_a_greeting_is_valid_in_every_version(official: Callable[[str], etree.XMLSchema]) -> None:
    schema = official("1.19")
    assert schema.validate(etree.fromstring(messages.greeting())), schema.error_log.last_error
