"""Faults that are put into the code, and what sees them: a copy of the project, the tools that change it, a ledger of the results."""
