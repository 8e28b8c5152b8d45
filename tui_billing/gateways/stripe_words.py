"""What Stripe's codes say in plain words.

Where Stripe asks that a customer must not be told that a card is lost, stolen or suspicious, neither does the desk:
the customer's own users read the same words.
"""

from __future__ import annotations

from typing import Any

from tui_billing.domain.text import shown

NO_REASON = "The bank declined without a reason."
ASK_THE_BANK = "The bank declined. Ask the customer to call the bank, or to use another card."
CONFIRM_ONLINE = "The bank asks the customer to confirm. Ask the customer to pay online."
NEW_CARD = "The card cannot be charged. Ask the customer for another card."
# By decline_code, or else by code.
DECLINES = {
    "amount_too_large": "The amount is more than Stripe takes at once.",
    "amount_too_small": "The amount is less than Stripe takes.",
    "authentication_required": CONFIRM_ONLINE,
    "balance_insufficient": "The balance with Stripe does not cover the refund.",
    "call_issuer": ASK_THE_BANK,
    "card_declined": NO_REASON,
    "card_not_supported": "The card does not support this kind of purchase.",
    "card_velocity_exceeded": "The card is over its limit.",
    "charge_already_refunded": "More than is left of the charge.",
    "charge_disputed": "The charge is disputed; the bank decides.",
    "currency_not_supported": "The card does not support this currency.",
    "do_not_honor": NO_REASON,
    "duplicate_transaction": "The bank saw the same amount on this card a moment ago.",
    "expired_card": "The card has expired.",
    "fraudulent": NO_REASON,
    "generic_decline": NO_REASON,
    "incorrect_cvc": "The security code is wrong.",
    "incorrect_number": NEW_CARD,
    "insufficient_funds": "Insufficient funds.",
    "invalid_account": ASK_THE_BANK,
    "invalid_amount": "The bank does not allow this amount.",
    "issuer_not_available": "The bank could not be reached. Try again later.",
    "lost_card": NO_REASON,
    "merchant_blacklist": NO_REASON,
    "new_account_information_available": ASK_THE_BANK,
    "payment_intent_authentication_failure": CONFIRM_ONLINE,
    "pickup_card": NO_REASON,
    "processing_error": "The bank could not process the card. Try again later.",
    "reenter_transaction": "The bank could not process the card. Try again later.",
    "restricted_card": NO_REASON,
    "resource_missing": "Stripe does not know this customer, card or payment.",
    "revocation_of_all_authorizations": ASK_THE_BANK,
    "revocation_of_authorization": ASK_THE_BANK,
    "stolen_card": NO_REASON,
    "stop_payment_order": ASK_THE_BANK,
    "testmode_decline": "A test card was used on a live account.",
    "transaction_not_allowed": ASK_THE_BANK,
    "try_again_later": "The bank could not process the card. Try again later.",
    "withdrawal_count_limit_exceeded": "The card is over its limit.",
}
REFUND_FAILURES = {
    "expired_or_canceled_card": "The card is closed or has expired.",
    "insufficient_funds": "The balance with Stripe does not cover the refund.",
    "lost_or_stolen_card": "The card is closed.",
}
BRANDS = {
    "amex": "American Express",
    "diners": "Diners Club",
    "discover": "Discover",
    "jcb": "JCB",
    "mastercard": "Mastercard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}
LONGEST_MESSAGE = 160


def words_of_error(error: dict[str, Any]) -> str:
    """Why Stripe or the bank refused, from an error as Stripe describes it."""
    for code in (error.get("decline_code"), error.get("code")):
        if isinstance(code, str) and code in DECLINES:
            return DECLINES[code]
    if error.get("type") == "card_error" or error.get("decline_code"):
        return NO_REASON
    if error.get("param") == "amount" and "refund" in str(error.get("message")).lower():
        return "More than is left of the charge."
    return f"Stripe refused the request: {shown(str(error.get('message') or 'no reason given'), LONGEST_MESSAGE)}"


def brand_of(card: dict[str, Any]) -> str:
    """A card brand as it is printed on the card."""
    brand = str(card.get("brand") or "Card")
    return BRANDS.get(brand, brand[:1].upper() + brand[1:])
