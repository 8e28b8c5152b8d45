"""Styles of the parts of a widget, matched when one is drawn."""

from __future__ import annotations

from textual.dom import DOMNode
from textual.widget import Widget


def matched(widget: Widget, name: str) -> DOMNode:
    """A node of this class in the widget, with its styles.

    Not by component classes, which Textual matches all anew, in every widget, whenever the focus moves.
    """
    node = DOMNode(classes=name)
    node._attach(widget)
    widget.app.stylesheet.apply(node)
    return node
