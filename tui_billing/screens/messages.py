"""What screens tell the application, in the past tense; the application alone navigates."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from tui_billing.domain.accounts import Account
    from tui_billing.services.session import OperatorSession


class Place(StrEnum):
    """A place of a customer's dashboard; the words are those of its tab."""

    DASHBOARD = "Dashboard"
    ACTIVITY = "Activity"
    INVOICES = "Invoices"
    PAYMENTS = "Payments"


class SignedIn(Message):
    """Somebody has signed in."""

    def __init__(self, session: OperatorSession) -> None:
        super().__init__()
        self.session = session


class AccountOpened(Message):
    """An account was chosen for a look at its dashboard."""

    def __init__(self, account: Account) -> None:
        super().__init__()
        self.account = account


class PlaceChosen(Message):
    """Another place of the same customer was chosen."""

    def __init__(self, account: Account, place: Place) -> None:
        super().__init__()
        self.account = account
        self.place = place


class ExceptionsOpened(Message):
    """The list of what needs a person was asked for."""


class PaymentOpened(Message):
    """A customer's payment was chosen for a look, by received date and sequence; none if just the customer."""

    def __init__(self, account: Account, payment: tuple[date, int] | None) -> None:
        super().__init__()
        self.account = account
        self.payment = payment


class WentBack(Message):
    """The operator went one step back."""


class DatabaseFailed(Message):
    """A screen asked the database for something, and it did not answer."""


class SessionEnded(Message):
    """The session is no longer good; the reason for the one who signs in next."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason
