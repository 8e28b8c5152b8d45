"""What somebody who has the database may do to it: the statements, and the figures of the check that differ then."""

ELSEWHERE = "(SELECT id FROM account WHERE number = '10000003')"
CREDIT = "(SELECT sequence FROM payment WHERE kind = 'credit')"
CREDIT_ID = "(SELECT id FROM payment WHERE kind = 'credit')"
CANCELLED = "(SELECT sequence FROM payment WHERE state = 'cancelled')"
CANCELLED_ID = "(SELECT id FROM payment WHERE state = 'cancelled')"
RECORDED_ID = "(SELECT id FROM payment WHERE kind = 'record' AND state = 'completed')"
NEW_ENTRY = (
    "INSERT INTO ledger_entry (account_id, event, debit, credit, amount_minor, payment_sequence, invoice_sequence,"
    " recorded_at, recorded_by)"
)
OF_THE_CREDIT = "recorded_at, 'nobody' FROM ledger_entry WHERE event = 'credit_issued'"

AMOUNTS = {
    "an account's funds raised": (
        "UPDATE account SET funds_minor = funds_minor + 1 WHERE funds_minor > 0",
        {"customer funds", "unapplied sum", "last statement"},
    ),
    "an account's receivable lowered": (
        "UPDATE account SET receivable_minor = receivable_minor - 1 WHERE receivable_minor > 0",
        {"receivable", "invoices due", "last statement"},
    ),
    "funds given to one who owes": (
        "UPDATE account SET funds_minor = receivable_minor + 1 WHERE receivable_minor > 0",
        {"customer funds", "unapplied sum", "funds beside a debt", "last statement", "file"},
    ),
    "an amount that is no number": (
        "UPDATE account SET funds_minor = 'much' WHERE number = '10000003'",
        {"customer funds", "unapplied sum", "unreadable value", "file"},
    ),
    "what is left of a payment lowered": (
        "UPDATE payment SET unapplied_minor = unapplied_minor - 1 WHERE kind = 'credit'",
        {"unapplied", "unapplied sum"},
    ),
    "what is left of a payment moved to another one": (
        f"UPDATE payment SET unapplied_minor = unapplied_minor + 1 WHERE kind = 'credit';"
        f"UPDATE payment SET unapplied_minor = unapplied_minor - 1 WHERE id = {RECORDED_ID}",
        {"unapplied"},
    ),
    "what is due of an invoice lowered": (
        "UPDATE invoice SET due_minor = due_minor - 1 WHERE due_minor > 0",
        {"invoice due", "invoices due"},
    ),
    "an invoice's total raised": (
        "UPDATE invoice SET total_minor = total_minor + 1",
        {"invoice total", "invoice lines", "last statement"},
    ),
    "a charge raised": ("UPDATE charge SET amount_minor = amount_minor + 1", {"invoice lines"}),
    "what was charged back lowered": (
        "UPDATE payment SET charged_back_minor = 299 WHERE charged_back_minor = 300",
        {"money out", "charged back"},
    ),
    "a total raised": (
        "UPDATE account_total SET credits_minor = credits_minor + 1 WHERE credits_minor > 0",
        {"totals", "last statement"},
    ),
    "a total of charges lowered": (
        "UPDATE account_total SET charges_minor = charges_minor - 1 WHERE charges_minor > 0",
        {"totals"},
    ),
    "an account called otherwise": (
        "UPDATE account SET name = 'Nobody', sort_name = 'nobody' WHERE number = '10000003'",
        {"search"},
    ),
    "an account that is not found": (
        "INSERT INTO account_search (account_search, rowid, search)"
        " SELECT 'delete', CAST(number AS INTEGER), search FROM account WHERE number = '10000003'",
        {"search index"},
    ),
    "a charge back made pending": (
        "UPDATE charge_back SET state = 'pending'",
        {"charged back", "charge back pending"},
    ),
}
ENTRIES = {
    "an entry with another leg": (
        "UPDATE ledger_entry SET debit = 'bank' WHERE event = 'credit_issued'",
        {"wrong legs", "file"},
    ),
    "an entry with another event": (
        "UPDATE ledger_entry SET event = 'credit_issued' WHERE event = 'funds_applied' AND amount_minor = 500",
        {"wrong legs", "money in", "totals", "file"},
    ),
    "an entry of another account": (
        f"UPDATE ledger_entry SET account_id = {ELSEWHERE} WHERE event = 'credit_issued'",
        {"wrong account", "customer funds", "totals"},
    ),
    "an entry of another payment": (
        f"UPDATE ledger_entry SET payment_sequence = {CREDIT} WHERE event = 'payment_recorded' AND amount_minor = 1500",
        {"wrong event", "money in", "unapplied"},
    ),
    "an entry of another day": (
        "UPDATE ledger_entry SET recorded_at = '2026-02-01 00:00:00.000000' WHERE event = 'credit_issued'",
        {"back in time", "totals"},
    ),
    "an entry of money out of nowhere": (
        f"{NEW_ENTRY} SELECT account_id, event, debit, credit, 5, NULL, NULL, {OF_THE_CREDIT};"
        "UPDATE account SET funds_minor = funds_minor + 5 WHERE funds_minor > 0",
        {"wrong references", "unapplied sum", "totals", "last statement", "file"},
    ),
    "an entry that names an invoice it has nothing to do with": (
        "UPDATE ledger_entry SET invoice_sequence = 1 WHERE event = 'credit_issued'",
        {"wrong references", "file"},
    ),
    "an entry by which money of this kind does not come in": (
        "UPDATE ledger_entry SET event = 'card_payment_completed', debit = 'card_clearing'"
        " WHERE event = 'credit_issued'",
        {"wrong event", "totals"},
    ),
    "an entry by which money of this kind does not go out": (
        "UPDATE ledger_entry SET event = 'credit_cancelled', credit = 'credits_granted'"
        " WHERE event = 'payment_cancelled'",
        {"wrong event", "totals"},
    ),
    "more undone than was applied": (
        f"{NEW_ENTRY} SELECT account_id, 'application_undone', 'receivable', 'customer_funds', 5, {CREDIT}, 1,"
        f" {OF_THE_CREDIT};"
        f"{NEW_ENTRY} SELECT account_id, 'funds_applied', 'customer_funds', 'receivable', 5, {CREDIT}, 3,"
        f" {OF_THE_CREDIT}",
        {"undone beyond applied", "invoice due"},
    ),
    "an entry deleted": (
        "DELETE FROM ledger_entry WHERE event = 'payment_cancelled'",
        {"missing rows", "customer funds", "unapplied", "money out", "totals"},
    ),
    "a pair of entries deleted": (
        "DELETE FROM ledger_entry WHERE sequence IN (SELECT sequence FROM ledger_entry"
        " WHERE event IN ('application_undone', 'funds_applied') AND amount_minor = 800)",
        {"missing rows"},
    ),
    "the last entries deleted": (
        "DELETE FROM ledger_entry WHERE account_id = (SELECT account_id FROM charge_back JOIN payment"
        " ON payment.id = payment_id) AND event = 'funds_applied' AND amount_minor = 500",
        {"missing rows", "customer funds", "receivable", "invoice due", "unapplied"},
    ),
}
PAYMENTS = {
    "a completed credit called failed": (
        "UPDATE payment SET state = 'failed' WHERE kind = 'credit'",
        {"state of payment", "money in"},
    ),
    "a card payment called pending": (
        "UPDATE payment SET state = 'pending' WHERE kind = 'manual'",
        {"state of payment", "money in"},
    ),
    "a partly charged back payment called completed": (
        "UPDATE payment SET state = 'completed' WHERE kind = 'manual'",
        {"state of payment"},
    ),
    "a partly charged back payment called charged back": (
        "UPDATE payment SET state = 'charged_back' WHERE kind = 'manual'",
        {"state of payment"},
    ),
    "a charge back of a recorded payment said to be pending": (
        f"UPDATE payment SET charge_back_pending_minor = 1 WHERE id = {RECORDED_ID}",
        {"state of payment", "charge back pending"},
    ),
    "a state that there is not": (
        "UPDATE payment SET state = 'lost' WHERE kind = 'credit'",
        {"state of payment", "file"},
    ),
    "a cancelled payment called completed": (
        "UPDATE payment SET state = 'completed' WHERE state = 'cancelled'",
        {"cancellation", "money out", "actions"},
    ),
    "a cancellation without its moment": (
        "UPDATE payment SET cancelled_at = NULL WHERE state = 'cancelled'",
        {"cancellation"},
    ),
    "a cancellation by nobody": (
        "UPDATE payment SET cancelled_by = '' WHERE state = 'cancelled'",
        {"cancellation"},
    ),
    "a reason to cancel what was not cancelled": (
        "UPDATE payment SET cancel_reason = 'other' WHERE kind = 'credit'",
        {"cancellation"},
    ),
    "a recorded payment made a card payment": (
        f"UPDATE payment SET kind = 'manual' WHERE id = {RECORDED_ID}",
        {"kind of payment", "wrong event"},
    ),
    "a recorded payment on an account of another type": (
        "UPDATE account SET type = 'trial' WHERE number = '10000001'",
        {"kind of payment"},
    ),
    "a card payment on an account of another type": (
        "UPDATE account SET type = 'corporate' WHERE number = '10000002'",
        {"kind of payment"},
    ),
    "a card payment without its gateway": (
        "UPDATE payment SET gateway = '' WHERE kind = 'manual'",
        {"kind of payment"},
    ),
    "a recorded payment paid by card": (
        f"UPDATE payment SET method = 'card' WHERE id = {RECORDED_ID}",
        {"kind of payment"},
    ),
    "a charge back of a recorded payment": (
        f"UPDATE charge_back SET payment_id = {RECORDED_ID}",
        {"kind charged back", "charged back"},
    ),
    "a charge on another account than its invoice": (
        f"UPDATE charge SET account_id = {ELSEWHERE}",
        {"charge on another account"},
    ),
}
STRUCTURE = {
    "a payment deleted": (
        "DELETE FROM payment WHERE kind = 'manual'",
        {"missing rows", "reference into nothing", "action without its result", "actions"},
    ),
    "a payment deleted that left nothing": (
        "DELETE FROM payment WHERE state = 'cancelled'",
        {"missing rows", "reference into nothing", "action without its result", "actions"},
    ),
    "a payment deleted with all that tells of it": (
        f"DELETE FROM ledger_entry WHERE payment_sequence = {CANCELLED};"
        f"DELETE FROM money_action WHERE result_id = {CANCELLED_ID};"
        "DELETE FROM payment WHERE state = 'cancelled'",
        {"missing rows"},
    ),
    "an invoice deleted": (
        "DELETE FROM invoice WHERE due_minor > 0",
        {"missing rows", "reference into nothing", "invoices due", "last statement"},
    ),
    "a paid invoice deleted": (
        "DELETE FROM invoice WHERE due_minor = 0 AND sequence = 1",
        {"missing rows", "reference into nothing", "last statement"},
    ),
    "a charge back deleted": (
        "DELETE FROM charge_back",
        {"missing rows", "charged back", "action without its result", "actions"},
    ),
    "an account deleted": (
        "DELETE FROM account WHERE number = '10000004'",
        {"search index", "missing rows", "reference into nothing"},
    ),
    "the last user deleted": ("DELETE FROM user WHERE name = 'dana'", {"missing rows"}),
    "an entry of the audit log deleted": ("DELETE FROM audit_entry WHERE sequence = 5", {"missing rows"}),
    "the last entries of the audit log deleted": ("DELETE FROM audit_entry WHERE sequence > 5", {"missing rows"}),
    "the charges of an invoice deleted": ("DELETE FROM charge WHERE invoice_sequence = 1", {"invoice lines"}),
    "the key of a payment deleted": (
        f"DELETE FROM money_action WHERE result_id = {CREDIT_ID}",
        {"key without its action", "actions"},
    ),
    "the key of a charge back deleted": (
        "DELETE FROM money_action WHERE key = (SELECT key FROM charge_back)",
        {"key without its action", "actions"},
    ),
    "the key of a cancellation deleted": (
        f"DELETE FROM money_action WHERE result_id = {CANCELLED_ID} AND key NOT IN (SELECT key FROM payment)",
        {"actions"},
    ),
    "a key that led nowhere": (
        "INSERT INTO money_action VALUES ('key', 'content', 'result')",
        {"action without its result", "actions"},
    ),
    "a key with another result": (
        f"UPDATE money_action SET result_id = {CANCELLED_ID} WHERE result_id = {CREDIT_ID}",
        {"key without its action"},
    ),
    "a payment with another key": (
        "UPDATE payment SET key = 'key' WHERE kind = 'credit'",
        {"key without its action"},
    ),
}
BILLING = {
    "an invoice moved to another period": (
        "UPDATE invoice SET period_start = date(period_start, '-3 day') WHERE sequence = 1",
        {"period of invoice"},
    ),
    "a period that does not end where the next one begins": (
        "UPDATE invoice SET period_end = date(period_end, '+1 day') WHERE sequence = 1",
        {"period of invoice"},
    ),
    "an account billed to the middle of a period": (
        "UPDATE account SET billed_through = '2025-12-10' WHERE number = '10000001'",
        {"billed through"},
    ),
    "an automatic payment for nothing": (
        "UPDATE payment SET kind = 'auto' WHERE kind = 'manual'",
        {"automatic payment", "file"},
    ),
    "a payment for an invoice of somebody else": (
        "UPDATE payment SET kind = 'auto', invoice_sequence = 1 WHERE kind = 'manual'",
        {"automatic payment"},
    ),
    "an imported charge deleted": (
        "DELETE FROM charge WHERE import_sequence IS NOT NULL",
        {"imported charges"},
    ),
}
DISPUTES = {
    "what came back of a charge back raised": (
        "UPDATE charge_back SET reversed_minor = reversed_minor + 1",
        {"reversed", "charged back"},
    ),
    "what came back of a payment hidden": (
        "UPDATE payment SET charged_back_minor = charged_back_minor + 1",
        {"charged back", "money out"},
    ),
    "a charge back of a dispute called one that was sent": (
        "UPDATE charge_back SET dispute = NULL",
        {"charge back of a dispute"},
    ),
    "a reversal deleted": (
        "DELETE FROM reversal",
        {"missing rows", "reversed", "action without its result", "actions"},
    ),
    "a reversal called a payment": (
        "UPDATE ledger_entry SET event = 'card_payment_completed' WHERE event = 'charge_back_reversed'",
        {"money in", "money out"},
    ),
}
PROFILES = {
    "a provider's profile given to somebody of a customer": (
        "UPDATE \"user\" SET profile = 'Root' WHERE account_id IS NOT NULL",
        {"profile of user"},
    ),
    "somebody of a customer without an account": (
        "UPDATE \"user\" SET account_id = NULL WHERE profile = 'Master User'",
        {"profile of user"},
    ),
}
DAMAGES = AMOUNTS | ENTRIES | PAYMENTS | STRUCTURE | BILLING | DISPUTES | PROFILES
