"""One screen, one module, and its stylesheet beside it."""
