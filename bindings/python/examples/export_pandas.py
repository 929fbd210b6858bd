"""Counts forms by template and status with pandas. Needs PENBOX_API_TOKEN, and pandas.

Usage: export_pandas.py [SINCE]     forms made since a date, by default 2024-01-01
"""

import sys

import pandas as pd  # type: ignore[import-untyped]

import penbox

since = sys.argv[1] if len(sys.argv) > 1 else "2024-01-01"

with penbox.Client() as client:
    # Results are mappings: a list of them is a table.
    forms = pd.DataFrame(client.forms.list(filter={"attributes": {"created_at": {"$ge": since}}}))

if forms.empty:
    sys.exit("there are no forms")
forms["template"] = [flow and flow["slug"] for flow in forms["flow"]]
print(forms.groupby(["template", "status"]).size().to_string())
