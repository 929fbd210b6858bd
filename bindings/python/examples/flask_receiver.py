"""Receives webhooks with Flask. Needs the address that stands in the form's webhooks.

    PENBOX_WEBHOOK_URL=https://example.com/hooks/penbox python flask_receiver.py

PENBOX_ISSUER is another issuer, such as http://127.0.0.1:4010/ for the sandbox; PORT is 8080 unless
set. In production a WSGI server runs `flask_receiver:app`.
"""

import os
import queue
import threading

import flask

import penbox.webhooks

app = flask.Flask(__name__)
verifier = penbox.webhooks.Verifier(
    os.environ["PENBOX_WEBHOOK_URL"],
    issuer=os.environ.get("PENBOX_ISSUER"),
    remember_deliveries=True,  # Of several processes each needs the same store: see ReplayStore.
)
# In production a queue that outlives the process, such as a table or Redis.
events: "queue.Queue[penbox.WebhookEvent]" = queue.Queue(maxsize=10_000)


@app.post("/hooks/penbox")
def receive() -> tuple[str, int]:
    headers = flask.request.headers
    try:
        # The bytes as they were received: request.json, written again, has another digest.
        event = verifier.unwrap(headers, flask.request.get_data())
    except penbox.WebhookVerificationError as error:
        if error.reason == "replayed":
            return "", 204  # Accepted before: Penbox need not send it again.
        if error.retryable:
            return "", 503
        app.logger.warning("a delivery was refused: %s", error)
        return "", 401
    except penbox.APIError as error:
        # The issuer's keys could not be fetched, so nothing is known of the delivery.
        app.logger.error("%s", error)
        return "", 503
    try:
        events.put_nowait(event)
    except queue.Full:
        verifier.forget(headers)  # So that the repeat is accepted.
        return "", 503
    return "", 204


def work() -> None:
    """Does what takes long, for Penbox waits for the answer."""
    while True:
        event = events.get()
        form = event.request
        print(form.id if form else None, *(event.events or ()), flush=True)


threading.Thread(target=work, daemon=True).start()

if __name__ == "__main__":
    app.run(port=int(os.environ.get("PORT", "8080")))
