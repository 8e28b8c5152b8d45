"""What Textual finds out about a class or function at each message, found out once for the desks of all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from types import CodeType
from typing import Any

import pytest
from textual import _callback
from textual.message import Message
from textual.message_pump import MessagePump

Method = tuple[type, Callable[..., Any]]
COUNTED: dict[CodeType, int] = {}


def remember_methods(patch: pytest.MonkeyPatch) -> None:
    """Remember which methods take a message of a name, and how many parameters a function has."""
    ask, count = MessagePump._get_dispatch_methods, _callback._count_parameters

    def methods(self: MessagePump, name: str, message: Message) -> Iterator[Method]:
        kind: Any = type(self)
        sent: Any = type(message)
        if _is_decorated(kind, sent):
            yield from ask(self, name, message)
            return
        for base, method in _named(kind, name):
            if message._no_default_action:
                break
            yield base, method.__get__(self, kind)

    def parameters(function: Callable[..., Any]) -> int:
        plain = getattr(function, "__func__", function)
        code = getattr(plain, "__code__", None) or getattr(type(plain).__call__, "__code__", None)
        if code is None or hasattr(plain, "__wrapped__"):
            return count(function)
        if code not in COUNTED:
            COUNTED[code] = count(plain)
        return COUNTED[code] - (plain is not function)

    patch.setattr(MessagePump, "_get_dispatch_methods", methods)
    patch.setattr(_callback, "_count_parameters", parameters)


@cache
def _is_decorated(kind: type, message: type[Message]) -> bool:
    decorated = [handlers for base in kind.__mro__ for handlers in vars(base).get("_decorated_handlers", {})]
    return any(issubclass(message, handled) for handled in decorated)


@cache
def _named(kind: type, name: str) -> list[Method]:
    found = [(base, vars(base).get(f"_{name}") or vars(base).get(name)) for base in kind.__mro__]
    return [(base, method) for base, method in found if method is not None and not hasattr(method, "_textual_on")]
