"""A practice desk: a demo database of a fixed day, and people who sit down at it."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual import events
from textual.geometry import Offset
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

import tui_billing.app
from tests.desk_fixtures import with_gateways
from tests.screens.pictures import screen_lines
from tui_billing.app import BillingApp
from tui_billing.config import HashingCost, Settings
from tui_billing.desk import create_demo, open_services
from tui_billing.domain.accounts import Account
from tui_billing.domain.demo_users import DEMO_PASSWORD
from tui_billing.gateways.base import Answer, ChargeRequest, GatewayTransaction, RefundRequest
from tui_billing.gateways.sandbox import SandboxGateway
from tui_billing.screens.desk_screen import DeskScreen
from tui_billing.screens.messages import AccountOpened, Place, PlaceChosen, SignedIn
from tui_billing.screens.modals.desk_modal import DeskModal
from tui_billing.screens.places import PLACES
from tui_billing.services.desk_services import DeskServices
from tui_billing.services.session import OperatorSession
from tui_billing.store.engine import Store
from tui_billing.widgets.field import Field
from tui_billing.widgets.form import Form
from tui_billing.widgets.key_bar import KeyBar
from tui_billing.widgets.virtual_table import VirtualTable

NOW = datetime(2026, 3, 17, 9, 30, tzinfo=UTC)
DEADLINE_S = 15.0
POLL_S = 0.005
# Reading the screen takes a while itself.
LOOK_S = 0.03
DATABASE = "demo.db"
FILES = (DATABASE, "demo.sandbox.db")
SMALL, WIDE = (80, 24), (120, 40)
KEYS = {"/": "slash", ".": "full_stop", "-": "minus", ",": "comma", " ": "space", "_": "underscore"}
CHARACTERS = {"enter": "\r", "tab": "\t", "space": " ", "escape": "\x1b", "slash": "/"}

GLOBEX, MARA, BRUNO, DIEGO, YUSUF = "10000056", "10000093", "10000870", "10000611", "10000648"


def settings_of_practice() -> Settings:
    """The settings of a desk in the current directory."""
    return Settings(
        database=DATABASE,
        log_file=Path("desk.log"),
        hashing=HashingCost(memory_kib=64, rounds=1),
        demo=True,
        # A test looks when it wants to.
        watch_pause_s=3_600,
    )


def make_practice(directory: Path) -> None:
    """Make the database that every practice desk is copied from, with nothing pending that a desk would look up."""
    settings = replace(settings_of_practice(), database=str(directory / DATABASE))
    create_demo(settings, clock=lambda: NOW)
    services = open_services(settings, lambda: NOW)
    services.outcomes.resolve_all()
    services.payments.store.close()


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


class HeldGateway(SandboxGateway):
    """The sandbox, which answers only while it is not held."""

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        super().__init__(path, clock)
        self.open = threading.Event()
        self.open.set()
        self.calls = self.listed = 0

    def charge(self, request: ChargeRequest) -> Answer:
        self._wait()
        return super().charge(request)

    def refund(self, request: RefundRequest) -> Answer:
        self._wait()
        return super().refund(request)

    def find(self, key: str, since: datetime | None = None) -> Answer | None:
        self.open.wait(DEADLINE_S)
        return super().find(key, since)

    def transactions(self, since: datetime) -> Sequence[GatewayTransaction]:
        self.listed += 1
        self.open.wait(DEADLINE_S)
        return super().transactions(since)

    def _wait(self) -> None:
        self.calls += 1
        self.open.wait(DEADLINE_S)


@dataclass
class Practice:
    """The demo database of one test, and what it takes to sit down at it."""

    settings: Settings
    clock: Clock = field(default_factory=Clock)
    stores: list[Store] = field(default_factory=list)
    gateway: HeldGateway = field(init=False)

    def __post_init__(self) -> None:
        self.gateway = HeldGateway(Path(FILES[1]), self.clock)

    def rows(self, statement: str, *values: object) -> list[Any]:
        """What an SQL query finds."""
        with closing(sqlite3.connect(self.settings.database)) as connection:
            return connection.execute(statement, values).fetchall()

    def one(self, statement: str, *values: object) -> Any:
        """The one value that an SQL query finds."""
        ((value,),) = self.rows(statement, *values)
        return value

    def execute(self, statement: str, *values: object) -> None:
        """Run an SQL statement in a transaction of its own, past every rule but the database's."""
        with closing(sqlite3.connect(self.settings.database, timeout=DEADLINE_S)) as connection, connection:
            connection.execute(statement, values)

    def payments(self, number: str) -> int:
        """How many payments and credits an account has."""
        count = self.one(
            "SELECT count(*) FROM payment JOIN account ON account.id = account_id WHERE number = ?", number
        )
        assert isinstance(count, int)
        return count

    def balance_minor(self, number: str) -> int:
        """The balance of an account, in minor units."""
        balance = self.one("SELECT funds_minor - receivable_minor FROM account WHERE number = ?", number)
        assert isinstance(balance, int)
        return balance

    def services(self) -> DeskServices:
        """The services on this database, with a clock and a gateway that tests move."""
        services = with_gateways(open_services(self.settings, self.clock), self.gateway)
        self.stores.append(services.payments.store)
        return services

    @asynccontextmanager
    async def desk(
        self,
        name: str = "",
        account: str = "",
        place: Place = Place.DASHBOARD,
        *,
        beneath: bool = False,
        size: tuple[int, int] = SMALL,
        services: Callable[[], DeskServices] | None = None,
        idle_lock_s: int | None = None,
    ) -> AsyncIterator[Operator]:
        """A desk, with `name` signed in if given, and the account's place open if given.

        What one comes through on the way there lies `beneath` it only if that is asked for: most do not go back.
        """
        settings = self.settings if idle_lock_s is None else replace(self.settings, idle_lock_s=idle_lock_s)
        app = BillingApp(settings, services or self.services)
        async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
            operator = Operator(self, app, pilot)
            if name and (beneath or not account):
                await operator.sits_down(name)
            if account:
                await (operator.goes_to(account, place) if beneath else operator.begins_at(name, account, place))
            yield operator
            self.gateway.open.set()
            # The end of a real desk waits for its turn; the end of this one would come in the middle of things.
            if app.is_running:
                await operator.is_through()
        await _threads_end()


class Operator:
    """Somebody at the desk: types and clicks as one does, without waiting for the screen, and reads what it says."""

    def __init__(self, practice: Practice, app: BillingApp, pilot: Pilot[None]) -> None:
        self.practice = practice
        self.app = app
        self.pilot = pilot

    @property
    def lines(self) -> list[str]:
        """The screen as it stands, line by line."""
        return screen_lines(self.app)

    @property
    def screen(self) -> str:
        """The screen as it stands, as one text, with what was wrapped in boxes still wrapped."""
        return "\n".join(self.lines)

    @property
    def place(self) -> str:
        """The name of the screen on top."""
        return type(self.app.screen).__name__

    @property
    def words(self) -> str:
        """The screen, or the box that lies over it, without frames and line breaks."""
        lines, box = self.lines, self._box
        if box is not None:
            x, y, width, height = box.region
            lines = [line[line_index(line, x) : line_index(line, x + width)] for line in lines[y : y + height]]
        return " ".join("".join(" " if c in "│┃▌╭╮╰╯─▊▎" else c for c in " ".join(lines)).split())

    @property
    def keys(self) -> list[tuple[str, str]]:
        """What the key bar offers, whether or not it fits: key and words."""
        return [(entry.display, entry.description) for entry in self.app.screen.query_one(KeyBar).entries]

    @property
    def error(self) -> str:
        """What a dialog says under a field."""
        return " ".join(field.error for field in self._fields if field.error)

    @property
    def notices(self) -> list[str]:
        """The notices that are up, each as title and sentence."""
        return [f"{notice.title}: {notice.message}" for notice in self.app._notifications]

    @property
    def table(self) -> VirtualTable[Any]:
        """The list of this screen."""
        return self.app.screen.query_one(VirtualTable)

    @property
    def row(self) -> Any:
        """The row under the cursor of this screen's list."""
        return self.table.selected_row

    @property
    def session(self) -> OperatorSession:
        """The session of who is signed in."""
        assert self.app.session is not None
        return self.app.session

    @property
    def _fields(self) -> list[Field]:
        """The fields of the form on this screen."""
        forms = self.app.screen.query(Form)
        return [part for form in forms for part in form.parts if isinstance(part, Field)]

    async def types(self, text: str) -> None:
        """Type text, key by key."""
        for character in text:
            self.app.post_message(events.Key(KEYS.get(character, character), character))

    async def presses(self, *keys: str) -> None:
        """Press keys by their names."""
        for key in keys:
            character = CHARACTERS.get(key, key if len(key) == 1 else None)
            self.app.post_message(events.Key(key, character))

    async def fills_in(self, *texts: str) -> None:
        """Type into the field with the focus, and into those behind it."""
        for index, text in enumerate(texts):
            if index:
                await self.presses("tab")
            await self.types(text)

    async def until(self, condition: Callable[[], object], what: str = "", poll_s: float = POLL_S) -> None:
        """Wait until the condition holds; fails with the screen if it never does."""
        loop = asyncio.get_running_loop()
        end_s = loop.time() + DEADLINE_S
        while not condition():
            if self.app._exception is not None:
                raise self.app._exception
            assert loop.time() < end_s, f"never {what or 'came true'}; the screen is {self.place}:\n{self.screen}"
            await asyncio.sleep(poll_s)

    async def sees(self, *texts: str) -> None:
        """Wait until all these words are on the screen."""
        await self.until(lambda: _holds(self.words, texts), f"saw {texts}", LOOK_S)

    async def is_told(self, text: str) -> None:
        """Wait until a notice says these words."""
        await self.until(lambda: any(text in notice for notice in self.notices), f"was told {text}; was {self.notices}")

    async def errs(self, sentence: str) -> None:
        """Wait until all keys are acted upon and the sentence stands below the field that has the focus."""
        await self.settles()
        await self.until(lambda: sentence in self.error, f"read {sentence}")
        (wrong,) = [field for field in self._fields if field.error]
        # The cursor is sent there in a message of its own.
        await self.until(lambda: wrong.widget.has_focus, f"was led to where {sentence} stands")
        await self.sees(sentence)

    async def sees_no_more(self, text: str) -> None:
        """Wait until these words are off the screen."""
        await self.until(lambda: text not in self.words, f"lost {text}", LOOK_S)

    async def is_at(self, place: str | type[Screen[Any]]) -> None:
        """Wait until a screen of this name is on top, has the focus where it belongs and its rows on it."""
        name = place if isinstance(place, str) else place.__name__
        await self.until(lambda: self.place == name and self._ready(), f"came to {name}")

    async def settles(self) -> None:
        """Wait until every key so far has had its effect, and paint what has come of it."""
        await self.is_through()
        screen_lines(self.app)

    async def is_through(self) -> None:
        """Wait until every key so far has had its effect."""
        await self._passed_on(self.app)
        await self.until(lambda: self.app._gate._task is None, "acted on every key")
        for pump in (self.app.focused, self.app.screen, self.app):
            if pump is not None and pump.is_running:
                await self._passed_on(pump)
        await self.until(self._ready, "was ready")

    async def rests(self) -> None:
        """Wait until the screen shows the same twice in a row, with a pause between."""
        before = [""]
        while before != self.lines:
            before = self.lines
            await self.pilot.pause()

    async def signs_in(self, name: str, password: str = DEMO_PASSWORD) -> None:
        """Log in as one does."""
        await self.types(name)
        await self.presses("tab")
        await self.types(password)
        await self.presses("enter")

    async def sits_down(self, name: str) -> None:
        """Be signed in, by a shorter way than typing."""
        services = await self.app.services()
        session = await asyncio.to_thread(services.sign_in.sign_in, name, DEMO_PASSWORD)
        self.app.post_message(SignedIn(session))
        await self.until(lambda: self.place not in ("LoginScreen", "Screen"), "signed in")
        await self.is_through()

    async def begins_at(self, name: str, number: str, place: Place) -> None:
        """Be signed in with a place of a customer as the first screen, and no other beneath it."""

        async def first_screen(services: DeskServices, session: OperatorSession) -> tuple[type[DeskScreen], Account]:
            return PLACES[place], await asyncio.to_thread(services.accounts.show, session, number)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tui_billing.app, "load_first_screen", lambda services: first_screen)
            await self.sits_down(name)

    async def goes_to(self, number: str, place: Place) -> None:
        """Be at a place of a customer, by a shorter way than the keys."""
        services = await self.app.services()
        account = await asyncio.to_thread(services.accounts.show, self.session, number)
        if self.place != "Dashboard":
            self.app.post_message(AccountOpened(account))
        if place is not Place.DASHBOARD:
            await self.is_at("Dashboard")
            self.app.post_message(PlaceChosen(account, place))
        await self.is_at({Place.DASHBOARD: "Dashboard"}.get(place, place.value))
        await self.is_through()

    async def selects(self, chosen: Callable[[Any], bool]) -> Any:
        """Go down the list to the first row that is chosen."""
        await self.settles()
        await self.presses("home")
        await self.settles()
        while not chosen(self.row):
            before = self.row
            await self.presses("j")
            await self.until(lambda before=before: self.row is not before, "came to such a row")  # type: ignore[misc]
        return self.row

    def spot(self, text: str, nth: int = 0) -> Offset:
        """Where on the screen these words begin."""
        found = [(line.index(text), y) for y, line in enumerate(self.lines) if text in line]
        assert len(found) > nth, f"no {text!r} on the screen:\n{self.screen}"
        x, y = found[nth]
        return Offset(cell_len(self.lines[y][:x]), y)

    async def clicks(self, text: str, nth: int = 0, times: int = 1) -> None:
        """Click on these words, as a terminal would: the event knows the widget that is there."""
        x, y = self.spot(text, nth)
        widget, region = self.app.get_widget_at(x, y)
        await self.pilot.click(widget, offset=(x - region.x, y - region.y), times=times)

    async def points_at(self, text: str, nth: int = 0) -> None:
        """Move the mouse over these words."""
        await self.pilot.hover(offset=self.spot(text, nth))

    async def _passed_on(self, pump: MessagePump) -> None:
        """Wait until a widget, screen or application has dealt with all that was sent to it."""
        done = asyncio.Event()
        if pump.call_later(done.set):
            await self.until(done.is_set, f"heard from {type(pump).__name__}")

    @property
    def _box(self) -> Widget | None:
        """What lies over the screen."""
        modal = isinstance(self.app.screen, DeskModal)
        return next(iter(self.app.screen.query_children("Vertical, Form")), None) if modal else None

    def _ready(self) -> bool:
        screen, box = self.app.screen, self._box
        if box is not None and not box.region:
            # Not laid out yet.
            return False
        focused = screen.focused
        tables = [table for table in screen.query(VirtualTable) if not table.settled]
        return screen.is_mounted and (focused is not None or not screen.focus_chain) and not tables


async def _threads_end() -> None:
    """Wait for what was still being read when the desk ended: its connection can be closed only then."""
    loop = asyncio.get_running_loop()
    working = loop.__dict__.get("_default_executor")
    if working is not None:
        loop.set_default_executor(ThreadPoolExecutor())
        await asyncio.to_thread(working.shutdown)


def text_in(operator: Operator) -> str:
    """The text of the field that has the focus."""
    focused = operator.app.focused
    assert isinstance(focused, Input)
    return focused.value


def line_index(line: str, cell: int) -> int:
    """The index of the character in this cell of a line, in which some characters may be two cells wide."""
    return next((index for index in range(len(line)) if cell_len(line[:index]) >= cell), len(line))


def copied(template: Path, directory: Path) -> Iterator[Practice]:
    """A practice desk of its own in this directory, which must be the current one."""
    for name in FILES:
        shutil.copy(template / name, directory / name)
    practice = Practice(settings_of_practice())
    yield practice
    practice.gateway.open.set()
    for store in practice.stores:
        store.close()


def minutes(count: int) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)


def _holds(words: str, texts: Iterable[str]) -> bool:
    return all(text in words for text in texts)
