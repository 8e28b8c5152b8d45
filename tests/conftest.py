"""What every test may ask for."""

import gc

from tests.desk_fixtures import desk, desk_template

__all__ = ["desk", "desk_template"]

# A quarter of the time of all tests went into looking for cycles among the modules and styles that stay anyway.
gc.freeze()
gc.set_threshold(100_000, 50, 100)
