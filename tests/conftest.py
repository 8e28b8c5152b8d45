"""What every test may ask for."""

from tests.desk_fixtures import desk, desk_template

__all__ = ["desk", "desk_template"]
