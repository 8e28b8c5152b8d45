"""When a screen is painted: once for all that belongs together. It knows Textual's private names, which a test watches.

Textual paints at each layout, several times while a screen opens, and one to two sixtieths of a second apart else.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import monotonic
from typing import Any, Generic, TypeVar

from rich.console import RenderableType
from textual import events
from textual._context import visible_screen_stack
from textual.message import Message
from textual.reactive import Reactive
from textual.screen import Screen
from textual.timer import EventTargetGone, Timer
from textual.widget import Widget

FRAME_S = 1 / 60
# A message from one widget through those above it to another one, which asks to be painted: a turn for each on its way.
TURNS = 6
# Rows that are read within it are painted at once, without a blank list before them.
READ_S = 0.05
POLL_S = 0.001

ResultT = TypeVar("ResultT")


class Frames(Timer):
    """Paints as soon as what is on its way has arrived, but no two frames sooner after each other than is of use."""

    def __init__(self, screen: FramedScreen[Any]) -> None:
        super().__init__(screen, FRAME_S, name="frames", callback=screen._on_timer_update, pause=True)
        self._screen = screen
        self._next_s, self._is_first = 0.0, True

    def note(self) -> None:
        """Note that a frame is painted now: the next one leaves a while, but behind the first none."""
        # What was typed before a screen was there comes up right behind its first frame.
        self._next_s = 0.0 if self._is_first else monotonic() + FRAME_S
        self._is_first = False

    async def _run(self) -> None:
        while True:
            await self._active.wait()
            asked_s = monotonic()
            await asyncio.sleep(max(0.0, self._next_s - asked_s))
            for _ in range(TURNS):
                await asyncio.sleep(0)
            await self._screen.settled(asked_s)
            # It may have been painted meanwhile, and have changed since.
            if self._active.is_set() and self._next_s <= monotonic():
                self.note()
                with suppress(EventTargetGone):
                    await self._tick(next_timer=asked_s, count=0)


class FramedScreen(Screen[ResultT], Generic[ResultT], inherit_bindings=False):
    """A screen that is painted in frames and no other way, however often it is laid out."""

    # Who gets the focus and who loses it are painted; Textual's own paints all the others too.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    _frames: Frames | None = None
    _in_frame = False
    _covered = _uncovered = False
    _styled_for = ""

    def __init__(self) -> None:
        super().__init__()
        self._told = asyncio.Event()

    async def _dispatch_message(self, message: Message) -> None:
        repaints = self._repaint_required
        await super()._dispatch_message(message)
        if isinstance(message, events.ScreenResume) and self._uncovered and not message.refresh_styles:
            # Textual asks for all of it here, which has been painted since it is on top again.
            self._repaint_required = repaints
            self._uncovered = False
        # Most of what is read has come when its row is highlighted: sooner than a clock of milliseconds can ask.
        self._told.set()

    @property
    def about_to_change(self) -> bool:
        """Whether most of what is shown is being read at this moment."""
        return False

    @property
    def is_painted(self) -> bool:
        """Whether nothing waits for a frame."""
        return self._frames is None or not self._frames._active.is_set()

    def render(self) -> RenderableType:
        """Its background, through which the screen beneath shines if there is one."""
        # Textual takes the next one off a list at each call, and keeps the answers: of three such screens, of which one
        # is drawn anew, two would come to shine through each other without end.
        stack = self.app.screen_stack
        visible_screen_stack.set(stack[: stack.index(self)] if self in stack else [])
        return super().render()

    def paint(self) -> None:
        """Paint what waits for a frame now, as all that belongs to it is there."""
        if self._frames is not None and not self.is_painted:
            self._frames.note()
            self._on_timer_update()

    async def settled(self, since_s: float) -> None:
        """Wait until what is being read is there, but no longer than it is worth since that moment."""
        while self.about_to_change and monotonic() < since_s + READ_S:
            self._told.clear()
            await happened(self._told, POLL_S)

    @property
    def _update_timer(self) -> Timer:
        if self._frames is None:
            self._frames = Frames(self)
            self._frames._start()
            self._timers.add(self._frames)
        return self._frames

    def _on_timer_update(self) -> None:
        if self.app._batch_count:
            # Nothing is written meanwhile, and what were composed now would be lost.
            self._update_timer.resume()
            return
        if self._covered and self is self.app.screen:
            # What lay over it has just gone.
            self._repaint_required = self._uncovered = True
        if self._repaint_required:
            # Textual forgets what its widgets asked for when a screen is asked for some of its lines.
            self._compositor.update_widgets(self._dirty_widgets)
        self._in_frame = True
        super()._on_timer_update()
        self._in_frame = False
        if self._is_seen and self._compositor._dirty_regions:
            super()._compositor_refresh()

    @property
    def _is_seen(self) -> bool:
        """Whether it is on top, or shines through what is."""
        top = self.app.screen
        return self is top or (self.is_current and top.styles.background.a < 1)

    def _compositor_refresh(self) -> None:
        if not self._in_frame:
            self._update_timer.resume()

    async def _on_compose(self, event: events.Compose) -> None:  # noqa: ARG002
        # Before its widgets are there, and not with the first layout, which would match all of their styles again.
        for name in self._get_breakpoint_classes(self.app.size.width, self.HORIZONTAL_BREAKPOINTS or []):
            self.add_class(name)

    def _on_screen_resume(self, event: events.ScreenResume) -> None:
        # Styles that were matched a moment ago, or for this theme before, are as they would be.
        event.refresh_styles = self._styled_for not in ("", self.app.theme)
        self._styled_for = self.app.theme
        self._covered = False

    def _on_screen_suspend(self) -> None:
        self._covered = True
        # What has come on top paints all of it.
        self._repaint_required = False


async def happened(event: asyncio.Event, limit_s: float) -> None:
    """Wait until something has happened, but no longer than this."""
    with suppress(TimeoutError):
        async with asyncio.timeout(limit_s):
            await event.wait()
