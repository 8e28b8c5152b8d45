"""By what a card on file is named."""

from __future__ import annotations

import pytest

from tui_billing.domain.cards import checked_reference
from tui_billing.domain.errors import InvalidInput


@pytest.mark.parametrize("typed", ["pm_1MqLiJLkdIwHu7ixUEgbFdYF", " card_approved ", "pm_card_visa"])
def test_a_reference_is_taken_as_it_is(typed: str) -> None:
    assert checked_reference(typed) == typed.strip()


@pytest.mark.parametrize(
    "typed", ["4242424242424242", "4242 4242 4242 4242", "pm_4242424242424242", "3782-822463-10005"]
)
def test_a_card_number_is_refused_in_words_that_do_not_repeat_it(typed: str) -> None:
    with pytest.raises(InvalidInput, match="That is a card number") as refusal:
        checked_reference(typed)
    assert not set("0123456789") & set(refusal.value.sentence)


@pytest.mark.parametrize(
    "typed", ["", "  ", "4242424242424243", "42424242", "pm 12", "pm_ü", "x" * 256, "pm_\n1", "pm"]
)
def test_anything_else_is_refused_too_a_mistyped_card_number_above_all(typed: str) -> None:
    with pytest.raises(InvalidInput, match="Payment method reference"):
        checked_reference(typed)
