"""Receipts, invoices and statements as PDF, and the files they are saved in."""
