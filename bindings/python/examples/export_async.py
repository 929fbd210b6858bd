"""Writes every form with its responses to a file, many at a time. Needs PENBOX_API_TOKEN."""

import asyncio
import sys
from pathlib import Path

import penbox


async def main(file: Path) -> None:
    async with penbox.AsyncClient() as client, asyncio.TaskGroup() as tasks:
        reads = [tasks.create_task(client.forms.get(form.id)) async for form in client.forms.list()]
    file.write_text("".join(f"{read.result().to_json()}\n" for read in reads), encoding="utf-8")
    print(f"wrote {len(reads)} forms to {file}")


if __name__ == "__main__":
    try:
        asyncio.run(main(Path(sys.argv[1] if len(sys.argv) > 1 else "forms.jsonl")))
    except ExceptionGroup as errors:
        sys.exit(str(errors.exceptions[0]))
    except (penbox.PenboxError, OSError) as error:
        sys.exit(str(error))
