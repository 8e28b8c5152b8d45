"""Frames: what belongs together is painted together, and once."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable
from inspect import getsource
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from textual._styles_cache import StylesCache
from textual.app import App, ComposeResult
from textual.await_remove import AwaitRemove
from textual.binding import Binding
from textual.color import Color
from textual.containers import Vertical
from textual.geometry import Region
from textual.message import Message
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import Screen
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from tui_billing import plain_app
from tui_billing.plain_app import PlainApp
from tui_billing.terminal import frames
from tui_billing.terminal.frames import FRAME_S, FramedScreen
from tui_billing.terminal.painting import Everything, keep_no_lines_of_what_has_gone, paint_lines, paint_only_changes

SEVERAL_FRAMES_S = 5 * FRAME_S
DEADLINE_S = 15.0


class Told(Message):
    """Something that another widget is to show."""


class Teller(Widget, can_focus=True):
    BINDINGS = [Binding("x", "tell")]

    def render(self) -> str:
        return "teller"

    def action_tell(self) -> None:
        self.refresh()
        self.post_message(Told())


class Shower(Widget):
    DEFAULT_CSS = "Shower { height: 1; dock: bottom; }"
    says, painted = "first", ""

    def render_lines(self, crop: Region) -> list[Strip]:
        self.painted = self.says
        return [Strip.blank(crop.width)] * crop.height


class Pair(FramedScreen[None]):
    """A widget that tells, deep down, and one that shows what it tells."""

    def compose(self) -> ComposeResult:
        self.shower = Shower()
        with Vertical(), Vertical():
            yield Teller()
        yield self.shower

    def on_told(self) -> None:
        self.shower.refresh()


class Desk(App[None]):
    """Counts what is painted."""

    frames = 0

    def get_default_screen(self) -> Pair:
        return Pair()

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        self.frames += 1
        super()._display(screen, renderable)


async def painted(pilot: Pilot[None], app: Desk, act: Callable[[], object]) -> int:
    async with asyncio.timeout(DEADLINE_S):
        while not app.frames:
            await pilot.pause()
        await pilot.pause(SEVERAL_FRAMES_S)
        before = app.frames
        act()
        while app.frames == before:
            await pilot.pause()
        await pilot.pause(SEVERAL_FRAMES_S)
        return app.frames - before


async def test_what_a_message_changes_is_painted_with_what_sent_it() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        assert await painted(pilot, app, lambda: app.screen.query_one(Teller).action_tell()) == 1


async def test_a_screen_knows_whether_something_waits_for_a_frame() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await painted(pilot, app, lambda: app.screen.query_one(Teller).action_tell())
        screen = app.screen
        assert isinstance(screen, FramedScreen)
        assert screen.is_painted
        paint_lines(screen.query_one(Teller), [0])
        assert not screen.is_painted


async def test_who_knows_that_all_is_there_paints_at_once_and_the_next_frame_leaves_a_while() -> None:
    app = Desk()
    async with app.run_test() as pilot, asyncio.timeout(DEADLINE_S):
        teller, screen = app.screen.query_one(Teller), app.screen
        assert isinstance(screen, FramedScreen)
        await painted(pilot, app, teller.action_tell)
        before, since_s = app.frames, monotonic()
        screen.paint()
        assert app.frames == before
        paint_lines(teller, [0])
        # The frame is on its way already.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        screen.paint()
        assert app.frames == before + 1
        paint_lines(teller, [0])
        while app.frames == before + 1:
            await asyncio.sleep(0)
        assert monotonic() >= since_s + FRAME_S


async def test_what_was_typed_before_a_screen_was_there_comes_right_behind_its_first_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(frames, "FRAME_S", 2 * DEADLINE_S)
    app = Desk()
    async with asyncio.timeout(DEADLINE_S), app.run_test():
        while not app.frames:
            await asyncio.sleep(0)
        app.screen.query_one(Teller).action_tell()
        while app.frames < 2:
            # A pause of the pilot's would paint.
            await asyncio.sleep(0)


async def test_a_screen_that_opens_is_painted_once_and_so_is_the_one_beneath_when_it_goes() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        assert await painted(pilot, app, lambda: app.push_screen(Pair())) == 1
        assert await painted(pilot, app, app.pop_screen) <= 2


async def test_what_lies_beneath_is_painted_before_what_lay_over_it_is_taken_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain_app, "PAINTED_S", DEADLINE_S)
    happened: list[object] = []

    class Over(Pair):
        def remove(self) -> AwaitRemove:
            happened.append("taken apart")
            return super().remove()

    class Framed(PlainApp):
        def get_default_screen(self) -> Pair:
            return Pair()

        def _display(self, screen: Screen[Any], renderable: Any) -> None:
            happened.append(screen)
            super()._display(screen, renderable)

    app = Framed(tmp_path / "log")
    async with app.run_test() as pilot, asyncio.timeout(DEADLINE_S):
        beneath, over = app.screen, Over()
        await app.push_screen(over)
        while over not in happened:
            await pilot.pause()
        happened.clear()
        over.dismiss()
        while "taken apart" not in happened:
            await pilot.pause()
    assert beneath in happened[: happened.index("taken apart")]


async def test_nothing_of_what_lay_over_a_screen_is_in_its_first_frame_afterwards() -> None:
    paint_only_changes()
    app = Desk()
    async with app.run_test() as pilot, asyncio.timeout(DEADLINE_S):
        beneath, over = app.screen, Pair()
        assert isinstance(beneath, Pair)
        over.styles.background = "black 50%"
        await app.push_screen(over)
        while over.shower.painted != "first":
            await pilot.pause()
        await pilot.pause(SEVERAL_FRAMES_S)
        # As if it had had no frame since it was covered.
        beneath._repaint_required = False
        beneath.shower.says = "seen again"
        app.pop_screen()
        paint_lines(beneath.query_one(Teller), [0])
        beneath._on_timer_update()
        assert beneath.shower.painted == "seen again"
        while beneath._covered:
            await pilot.pause()


async def test_a_screen_is_painted_whole_once_when_what_lay_over_it_has_gone(tmp_path: Path) -> None:
    paint_only_changes()
    wholes: list[Screen[Any]] = []

    class Noted(PlainApp):
        def get_default_screen(self) -> Pair:
            return Pair()

        def _display(self, screen: Screen[Any], renderable: Any) -> None:
            if isinstance(renderable, Everything):
                wholes.append(screen)
            super()._display(screen, renderable)

    app = Noted(tmp_path / "log")
    async with app.run_test() as pilot, asyncio.timeout(DEADLINE_S):
        beneath, over = app.screen, Pair()
        assert isinstance(beneath, Pair)
        await app.push_screen(over)
        while over not in wholes:
            await pilot.pause()
        await pilot.pause(SEVERAL_FRAMES_S)
        wholes.clear()
        app.pop_screen()
        paint_lines(beneath.query_one(Teller), [0])
        beneath.paint()
        while beneath._covered:
            await asyncio.sleep(0)
        await pilot.pause(SEVERAL_FRAMES_S)
    assert wholes == [beneath]


async def test_who_leaves_from_a_screen_that_goes_waits_for_no_frame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain_app, "PAINTED_S", 2 * DEADLINE_S)
    app = PlainApp(tmp_path / "log")

    async def leave() -> None:
        await app.push_screen_wait(Pair())
        app.exit()

    async with asyncio.timeout(DEADLINE_S), app.run_test() as pilot:
        app.run_worker(leave())
        while not isinstance(app.screen, Pair):
            await pilot.pause()
        app.screen.dismiss()


async def test_a_screen_hears_at_once_that_what_it_waited_for_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "READ_S", 2 * DEADLINE_S)
    monkeypatch.setattr(frames, "POLL_S", 2 * DEADLINE_S)

    class Waiting(Pair):
        reads = True

        @property
        def about_to_change(self) -> bool:
            return self.reads

        def on_told(self) -> None:
            self.reads = False

    app = Desk()
    async with app.run_test() as pilot, asyncio.timeout(DEADLINE_S):
        screen = Waiting()
        await app.push_screen(screen)
        while not screen.is_mounted:
            await pilot.pause()
        waiting = asyncio.create_task(screen.settled(monotonic()))
        await asyncio.sleep(0)
        screen.post_message(Told())
        await waiting


@pytest.mark.parametrize("background", ["black", "black 50%"])
async def test_a_change_is_painted_though_the_screen_beneath_changes_too(background: str) -> None:
    paint_only_changes()
    app = Desk()
    async with app.run_test() as pilot:
        beneath = app.screen
        top = Pair()
        top.styles.background = background

        async with asyncio.timeout(DEADLINE_S):
            await app.push_screen(top)
            while top.shower.painted != "first":
                await pilot.pause()
            beneath.query_one(Teller).refresh()
            top.shower.says = "changed"
            paint_lines(top.shower, [0])
            top.refresh(Region(0, 0, 1, 1))
            while top.shower.painted != "changed":
                await pilot.pause()


async def test_each_screen_shines_through_the_one_over_it_whichever_is_drawn_anew() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        modals = [Pair(), Pair(), Pair()]
        for modal in modals:
            modal.styles.background = "black 50%"
            await app.push_screen(modal)
        await pilot.pause()
        for modal, beneath in zip(modals, app.screen_stack, strict=False):
            drawn = modal.render()
            assert isinstance(drawn, BackgroundScreen)
            assert drawn.screen is beneath


def test_the_lines_of_a_widget_go_with_it() -> None:
    keep_no_lines_of_what_has_gone()
    lines = StylesCache()
    outer, inner = Color(1, 2, 3), Color(4, 5, 6)
    assert [style.background for style in lines.get_inner_outer(outer, inner)] == [inner, outer]
    gone = weakref.ref(lines)
    del lines
    assert gone() is None


@pytest.mark.parametrize(
    ("owner", "uses"),
    [
        (Screen, ["self._update_timer.resume()", "def _on_timer_update(", "self._compositor_refresh()"]),
        (Screen, ["event.refresh_styles", "self._repaint_required", "_get_breakpoint_classes("]),
        (Screen, ["visible_screen_stack.get().pop()"]),
        (Widget, ["self._extend_compose(widgets)", "def _clear_arrangement_cache("]),
        (Timer, ["await self._run()", "self._active.set()", "self._active.clear()", "async def _tick("]),
        (App, ["self._get_screen(screen)", "stylesheet.has_source(str(path)", "self.refresh(layout=True)"]),
        (App, ["await self._replace_screen(previous_screen)", "def is_screen_installed(", "self._exit = True"]),
        (MessagePump, ["await self._dispatch_message(message)"]),
    ],
)
def test_the_private_names_that_frames_rely_on_are_still_there(owner: type, uses: list[str]) -> None:
    source = getsource(owner)
    assert [use for use in uses if use not in source] == []
