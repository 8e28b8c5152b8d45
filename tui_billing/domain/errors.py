"""The refusals an operator can act on. Anything that is not one of these is a bug."""

from __future__ import annotations

from collections.abc import Callable


class BillingError(Exception):
    """A refusal: a short title and a sentence that says what happened and what to do."""

    title = "Refused"
    exit_code = 3

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details: tuple[str, ...] = ()


class InvalidInput(BillingError):
    """What was typed cannot be taken; the sentence says how to type it."""

    title = "Check the input"
    exit_code = 2

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class BadLines(InvalidInput):
    """A file cannot be taken; the details name each bad line with its number and the reason."""

    def __init__(self, sentence: str, details: tuple[str, ...]) -> None:
        super().__init__(sentence)
        self.details = details


class NotPermitted(BillingError):
    """The signed-in user's profile does not allow this."""

    title = "Not permitted"


class RuleRefused(BillingError):
    """A rule of the money forbids this now; the sentence names the rule or the earlier action."""


class SignInRefused(BillingError):
    """Sign-in failed, or the session is no longer good."""

    title = "Not signed in"


class NotFound(BillingError):
    """Nothing by that number or ID is there for this user."""

    title = "Not found"
    exit_code = 4


class OutcomeUnknown(BillingError):
    """The gateway did not answer: the money may or may not have moved, and the row stays Pending."""

    title = "Outcome not known yet"
    exit_code = 5

    def __init__(self, sentence: str, payment_id: str = "") -> None:
        super().__init__(sentence)
        self.payment_id = payment_id
        """The payment that stays Pending, or whose charge back does; none if it is not known whether there is one."""


class GatewayUnavailable(BillingError):
    """The gateway could not be asked; nothing was to be booked, and asking again is harmless."""

    title = "Gateway not available"
    exit_code = 5


class StoreUnavailable(BillingError):
    """The database failed while it was used, and nothing was done."""

    title = "The database did not answer"
    lasts = True
    """Whether it goes on until the database is back."""


class StoreBusy(StoreUnavailable):
    """Others were working on the same for too long, and nothing was done."""

    title = "Busy"
    lasts = False


class StoreUnanswered(StoreUnavailable, OutcomeUnknown):
    """The database failed when what was asked may have been done: whether it has been is not known."""

    title = OutcomeUnknown.title


class SetUpRefused(BillingError):
    """The database, configuration or file cannot be used as it is."""

    title = "Cannot start"


class NotSaved(BillingError):
    """A document could not be made or written; nothing is left half written."""

    title = "Not saved"


class BooksDiffer(BillingError):
    """What is to be kept or put in place does not pass the check; the details name each difference."""

    title = "The books are not right"
    exit_code = 6

    def __init__(self, sentence: str, details: tuple[str, ...]) -> None:
        super().__init__(sentence)
        self.details = details


def refusal_of(rule: Callable[[], object]) -> str:
    """The sentence with which a rule refuses, or nothing."""
    try:
        rule()
    except RuleRefused as refused:
        return refused.sentence
    return ""
