"""A bare Textual application that has imported SQLModel."""

from __future__ import annotations

import sqlmodel

from bench.floors.bare_textual import BareTextual

assert sqlmodel
if __name__ == "__main__":
    BareTextual().run()
