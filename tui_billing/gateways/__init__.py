"""Card processors behind one port."""
