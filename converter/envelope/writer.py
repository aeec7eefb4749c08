"""The envelope around objects that are already text, as 1C writes it (FORMAT §2)."""

from __future__ import annotations

from converter.envelope.header import MSG, Header, write_header

BOM = "\ufeff"
XS = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"


def opening(header: Header, namespace: str, bom: bool) -> str:
    """Everything before the first object, ready to be encoded in UTF-8."""
    mark = BOM if bom else ""
    return (
        f'{mark}<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Message xmlns:msg="{MSG}" xmlns:xs="{XS}" xmlns:xsi="{XSI}">\n'
        f"{write_header(header)}"
        f'\t<Body xmlns="{namespace}">\n'
    )


def closing() -> str:
    """Everything after the last object."""
    return "\t</Body>\n</Message>\n"
