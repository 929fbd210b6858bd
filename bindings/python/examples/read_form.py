"""Reads a form with settings of its own, and says what went wrong. Needs PENBOX_API_TOKEN."""

import argparse
import sys

import penbox


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("id", nargs="?", default="00000000-0000-4000-8000-000000000000")
    wanted = parser.parse_args()

    client = penbox.Client(
        timeout=60,  # seconds, for a call with its waits
        max_retry_wait=5,
        rate_limit="100/min, 1000/h",
        token_name="CRM",
        user_agent_suffix="crm-sync/2.1",
    )
    with client:
        # Somebody waits for this call.
        quick = client.with_options(timeout=20, max_attempts=2)
        form = quick.forms.get(wanted.id)
        print(form.id, form.status)


if __name__ == "__main__":
    try:
        main()
    except penbox.NotFoundError:
        sys.exit("there is no such form")
    except penbox.RateLimitError as error:
        sys.exit(f"too many requests: wait {error.retry_after or 1:g} s")
    except penbox.ServerError as error:
        # It never holds the token.
        sys.exit(f"the service failed; for Penbox's support:\n{error.support_report()}")
    except penbox.PenboxError as error:
        sys.exit(str(error))
