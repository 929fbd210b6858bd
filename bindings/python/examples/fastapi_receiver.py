"""Receives webhooks with FastAPI. Needs the address that stands in the form's webhooks.

    PENBOX_WEBHOOK_URL=https://example.com/hooks/penbox python fastapi_receiver.py

PENBOX_ISSUER is another issuer, such as http://127.0.0.1:4010/ for the sandbox; PORT is 8080 unless
set.
"""

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator

import uvicorn
from fastapi import FastAPI, Request, Response

import penbox.webhooks

verifier = penbox.webhooks.Verifier(
    os.environ["PENBOX_WEBHOOK_URL"],
    issuer=os.environ.get("PENBOX_ISSUER"),
    remember_deliveries=True,  # Of several processes each needs the same store: see ReplayStore.
)
# In production a queue that outlives the process, such as a table or Redis.
events: "asyncio.Queue[penbox.WebhookEvent]" = asyncio.Queue(maxsize=10_000)


async def work() -> None:
    """Does what takes long, for Penbox waits for the answer."""
    while True:
        event = await events.get()
        form = event.request
        print(form.id if form else None, *(event.events or ()), flush=True)


@contextlib.asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    worker = asyncio.create_task(work())
    yield
    worker.cancel()


app = FastAPI(lifespan=lifespan)


@app.post("/hooks/penbox")
async def receive(request: Request) -> Response:
    # The bytes as they were received: a parsed body, written again, has another digest.
    body = await request.body()
    try:
        # On a thread: the first delivery fetches the issuer's keys, which must not hold the loop.
        event = await asyncio.to_thread(verifier.unwrap, request.headers, body)
    except penbox.WebhookVerificationError as error:
        if error.reason == "replayed":
            return Response(status_code=204)  # Accepted before: Penbox need not send it again.
        if error.retryable:
            return Response(status_code=503)
        logging.warning("a delivery was refused: %s", error)
        return Response(status_code=401)
    except penbox.APIError as error:
        # The issuer's keys could not be fetched, so nothing is known of the delivery.
        logging.error("%s", error)
        return Response(status_code=503)
    try:
        events.put_nowait(event)
    except asyncio.QueueFull:
        verifier.forget(request.headers)  # So that the repeat is accepted.
        return Response(status_code=503)
    return Response(status_code=204)


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ.get("PORT", "8080")), log_level="warning")
