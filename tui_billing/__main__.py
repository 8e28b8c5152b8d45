"""Lets `python -m tui_billing` do what `tui-billing` does."""

from __future__ import annotations

import sys

from tui_billing.cli import main

if __name__ == "__main__":
    sys.exit(main())
