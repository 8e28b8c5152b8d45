"""Pastes are told from keys, however the terminal's bytes come in, and nothing inside one is a key."""

from __future__ import annotations

import pytest

from tui_billing.terminal.paste import END, MAX_PASTE, START, Pastes, Piece


def pasted(pieces: list[Piece]) -> list[str]:
    return [piece.text for piece in pieces if piece.pasted]


def typed(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces if not piece.pasted).replace(START + END, "")


def test_keys_pass_unchanged() -> None:
    keys = "a\r\x1b[A\x1b[20~\x1b"
    assert list(Pastes().feed(keys)) == [Piece(keys, False)]


def test_no_key_waits_for_what_may_follow_it() -> None:
    assert list(Pastes().feed("\x1b")) == [Piece("\x1b", False)]


def test_a_paste_is_one_piece_between_the_keys_around_it() -> None:
    assert list(Pastes().feed(f"x{START}one{END}y{START}two{END}z")) == [
        Piece(f"x{START}{END}", False),
        Piece("one", True),
        Piece(f"y{START}{END}", False),
        Piece("two", True),
        Piece("z", False),
    ]


@pytest.mark.parametrize("size", range(1, 12))
def test_a_paste_may_come_in_any_number_of_reads(size: int) -> None:
    text = f"x\x1b{START}a\x1bZb\rc\x1b[20{END}y\r"
    pastes = Pastes()
    pieces = [piece for at in range(0, len(text), size) for piece in pastes.feed(text[at : at + size])]
    assert pasted(pieces) == ["a Zb\nc [20"]
    assert typed(pieces) == "x\x1by\r"


def test_only_lines_and_tabs_are_left_of_what_a_terminal_obeys() -> None:
    (text,) = pasted(list(Pastes().feed(f"{START}a\tb\nc\r\nd\re\x00\x07\x1b\x7f\x85\x9bf{START}{END}")))
    assert text == "a\tb\nc\nd\ne      f [200~"


def test_a_paste_without_an_end_ends_when_nothing_comes_and_keys_work_again() -> None:
    pastes = Pastes()
    list(pastes.feed(f"{START}a\rb\x1b[20"))
    assert pastes.inside
    assert list(pastes.idle()) == [Piece("a\nb", True)]
    assert not pastes.inside
    assert list(pastes.feed("q\r")) == [Piece("q\r", False)]


def test_a_marker_whose_halves_are_far_apart_still_protects_from_the_paste() -> None:
    pastes = Pastes()
    assert list(pastes.feed("\x1b[20")) == [Piece("\x1b[20", False)]
    assert list(pastes.idle()) == []
    assert list(pastes.feed(f"0~a\r{END}y")) == [Piece("a\n", True), Piece("y", False)]


def test_an_endless_paste_is_cut() -> None:
    pastes = Pastes()
    list(pastes.feed(START))
    for _ in range(3):
        assert list(pastes.feed("x" * (MAX_PASTE // 2))) == []
    assert list(pastes.feed(f"{END}y")) == [Piece("x" * MAX_PASTE, True), Piece("y", False)]
