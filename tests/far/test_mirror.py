"""The working folder follows the server and the server follows it, whatever happens between."""

from __future__ import annotations

import io
import os
import shutil
import time
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import pytest
from msgspec.structs import replace

from converter.exchange.run import Exchange
from converter.far.ledger import NAME
from converter.far.mirror import trouble_of
from converter.far.opening import Credentials
from converter.far.transport import Entry, FarFailed, Transport, Wanted, Why
from converter.folder.inbox import LARGEST
from converter.problems import Stopped
from tests.exchange.world import BOOK, listing
from tests.far.conftest import Make
from tests.far.directory import Cut, Directory
from tests.far.world import FarWorld, Server, story
from tests.mapping.book import crm_invoice


@pytest.fixture
def world(directory: Server, make: Make) -> FarWorld:
    """An exchange over the simplest server, after its first pass."""
    made = make(directory)
    made.run()
    return made


def work(world: FarWorld, side: str) -> Path:
    """The working folder of a side."""
    return world.link.of(side).folder


# -- what the base does to its files ---------------------------------------------------------------


def test_a_growing_file_waits_and_is_taken_when_it_is_whole(world: FarWorld) -> None:
    data = world.crm.compose(crm_invoice())
    for share in (3, 2):
        world.crm.put(data[: len(data) // share])
        assert world.run().waiting == [("crm", world.crm.name)]
        world.tick(50)
    world.crm.put(data)
    assert [each.number for each in world.run().taken] == [1]


def test_one_that_stays_broken_is_rejected_after_settle_on_the_server_too(world: FarWorld) -> None:
    world.crm.put(world.crm.compose(crm_invoice())[:500])
    assert world.run().aside == []
    world.tick(61)
    assert [each.problem.kind.id for each in world.run().aside] == ["XML_CUT"]
    assert world.crm.rejected() == [world.crm.name, f"{world.crm.name}.txt"]
    assert not (world.crm.folder / world.crm.name).exists()


def test_the_time_of_a_file_is_kept(world: FarWorld) -> None:
    world.crm.send(crm_invoice())
    world.run()
    there, here = (each / world.crm.name for each in (world.crm.folder, work(world, "crm")))
    assert there.stat().st_mtime == pytest.approx(here.stat().st_mtime, abs=0.001)


def test_a_file_that_the_base_took_back_goes_here_too(world: FarWorld) -> None:
    world.crm.put(world.crm.compose(crm_invoice())[:500])
    world.run()
    (world.crm.folder / world.crm.name).unlink()
    world.tick(61)
    assert world.run().aside == []
    assert not (work(world, "crm") / world.crm.name).exists()


def test_a_change_that_size_and_time_do_not_show_is_seen(make: Make, directory: Server) -> None:
    """Two writings of one second look alike where a server tells seconds."""

    def opened(address: object, credentials: object) -> Directory:
        return Directory(directory.root / getattr(address, "path", ""), tick=1.0)

    world = make(directory._replace(connect=opened))
    path = world.crm.put(world.crm.compose(crm_invoice()))
    assert [each.number for each in world.run().taken] == [1]
    status = path.stat()
    path.write_bytes(world.crm.compose(crm_invoice(number="СЧ-2"), message_no=2, received_no=0))
    world.crm.sent = 2
    os.utime(path, (status.st_mtime, status.st_mtime))
    assert path.stat().st_size == status.st_size
    world.tick(5)
    assert [each.number for each in world.run().taken] == [2]
    steps = world.cut.steps
    world.tick(5)
    world.run()
    assert world.cut.steps - steps == 4, "and once it is certain it is not read again"


def test_a_change_is_seen_where_a_server_tells_no_times(make: Make, directory: Server) -> None:
    """Two messages of one size, one after the other: nothing but their content differs."""

    class Timeless(Directory):
        def entries(self, wanted: Wanted) -> list[Entry]:
            return [each._replace(modified=None) for each in super().entries(wanted)]

    def opened(address: object, credentials: object) -> Directory:
        return Timeless(directory.root / getattr(address, "path", ""))

    world = make(directory._replace(connect=opened))
    path = world.crm.put(world.crm.compose(crm_invoice()))
    assert [each.number for each in world.run().taken] == [1]
    size = path.stat().st_size
    world.tick(3600)
    path.write_bytes(world.crm.compose(crm_invoice(number="СЧ-2"), message_no=2, received_no=0))
    world.crm.sent = 2
    assert path.stat().st_size == size
    assert [each.number for each in world.run().taken] == [2]
    assert not world.run().did_something


def test_our_message_that_the_base_deleted_is_put_back(world: FarWorld) -> None:
    world.crm.send(crm_invoice())
    world.run()
    data = world.bp.ours().read_bytes()
    world.bp.ours().unlink()
    report = world.run()
    assert [(each.side, each.again) for each in report.written] == [("bp", True)]
    assert world.bp.ours().read_bytes() == data


def test_what_takes_the_place_of_our_message_is_written_over(world: FarWorld) -> None:
    world.crm.send(crm_invoice())
    world.run()
    data = world.bp.ours().read_bytes()
    world.bp.ours().write_bytes(b"another's")
    world.run()
    assert world.bp.ours().read_bytes() == data


def zipped(world: FarWorld) -> None:
    """BP sends a zip from now on, so our message for it is to be one."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(world.bp.name, world.bp.compose(BOOK.payment()))
    world.bp.put(data.getvalue(), world.bp.name.replace(".xml", ".zip"))


def test_our_message_of_another_name_goes(world: FarWorld) -> None:
    world.crm.send(crm_invoice())
    world.run()
    assert world.bp.ours().name.endswith(".xml")
    zipped(world)
    world.run()
    assert world.bp.ours().name.endswith(".zip")


def test_what_somebody_put_under_its_name_meanwhile_stays(world: FarWorld) -> None:
    world.crm.send(crm_invoice())
    world.run()
    old = world.bp.ours()
    zipped(world)

    def replaced(place: str) -> None:
        if place == "committed":
            old.write_bytes(b"another's")

    world.exchange(replaced).run()
    assert old.read_bytes() == b"another's"
    assert old.with_suffix(".zip").exists()


def test_what_a_cut_left_of_it_goes_too(world: FarWorld) -> None:
    class Cutting(Directory):
        def write(self, name: str, source: BinaryIO) -> None:
            super().write(name, io.BytesIO(source.read(9)))
            raise FarFailed(Why.AWAY, "cut off")

    world.connect = lambda address, credentials: Cutting(world.server.root / address.path)
    world.crm.send(crm_invoice())
    assert world.run().status == 3
    assert list(world.bp.folder.glob(".converter-*"))
    world.connect = world._connected
    zipped(world)
    world.run()
    assert world.bp.ours().name.endswith(".zip")
    assert not list(world.bp.folder.glob(".converter-*"))


@pytest.mark.parametrize("dies", [False, True], ids=["cut", "killed"])
def test_our_message_goes_even_if_its_arrival_was_never_heard_of(
    dies: bool, world: FarWorld
) -> None:
    class Deaf(Directory):
        def rename(self, old: str, new: str) -> None:
            super().rename(old, new)
            if self.root == world.bp.folder:
                raise KeyboardInterrupt if dies else FarFailed(Why.AWAY, "the answer was lost")

    world.connect = lambda address, credentials: Deaf(world.server.root / address.path)
    world.crm.send(crm_invoice())
    if dies:
        with pytest.raises(KeyboardInterrupt):
            world.run()
        world.close()
    else:
        assert world.run().status == 3
    assert world.bp.ours().name.endswith(".xml")
    world.connect = world._connected
    zipped(world)
    world.run()
    assert world.bp.ours().name.endswith(".zip")


# -- refused files -----------------------------------------------------------------------------------


def test_a_newer_file_in_the_place_of_a_refused_one_stays(world: FarWorld) -> None:
    world.crm.put(b"<x/>")

    def replaced(place: str) -> None:
        if place == "moved":
            world.crm.send(crm_invoice())

    report = world.exchange(replaced).run()
    assert [each.file for each in report.aside] == [world.crm.name]
    assert world.crm.rejected() == [world.crm.name, f"{world.crm.name}.txt"]
    (aside,) = (world.crm.folder / "rejected").glob("*.xml")
    assert aside.read_bytes() == b"<x/>"
    assert [each.number for each in world.run().taken] == [1]


def test_one_that_its_sender_took_away_meanwhile_is_kept(world: FarWorld) -> None:
    path = world.crm.put(b"<x/>")

    def gone(place: str) -> None:
        if place == "moved":
            path.unlink()

    world.exchange(gone).run()
    assert world.crm.rejected() == [world.crm.name, f"{world.crm.name}.txt"]
    assert not world.run().did_something


def test_one_that_somebody_tidied_up_here_is_refused_anew(world: FarWorld) -> None:
    world.crm.put(b"<x/>")

    def cut(place: str) -> None:
        if place == "moved":
            world.cut = Cut(0)

    assert world.exchange(cut).run().status == 3
    shutil.rmtree(work(world, "crm") / "rejected")
    world.cut = Cut()
    assert [world.run().status for _ in range(3)] == [0, 1, 0]
    assert world.crm.rejected() == [world.crm.name, f"{world.crm.name}.txt"]


def test_nothing_leaves_the_server_before_the_commit(world: FarWorld) -> None:
    class Death(BaseException):
        pass

    world.crm.put(b"<x/>")
    before = listing(world.server.root)

    def die(place: str) -> None:
        if place == "archived":
            raise Death

    with pytest.raises(Death):
        world.exchange(die).run()
    assert listing(world.server.root) == before
    world.close()
    world.run()
    assert world.crm.rejected() == [world.crm.name, f"{world.crm.name}.txt"]


# -- the server is away -------------------------------------------------------------------------------


def test_a_server_that_is_away_stops_its_side_only(world: FarWorld) -> None:
    world.crm.send(crm_invoice())
    world.bp.folder.rename(world.root / "away")
    report = world.run()
    assert [(side, each.kind.id) for side, each in report.away] == [("bp", "FOLDER_ABSENT")]
    assert report.status == 3
    assert [each.number for each in report.taken] == [1]
    (world.root / "away").rename(world.bp.folder)
    assert [each.side for each in world.run().written] == ["bp"]
    assert world.bp.read().number == 1


def test_what_lies_here_is_not_used_while_the_server_is_away(world: FarWorld) -> None:
    world.crm.put(world.crm.compose(crm_invoice())[:500])
    world.run()
    world.cut = Cut(0)
    world.tick(61)
    report = world.run()
    assert (report.aside, report.waiting) == ([], [])
    assert [side for side, _ in report.away] == ["crm", "bp"]


def test_a_server_that_is_away_is_tried_less_and_less_often(world: FarWorld) -> None:
    exchange = world.exchange()
    world.cut = Cut(0)
    begun, tried, told = world.tick(), [], set()
    for _ in range(1900):
        before = world.cut.steps
        (_, problem), _ = exchange.run().away
        told.add(problem)
        if world.cut.steps > before:
            tried.append((world.now - begun).total_seconds())
        world.tick()
    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert pauses == [5, 10, 20, 40, 80, 160, 320, 600, 600]
    assert len(told) == 1, "and the same is told, so that watch says it once"
    trouble = trouble_of(work(world, "crm"))
    assert trouble is not None
    assert (trouble.since, trouble.why.kind.id) == (begun, "FOLDER_AWAY")
    assert trouble.again is not None
    world.cut = Cut()
    world.now = trouble.again
    assert exchange.run().status == 0
    assert trouble_of(work(world, "crm")) is None


def test_a_new_process_tries_at_once_and_knows_since_when(world: FarWorld) -> None:
    world.cut = Cut(0)
    begun = world.tick()
    world.exchange().run()
    world.tick(1)
    world.exchange().run()
    trouble = trouble_of(work(world, "crm"))
    assert trouble is not None
    assert trouble.since == begun
    world.cut = Cut()
    world.crm.send(crm_invoice())
    assert [each.number for each in world.run().taken] == [1]


def test_a_refused_login_is_tried_seldom_and_its_password_asked_for_anew(world: FarWorld) -> None:
    asked = []

    def refused(address: object, credentials: Credentials) -> Transport:
        asked.append(credentials.password)
        raise FarFailed(Why.LOGIN, "530 no")

    world.connect = refused
    exchange = _with_password(world)
    world.environment["SERVER"] = "first"
    for _ in range(180):
        ((_, problem),) = exchange.run().away
        world.environment["SERVER"] = "second"
        world.tick()
    assert problem.kind.id == "FOLDER_LOGIN"
    assert asked == [b"first", b"second"]


def _with_password(world: FarWorld) -> Exchange:
    crm = replace(world.link.crm, login=replace(world.link.crm.login, password_env="SERVER"))
    bp = replace(world.link.bp, far=None)
    world.link = replace(world.link, crm=crm, bp=bp)
    return world.exchange()


def test_a_password_that_is_not_there_stops_its_side_only(world: FarWorld) -> None:
    exchange = _with_password(world)
    ((side, problem),) = exchange.run().away
    assert (side, problem.kind.id) == ("crm", "LOGIN_PASSWORD")
    assert "SERVER" in problem.what("en")


# -- what is lost -------------------------------------------------------------------------------------


def test_a_lost_ledger_doubles_nothing(world: FarWorld) -> None:
    story(world, world.run)
    before = [base.ours().read_bytes() for base in (world.crm, world.bp)]
    for side in ("crm", "bp"):
        (work(world, side) / NAME).write_bytes(b"{")
    assert not world.run().did_something
    assert [base.ours().read_bytes() for base in (world.crm, world.bp)] == before


def test_state_and_working_folder_lost_together_do_not_begin_anew(world: FarWorld) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.close()
    world.database.unlink()
    shutil.rmtree(world.root / "work")
    with pytest.raises(Stopped) as stopped:
        world.run()
    problem = stopped.value.problem
    assert problem.kind.id == "STATE_LOST"
    assert "Message_" in problem.what("en")
    assert "://" in problem.what("en")


def test_a_working_folder_that_was_lost_is_told(world: FarWorld) -> None:
    world.crm.send(crm_invoice())
    world.run()
    shutil.rmtree(work(world, "crm"))
    assert [each.kind.id for _, each in world.run().away] == ["FOLDER_BARE"]


def test_a_plan_changes_nothing_on_the_server(world: FarWorld) -> None:
    world.crm.send(crm_invoice())
    world.bp.put(b"<x/>")
    before, state = listing(world.server.root), world.row("crm")
    report = world.exchange().run(dry=True)
    assert [each.number for each in report.taken] == [1]
    assert [each.file for each in report.aside] == [world.bp.name]
    assert (listing(world.server.root), world.row("crm")) == (before, state)
    assert [each.number for each in world.run().taken] == [1]


# -- strange listings -----------------------------------------------------------------------------------


class Strange(Directory):
    """A server whose listing says more than there is."""

    def __init__(self, root: Path, *more: Entry) -> None:
        super().__init__(root)
        self.more = more
        self.read_names: list[str] = []

    def entries(self, wanted: Wanted) -> list[Entry]:
        return [*super().entries(wanted), *(each for each in self.more if wanted(each.name))]

    def read(self, name: str, into: BinaryIO) -> None:
        self.read_names.append(name)
        super().read(name, into)


def strange(world: FarWorld, *more: Entry) -> None:
    """The CRM's server lists these too."""

    def opened(address: object, credentials: object) -> Transport:
        side = getattr(address, "path", "")
        root = world.server.root / side
        return Strange(root, *more) if side == "crm" else Directory(root)

    world.connect = opened


@pytest.mark.parametrize(
    "name",
    [
        "Message/../../Message_CRM_BP.xml",
        "Message\\..\\x_CRM_BP.xml",
        "Message_C:x_CRM_BP.xml",
        "Message\r\n_CRM_BP.xml",
    ],
)
def test_a_name_that_leads_elsewhere_is_told_and_not_touched(name: str, world: FarWorld) -> None:
    strange(world, Entry(name, 10, time.time()))
    world.crm.send(crm_invoice())
    report = world.run()
    assert [each.kind.id for each in report.problems] == ["FILE_MISNAMED"]
    assert [each.number for each in report.taken] == [1]
    assert not list(world.root.rglob("x_CRM*"))


def test_names_that_are_one_on_some_systems_are_not_taken_for_two_files(world: FarWorld) -> None:
    strange(world, Entry("MESSAGE_crm_bp.XML", 10, 1.0))
    world.crm.send(crm_invoice())
    report = world.run()
    assert [each.kind.id for each in report.problems] == ["FILE_MISNAMED"]
    assert len(list(work(world, "crm").glob("*.xml"))) == 2


def test_our_file_is_known_where_the_server_keeps_another_case(world: FarWorld) -> None:
    uploads: list[str] = []

    class Lowering(Directory):
        def write(self, name: str, source: BinaryIO) -> None:
            uploads.append(name)
            super().write(name, source)

        def entries(self, wanted: Wanted) -> list[Entry]:
            return [each._replace(name=each.name.lower()) for each in super().entries(wanted)]

        def read(self, name: str, into: BinaryIO) -> None:
            super().read(next(each for each in self.names() if each.lower() == name), into)

        def size(self, name: str) -> int | None:
            return next(
                (super(Lowering, self).size(each) for each in self.names() if each.lower() == name),
                super().size(name),
            )

        def names(self) -> list[str]:
            return [each.name for each in self.root.iterdir()]

    world.connect = lambda address, credentials: Lowering(world.server.root / address.path)
    world.crm.send(crm_invoice())
    assert [each.number for each in world.run().taken] == [1]
    before = len(uploads)
    assert not world.run().did_something
    assert len(uploads) == before > 0, "and it is not brought again"
    assert world.bp.read().number == 1


def test_a_file_beyond_the_limit_is_not_fetched(world: FarWorld) -> None:
    strange(world, Entry("Message_X_CRM_BP.xml", LARGEST + 1, time.time()))
    world.crm.send(crm_invoice())
    report = world.run()
    assert [(side, each.kind.id) for side, each in report.away] == [("crm", "FILE_TOO_LARGE")]
    assert [each.number for each in report.taken] == [1]


def test_a_file_that_is_another_size_than_listed_is_left_alone(world: FarWorld) -> None:
    class Growing(Directory):
        def read(self, name: str, into: BinaryIO) -> None:
            super().read(name, into)
            into.write(b" ")

    world.connect = lambda address, credentials: Growing(world.server.root / address.path)
    world.crm.send(crm_invoice())
    report = world.run()
    assert (report.taken, report.waiting) == ([], [("crm", world.crm.name)])


@pytest.mark.parametrize("left", [None, b"<mess"], ids=["gone", "another"])
def test_a_file_that_is_replaced_while_it_is_asked_for_is_waited_for(
    left: bytes | None, world: FarWorld
) -> None:
    """As a base does that removes its message and writes the next one."""

    class Replaced(Directory):
        def read(self, name: str, into: BinaryIO) -> None:
            (self.root / name).unlink()
            if left is not None:
                (self.root / name).write_bytes(left)
            raise FarFailed(Why.DENIED, "550 no such file")

    world.connect = lambda address, credentials: Replaced(world.server.root / address.path)
    world.crm.send(crm_invoice())
    report = world.run()
    assert (report.taken, report.away) == ([], [])
    assert report.waiting == [("crm", world.crm.name)]


def test_a_file_that_cannot_be_read_is_told(world: FarWorld) -> None:
    class Closed(Directory):
        def read(self, name: str, into: BinaryIO) -> None:
            raise FarFailed(Why.DENIED, "550 permission denied")

    world.connect = lambda address, credentials: Closed(world.server.root / address.path)
    world.crm.send(crm_invoice())
    assert [each.kind.id for _, each in world.run().away] == ["FOLDER_REFUSED"]


def test_a_read_only_server_is_still_read(world: FarWorld) -> None:
    class ReadOnly(Directory):
        def write(self, name: str, source: BinaryIO) -> None:
            raise FarFailed(Why.DENIED, "550 read-only")

    world.connect = lambda address, credentials: ReadOnly(world.server.root / address.path)
    world.crm.send(crm_invoice())
    report = world.run()
    assert [each.number for each in report.taken] == [1]
    assert {each.kind.id for _, each in report.away} == {"FOLDER_REFUSED"}
    world.connect = world._connected
    assert world.run().status == 0
    assert world.bp.read().number == 1
