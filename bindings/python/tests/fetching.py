"""Run by test_webhook_keys.py: Ctrl-C while a thread fetches keys, or waits for it."""

from __future__ import annotations

import signal
import sys
import threading

import penbox
from deliveries import BODY, URL, delivery

way, keys_url = sys.argv[1:]
# A shell that starts this in the background has it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
verifier = penbox.webhooks.Verifier(URL, keys_url=keys_url, timeout=60)
headers = delivery()
print("begins", flush=True)
other = threading.Thread(target=verifier.fetch_keys, daemon=True)
if way == "waiting":
    other.start()
    # The other thread's request was heard, or this one's will be: both are waits for keys.
    print("waits", flush=True)
try:
    verifier.unwrap(headers, BODY)
except KeyboardInterrupt:
    print("interrupted", flush=True)
verifier.unwrap(headers, BODY)
print("verified", flush=True)
