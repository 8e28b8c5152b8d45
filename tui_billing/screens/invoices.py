"""Usage and Billing > Invoices: what was billed, and what paid it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import on, work
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from tui_billing.domain.errors import RuleRefused
from tui_billing.domain.invoices import Invoice, InvoiceState
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
    from tui_billing.services.invoices import InvoiceDetails

STATE_STYLES = {InvoiceState.OVERDUE: "negative", InvoiceState.OPEN: "warning"}
NO_INVOICES = "No invoices yet. A billing run makes them of the charges."
COLUMNS = (
    Column("Number", 15, priority=9),
    Column("Period", 23, priority=1),
    Column("Issued", 10, priority=5),
    Column("Due", 10, priority=6),
    Column("Total", 18, align="right", grow=True, priority=8),
    Column("Paid from credit", 16, align="right", grow=True, priority=2),
    Column("Still due", 14, align="right", grow=True, priority=8),
    Column("State", 7, priority=7),
)


class Invoices(DocumentScreen, SearchedScreen):
    """The invoices of a customer, newest first."""

    PLACE = Place.INVOICES
    SEARCHES = "Invoice number"
    SAVES = "Save Invoice"
    BINDINGS: ClassVar[list[BindingType]] = [save_binding(SAVES)]
    _detailed: int | None = None

    def place(self) -> Iterable[Widget]:
        """The list and the details of the selected invoice."""
        self._table: VirtualTable[Invoice] = VirtualTable(
            COLUMNS,
            cells=lambda invoice: invoice_cells(invoice, self.services.today),
            key=lambda invoice: (invoice.issued, invoice.sequence),
            empty=NO_INVOICES,
        )
        self._details = Details(id="details")
        yield self.search_line()
        with Horizontal(id="main"):
            yield self._table
            yield self._details

    def begin(self) -> None:
        """Read the newest invoices."""
        super().begin()
        self._detailed = None
        self._details.show("", ())
        self.show_found()

    def documents(self) -> Callable[[], Sequence[Document]]:
        """The selected invoice."""
        invoice = self._table.selected_row
        if invoice is None:
            raise RuleRefused("No invoice is selected.")
        services, session, number = self.services.documents, self.session, self.account.number
        return lambda: (services.invoice(session, number, invoice.sequence),)

    def show_found(self) -> None:
        """Show the invoices that the search finds."""
        self._table.show_source(self._fetch, empty=self.why_empty(NO_INVOICES, "No invoice matches."))

    @on(VirtualTable.RowHighlighted)
    def _on_highlighted(self, event: VirtualTable.RowHighlighted) -> None:
        invoice: Invoice | None = event.row
        if invoice is None:
            self._detailed = None
            self._details.show("No invoice selected", [])
            return
        wide = self.has_class("-wide")
        # Of the invoice that is there in full already, a word less would be a step back for the blink of an eye.
        if not wide or self._detailed != invoice.sequence:
            self._detailed = None
            self._details.show(invoice_title(invoice), invoice_summary(invoice, self.services.today))
        if wide:
            self._show_details(invoice)

    @on(VirtualTable.RowOpened)
    def _on_opened(self, event: VirtualTable.RowOpened) -> None:
        self.holds_keys = True
        self._open_details(event.row)

    @work(exclusive=True, group="open")
    async def _open_details(self, invoice: Invoice) -> None:
        details = await self.asked(self.services.invoices.details, self.session, self.account.number, invoice.sequence)
        title = f"Invoice {invoice.number}"
        await self.opened(
            None if details is None else DetailsView(title, invoice_details(details, self.services.today))
        )

    @work(exclusive=True, group="details")
    async def _show_details(self, invoice: Invoice) -> None:
        details = await self.read_details(
            self.services.invoices.details, self.session, self.account.number, invoice.sequence
        )
        if details is not None:
            self._detailed = invoice.sequence
            self._details.show(f"Invoice {invoice.number}", invoice_details(details, self.services.today))

    async def _fetch(self, direction: Direction, key: Hashable | None, limit: int) -> Page[Invoice] | None:
        after = cast("Any", key)
        page = self.services.invoices.page
        return await self.read(page, self.session, self.account.number, direction, after, limit, self.search)


def invoice_cells(invoice: Invoice, today: date) -> Sequence[str | Cell]:
    """An invoice's cells in the order of the columns."""
    state = invoice.state(today)
    from_credit = invoice.money(invoice.paid_from_credit_minor).figure if invoice.paid_from_credit_minor else "–"
    return (
        invoice.number,
        Cell(f"{invoice.period_start:%Y-%m-%d}–{invoice.period_end:%Y-%m-%d}", "muted"),
        f"{invoice.issued:%Y-%m-%d}",
        f"{invoice.due_date:%Y-%m-%d}",
        str(invoice.money(invoice.total_minor)),
        from_credit,
        invoice.money(invoice.due_minor).figure,
        Cell(state.label, STATE_STYLES.get(state, "")),
    )


def invoice_title(invoice: Invoice) -> str:
    """Which invoice it is, with the period, which would be too long for half a line."""
    return f"Invoice {invoice.number} · {invoice.period_start:%Y-%m-%d} to {invoice.period_end:%Y-%m-%d}"


def invoice_summary(invoice: Invoice, today: date) -> list[Detail]:
    """What the row itself tells."""
    return [
        Detail("Issued", f"{invoice.issued:%Y-%m-%d}"),
        Detail("Due", f"{invoice.due_date:%Y-%m-%d}"),
        Detail("State", invoice.state(today).label),
        Detail("Total", str(invoice.money(invoice.total_minor))),
        Detail("Paid from credit", str(invoice.money(invoice.paid_from_credit_minor))),
        Detail("Still due", str(invoice.money(invoice.due_minor))),
    ]


def invoice_details(details: InvoiceDetails, today: date) -> list[Detail]:
    """The invoice with its lines and what paid them."""
    invoice = details.invoice
    period = f"{invoice.period_start:%Y-%m-%d} to {invoice.period_end:%Y-%m-%d}"
    lines = [Detail("Period", period), *invoice_summary(invoice, today), Detail("Lines")]
    for line in details.lines:
        amount = invoice.money(line.amount_minor).figure
        lines.append(Detail(f"{line.dated:%Y-%m-%d}", f"{line.description} · {line.quantity} × {line.unit_price}"))
        lines.append(Detail(" ", amount, "strong"))
    lines.append(Detail("Paid by"))
    paid = [Detail(f"{kind.upper()} {payment_id[:8]}", str(amount)) for kind, payment_id, amount in details.payers]
    return lines + (paid or [Detail("", "nothing yet")])
