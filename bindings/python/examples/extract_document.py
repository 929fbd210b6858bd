"""Uploads a document and reads fields out of it. Needs PENBOX_API_TOKEN."""

import argparse
import json
import sys

import penbox

SECONDS_FOR_RESULTS = 120


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("document", nargs="?", default="document.pdf")
    wanted = parser.parse_args()

    with penbox.Client() as client:
        attachment = client.attachments.upload(wanted.document)
        print(f"uploaded {attachment.name} as {attachment.id}")
        extraction = client.document_intelligence.extract(
            attachments=[{"id": attachment.id}],
            fields=[
                {"name": "firstname", "type": "text"},
                {"name": "birthday", "type": "date", "hint": "YYYY-MM-DD"},
                {"name": "amount", "type": "number"},
            ],
            timeout=SECONDS_FOR_RESULTS,
        )
        fields = extraction.results and extraction.results.fields
        for field in fields or []:
            value = json.dumps(field.value, ensure_ascii=False)
            print(f"{field.name}: {value} (confidence: {field.confidence})")


if __name__ == "__main__":
    try:
        main()
    except penbox.PenboxError as error:
        sys.exit(str(error))
