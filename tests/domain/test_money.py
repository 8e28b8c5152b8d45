"""Money is read and written exactly, in every currency, or refused with a sentence that says how to type it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_billing.domain.errors import InvalidInput
from tui_billing.domain.money import CODES, EXPONENTS, Money, exponent, largest_minor

CURRENCIES = st.sampled_from(sorted(CODES))
# One currency of each number of decimals that ISO 4217 knows, and the largest figure with them.
EACH_EXPONENT = {
    "JPY": (0, "99,999,999"),
    "USD": (2, "99,999,999.99"),
    "KWD": (3, "99,999,999.990"),
    "CLF": (4, "99,999,999.9900"),
}


@given(CURRENCIES, st.data())
def test_what_is_written_reads_back_the_same_in_every_currency(currency: str, data: st.DataObject) -> None:
    money = Money(data.draw(st.integers(1, largest_minor(currency))), currency)
    assert Money.parse(money.figure, currency) == money
    assert Money.parse(money.figure.replace(",", ""), currency) == money
    assert Money.parse(f"  {money.figure} ", currency) == money


@given(CURRENCIES, st.integers(1, 99_999_999))
def test_a_whole_figure_needs_no_decimals(currency: str, whole: int) -> None:
    assert Money.parse(str(whole), currency).minor_units == whole * 10 ** exponent(currency)


@pytest.mark.parametrize("currency", sorted(EACH_EXPONENT))
def test_the_largest_amount_is_taken_and_one_more_minor_unit_is_not(currency: str) -> None:
    decimals, largest = EACH_EXPONENT[currency]
    assert exponent(currency) == decimals
    assert Money.parse(largest, currency).figure == largest
    one_more = Money(Money.parse(largest, currency).minor_units + 1, currency)
    with pytest.raises(InvalidInput, match=r"is too large: at most .*99,999,999"):
        Money.parse(one_more.figure, currency)


def test_the_decimals_are_those_of_iso_4217() -> None:
    assert {code for code in CODES if exponent(code) == 0} == set(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()
    )
    assert {code for code in CODES if exponent(code) == 3} == set("BHD IQD JOD KWD LYD OMR TND".split())
    assert {code for code in CODES if exponent(code) == 4} == {"CLF", "UYW"}
    assert set(EXPONENTS) <= CODES


@pytest.mark.parametrize(
    ("typed", "minor_units"),
    [("1,234.50", 123_450), ("1234.5", 123_450), ("0.01", 1), ("1,234,567.8", 123_456_780), ("7", 700), ("007", 700)],
)
def test_a_plain_figure_is_taken(typed: str, minor_units: int) -> None:
    assert Money.parse(typed, "USD") == Money(minor_units, "USD")


@pytest.mark.parametrize(
    "typed",
    [
        *("NaN", "nan", "Infinity", "-Infinity", "1e5", "1E5", "1e-2", "1_000", "0x10", "1/2", "½", "²"),
        *("+5", "-5", "-0.01", "−5", "(5)", "5-", "$5", "USD 5", "5 USD", "5%"),
        *("１２", "١٢", "१२", "12．50", "1，000"),  # full-width, Arabic-Indic and Devanagari digits
        *("1,23", "1,23.00", "12,34.50", "1,2345", ",123", "1,,234", "1234,567", "1,234,56", "0,1234"),
        *("1.", ".5", "1.2.3", "1 000", "1'000", "1.234,50", "1,234.5,0", "5\n", "\t5", "5\x00", "5\u00a0", "\u200b5"),
        *("1" * 41, "0" * 40 + "1"),
    ],
)
def test_anything_but_a_plain_figure_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput, match=r"is not a plain figure\. Type it like 1,234\.50\.") as refusal:
        Money.parse(typed, "USD")
    assert refusal.value.field == "Amount"


@pytest.mark.parametrize(
    ("typed", "currency", "fault"),
    [
        ("1.234", "USD", "has too many decimals: USD takes at most 2."),
        ("1.0", "JPY", "has too many decimals: JPY takes none."),
        ("1.2345", "KWD", "has too many decimals: KWD takes at most 3."),
        ("1.00000", "CLF", "has too many decimals: CLF takes at most 4."),
        ("0", "USD", "must be more than zero."),
        ("0.00", "USD", "must be more than zero."),
        ("0,000", "JPY", "must be more than zero."),
        ("", "USD", "is required."),
        ("   ", "USD", "is required."),
        ("100,000,000", "USD", "is too large: at most USD 99,999,999.99 at a time."),
        ("9" * 40, "USD", "is too large: at most USD 99,999,999.99 at a time."),
    ],
)
def test_the_refusal_says_what_is_wrong(typed: str, currency: str, fault: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        Money.parse(typed, currency)
    assert refusal.value.sentence == f"Amount {fault}"


@given(st.text(max_size=45), CURRENCIES)
def test_whatever_is_typed_is_an_amount_within_the_limits_or_a_refusal(typed: str, currency: str) -> None:
    try:
        money = Money.parse(typed, currency)
    except InvalidInput:
        return
    assert 0 < money.minor_units <= largest_minor(currency)
    assert set(typed) <= set("0123456789,. ")


@given(CURRENCIES, st.integers(-(10**12), 10**12))
def test_a_figure_is_the_whole_number_with_a_point_set_in_it(currency: str, minor_units: int) -> None:
    decimals = exponent(currency)
    figure = Money(minor_units, currency).figure
    assert int(figure.replace(",", "").replace(".", "")) == minor_units
    assert len(figure.partition(".")[2]) == decimals
    assert str(Money(minor_units, currency)) == f"{currency} {figure}"


@pytest.mark.parametrize("currency", ["", "usd", "US", "XXX", "EURO", "$", "\x1b[31m"])
def test_a_currency_that_iso_4217_does_not_list_is_refused(currency: str) -> None:
    with pytest.raises(InvalidInput, match="is not an ISO 4217 currency"):
        Money.parse("5", currency)
