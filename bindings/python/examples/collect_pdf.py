"""Sends a form to a contact, waits for the answer and saves it as PDF. Needs PENBOX_API_TOKEN."""

import argparse
import sys
import time

import penbox
from penbox.models import FormResponse

SECONDS_BETWEEN_QUESTIONS = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("email", nargs="?", default="john@example.com")
    parser.add_argument("template", nargs="?", default="client-onboarding")
    parser.add_argument("folder", nargs="?", default=".")
    parser.add_argument("seconds", nargs="?", default=600, type=int, help="how long to wait")
    wanted = parser.parse_args()

    with penbox.Client() as client:
        try:
            form = client.forms.create(flow={"slug": wanted.template}, user={"email": wanted.email})
        except penbox.PenboxError as error:
            # The SDK does not repeat a create by itself, and neither should you before you looked:
            # the contact could be mailed twice.
            if error.outcome in ("unknown", "done"):
                print("the form may exist: look for it before you send another", file=sys.stderr)
            raise
        print("created", form.id)
        print("to be filled in at", form.links and form.links.fill)
        print(f"waiting for the answer, {wanted.seconds} s at most", flush=True)
        answer = wait_for_answer(client, form.id, wanted.seconds)
        path = f"{wanted.folder}/answer-{answer.id}.pdf"
        file = client.responses.download_pdf(answer.id, to=path)
        print(f"saved {file.path}: {file.size} bytes, SHA-256 {file.sha256}")


def wait_for_answer(client: penbox.Client, form_id: str, seconds: int) -> FormResponse:
    """Asks until the contact has answered. For waits of days there are webhooks."""
    deadline = time.monotonic() + seconds
    while True:
        form = client.forms.get(form_id)
        for answer in form.responses or []:
            if answer.completed_at is not None:
                return answer
        if form.status == "declined":
            sys.exit("the contact declined")
        if time.monotonic() + SECONDS_BETWEEN_QUESTIONS > deadline:
            sys.exit(f"no answer within {seconds} s; the form stays open")
        time.sleep(SECONDS_BETWEEN_QUESTIONS)


if __name__ == "__main__":
    try:
        main()
    except penbox.PenboxError as error:
        sys.exit(str(error))
