"""Uploads files with a progress bar each. Needs PENBOX_API_TOKEN, and tqdm.

Usage: upload_progress.py FILE...
"""

import sys
from pathlib import Path

from tqdm import tqdm  # type: ignore[import-untyped]

import penbox

with penbox.Client() as client:
    for path in map(Path, sys.argv[1:]):
        with tqdm(desc=path.name, unit="B", unit_scale=True) as bar:

            def show(sent: int, total: int | None, bar: tqdm = bar) -> None:
                bar.total = total
                bar.update(sent - bar.n)

            try:
                attachment = client.attachments.upload(path, on_progress=show)
            except penbox.PenboxError as error:
                sys.exit(f"{path}: {error}")
        print(f"uploaded {path.name} as {attachment.id}")
