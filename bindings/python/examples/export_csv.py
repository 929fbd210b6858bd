"""Writes the forms made since a date, drafts left out, to a CSV file. Needs PENBOX_API_TOKEN."""

import argparse
import csv
import sys
from pathlib import Path

import penbox
from penbox.models import Form

COLUMNS = ("id", "created_at", "status", "template", "email", "given_name", "phone")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("since", nargs="?", default="2024-01-01", help="a date, or a moment in UTC")
    parser.add_argument("file", nargs="?", default="forms.csv", type=Path)
    wanted = parser.parse_args()
    recent = {"attributes": {"created_at": {"$ge": wanted.since}, "status": {"$ne": "draft"}}}

    count = 0
    unfinished = wanted.file.with_name(f"{wanted.file.name}.part")
    with penbox.Client() as client, unfinished.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, quoting=csv.QUOTE_ALL)
        table.writerow(COLUMNS)
        # One page at a time is held; oldest first, what is made meanwhile moves no page.
        for form in client.forms.list(filter=recent, sort="+created_at"):
            table.writerow(map(safe, row(form)))
            count += 1
    unfinished.replace(wanted.file)
    print(f"wrote {count} forms to {wanted.file}")


def row(form: Form) -> list[str | None]:
    template = form.flow.slug if form.flow else None
    contact = [form.user.email, form.user.given_name, form.user.phone] if form.user else [None] * 3
    return [form.id, form.created_at, form.status, template, *contact]


def safe(value: str | None) -> str:
    """No spreadsheet takes for a formula what a contact typed."""
    text = value or ""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


if __name__ == "__main__":
    try:
        main()
    except (penbox.PenboxError, OSError) as error:
        sys.exit(str(error))
