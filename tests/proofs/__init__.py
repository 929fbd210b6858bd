"""Runs the proofs that a table names: each row says what shows that it holds, and these modules try it."""
