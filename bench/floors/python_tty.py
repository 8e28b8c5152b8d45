"""Python writing to a terminal."""

from __future__ import annotations

import sys

sys.stdout.write("Ready\n")
sys.stdout.flush()
