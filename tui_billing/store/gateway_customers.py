"""Which customer of which gateway an account is."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, select, update

from tui_billing.store.compiled_tables import GATEWAY_CUSTOMER as CUSTOMER


class GatewayCustomer(NamedTuple):
    """The key under which the customer is made, and the gateway's reference once it has answered."""

    key: str
    reference: str | None


def of_account(connection: Connection, account_id: int, gateway: str) -> GatewayCustomer | None:
    """The account's customer at this gateway, or none if it was never asked for."""
    columns = (CUSTOMER.c.key, CUSTOMER.c.reference)
    of_both = (CUSTOMER.c.account_id == account_id) & (CUSTOMER.c.gateway == gateway)
    row = connection.execute(select(*columns).where(of_both)).one_or_none()
    return None if row is None else GatewayCustomer(*row)


def add(connection: Connection, account_id: int, gateway: str, customer: GatewayCustomer) -> None:
    """Keep the key before the gateway is asked, so that asking again makes no second customer."""
    connection.execute(CUSTOMER.insert().values(account_id=account_id, gateway=gateway, **customer._asdict()))


def save_reference(connection: Connection, key: str, reference: str) -> None:
    """Keep the gateway's reference of the customer made under this key."""
    connection.execute(update(CUSTOMER).where(CUSTOMER.c.key == key).values(reference=reference))
