"""Usage and Billing > Activity: the account's statements by billing period."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from tui_billing.domain.errors import RuleRefused
from tui_billing.domain.invoices import Statement
from tui_billing.domain.money import Money
from tui_billing.domain.pages import Direction, Page
from tui_billing.screens.document_screen import DocumentScreen, save_binding
from tui_billing.screens.messages import Place
from tui_billing.screens.modals.details import DetailsView
from tui_billing.screens.searched_screen import SearchedScreen
from tui_billing.widgets.columns import Cell, Column
from tui_billing.widgets.details import Detail, Details
from tui_billing.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from tui_billing.documents.document import Document

COLUMNS = (
    Column("Period", 21, priority=9),
    Column("Forward", 15, align="right", grow=True, priority=3),
    Column("Payments", 15, align="right", grow=True, priority=5),
    Column("Credits", 14, align="right", grow=True, priority=4),
    Column("Charges", 14, align="right", grow=True, priority=6),
    Column("Net balance", 19, align="right", grow=True, priority=9),
    Column("State", 11, priority=7),
)


class Activity(DocumentScreen, SearchedScreen):
    """The statements of a customer, the provisional one first."""

    PLACE = Place.ACTIVITY
    SEARCHES = "Day or state of a period"
    SAVES = "Save Statement"
    BINDINGS: ClassVar[list[BindingType]] = [save_binding(SAVES)]

    def place(self) -> Iterable[Widget]:
        """The list and the sums of the selected statement."""
        self._table: VirtualTable[Statement] = VirtualTable(
            COLUMNS,
            cells=statement_cells,
            key=lambda statement: statement.start,
            empty="No billing period has begun.",
        )
        self._details = Details(id="details")
        yield self.search_line()
        with Horizontal(id="main"):
            yield self._table
            yield self._details

    def begin(self) -> None:
        """Read the statements."""
        super().begin()
        self._details.show("", ())
        self.show_found()

    def documents(self) -> Callable[[], Sequence[Document]]:
        """The selected statement."""
        statement = self._table.selected_row
        if statement is None:
            raise RuleRefused("No statement is selected.")
        services, session, number = self.services.documents, self.session, self.account.number
        return lambda: (services.statement(session, number, statement.start),)

    def show_found(self) -> None:
        """Show the statements that the search finds."""
        empty = self.why_empty("No billing period has begun.", "No period matches.")
        self._table.show_source(self._fetch, empty=empty)

    @on(VirtualTable.RowOpened)
    @work
    async def _on_opened(self, event: VirtualTable.RowOpened) -> None:
        await self.opened(DetailsView(statement_title(event.row), statement_details(event.row)))

    @on(VirtualTable.RowHighlighted)
    def _on_highlighted(self, event: VirtualTable.RowHighlighted) -> None:
        statement: Statement | None = event.row
        if statement is not None:
            self._details.show(statement_title(statement), statement_details(statement))

    async def _fetch(self, direction: Direction, key: Hashable | None, limit: int) -> Page[Statement] | None:  # noqa: ARG002
        # Some dozens at the most, so they are one page whichever way one comes from.
        statements = await self.read(self.services.statements.list, self.session, self.account.number)
        if statements is None:
            return None
        found = tuple(
            s for s in statements if self.search.casefold() in f"{statement_title(s)} {s.state_label}".casefold()
        )
        whole = direction not in (Direction.AFTER, Direction.BEFORE)
        return Page(found if whole else (), before=False, after=False)


def statement_cells(statement: Statement) -> Sequence[str | Cell]:
    """A statement's cells in the order of the columns."""
    figures = (
        statement.balance_forward_minor,
        statement.payments_minor,
        statement.credits_minor,
        statement.charges_minor,
    )
    net = Money(statement.net_balance_minor, statement.currency)
    return (
        f"{statement.start:%Y-%m-%d}–{statement.end:%Y-%m-%d}",
        *(Money(minor, statement.currency).figure for minor in figures),
        Cell(str(net), "negative" if net.minor_units > 0 else ""),
        Cell(statement.state_label, "warning" if statement.provisional else "muted"),
    )


def statement_title(statement: Statement) -> str:
    """What the sums are headed with: which statement it is, in no more than the room beside the list."""
    return f"Statement {statement.start:%Y-%m-%d}–{statement.end:%Y-%m-%d}"


def statement_details(statement: Statement) -> list[Detail]:
    """The sum of a statement, term by term."""

    def money(minor_units: int) -> str:
        return str(Money(minor_units, statement.currency))

    return [
        Detail("Balance forward", money(statement.balance_forward_minor)),
        Detail("− Payments", money(statement.payments_minor)),
        Detail("− Credits", money(statement.credits_minor)),
        Detail("+ New charges", money(statement.charges_minor)),
        Detail("= Net balance", money(statement.net_balance_minor), "strong"),
        Detail("Who owes", "the customer" if statement.net_balance_minor > 0 else "nobody"),
    ]
