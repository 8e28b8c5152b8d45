"""Accounts: the billable customers, their types, states and balances."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tui_billing.domain.access import Profile
from tui_billing.domain.money import Money

SYSTEM_NUMBER = "00000000"


class AccountType(StrEnum):
    """How an account pays; System is the provider itself."""

    RETAIL = "retail"
    CORPORATE = "corporate"
    TRIAL = "trial"
    SYSTEM = "system"

    @property
    def label(self) -> str:
        """The word on the screen."""
        return self.value.capitalize()


class AccountState(StrEnum):
    """Where an account stands with the provider."""

    NEW = "new"
    ACTIVE = "active"
    RESTRICTED = "restricted"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"

    @property
    def label(self) -> str:
        """The word on the screen."""
        return self.value.capitalize()


@dataclass(frozen=True, slots=True)
class CardOnFile:
    """A retail account's card: what a receipt may show, and the gateway's own references; never a card number."""

    brand: str
    last_four: str
    expiry: str
    gateway: str
    customer_reference: str
    payment_method_reference: str

    @property
    def label(self) -> str:
        """The card as the screens name it, such as `Visa •••• 4242`."""
        return f"{self.brand} •••• {self.last_four}"


@dataclass(frozen=True, slots=True)
class Account:
    """A billable customer with its cached balances, in minor units of its currency.

    `billed_through` is the last day of the last billing period that is closed: nothing enters it any more.
    """

    id: int
    number: str
    name: str
    type: AccountType
    state: AccountState
    currency: str
    master_user: str
    created: date
    billing_day: int
    payment_terms_days: int
    credit_limit_minor: int | None
    card: CardOnFile | None
    funds_minor: int
    receivable_minor: int
    billed_through: date | None = None

    def money(self, minor_units: int) -> Money:
        """That many minor units in the account's currency."""
        return Money(minor_units, self.currency)

    @property
    def balance(self) -> Money:
        """Customer funds less receivable: positive is a credit balance, negative an amount due."""
        return self.money(self.funds_minor - self.receivable_minor)

    @property
    def credit_balance(self) -> Money:
        """The customer's money that the provider holds."""
        return self.money(max(0, self.funds_minor - self.receivable_minor))

    @property
    def amount_due(self) -> Money:
        """What the customer owes."""
        return self.money(max(0, self.receivable_minor - self.funds_minor))


class AccountOrder(StrEnum):
    """What a list of accounts is sorted by."""

    NUMBER = "number"
    NAME = "name"

    @property
    def label(self) -> str:
        """The word on the screen."""
        return self.value.capitalize()


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """Which accounts a list shows, empty means all, and in which order."""

    type: AccountType | None = None
    state: AccountState | None = None
    search: str = ""
    order: AccountOrder = AccountOrder.NUMBER


def may_sign_in(profile: Profile, state: AccountState | None) -> bool:
    """Whether a user of this profile may be signed in while the own account (if any) is in this state."""
    if state is AccountState.TERMINATED:
        return False
    if state in (AccountState.RESTRICTED, AccountState.SUSPENDED):
        return profile is Profile.MASTER_USER
    return True
