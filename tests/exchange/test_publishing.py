"""What the state says lies in a folder comes to lie there, whole and once (PROTOCOL R11)."""

from __future__ import annotations

from hashlib import sha256

import pytest

from converter.state.outbox import PIECE, Outbox
from tests.exchange.conftest import Make
from tests.mapping.book import crm_invoice, crm_row
from tests.messages import guid


def test_a_message_of_many_pieces_lies_in_the_folder_whole(make: Make) -> None:
    world = make(url="")
    rows = "".join(crm_row(line) for line in range(1, 101))
    world.crm.send(
        *(crm_invoice(guid(each), f"СЧ-{each}", total="20000", goods=rows) for each in range(1, 81))
    )
    world.run()
    data = world.bp.ours().read_bytes()
    assert len(data) > 16 * PIECE
    with world.state().read() as connection:
        outbox = Outbox(connection, "main", "bp")
        message = outbox.get(1)
        assert message is not None
        assert data == b"".join(outbox.pieces(1))
        assert sha256(data).hexdigest() == message.digest


@pytest.mark.parametrize("same", [True, False])
def test_what_lies_there_already_is_not_delivered_again(make: Make, same: bool) -> None:
    """A pass cut off after it delivered; a file that only begins like ours is another."""
    world = make()
    world.crm.send(crm_invoice())

    def cut(name: str) -> None:
        if name == "delivered":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.run(cut)
    path = world.crm.ours()
    if not same:
        path.write_bytes(path.read_bytes().replace(b"</Body>", b"</Body>\n"))
    before = path.stat().st_ino
    world.run()
    assert (path.stat().st_ino == before) is same
    assert world.crm.read().number == 1
