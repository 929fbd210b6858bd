"""Sends a form and reads it back. Needs PENBOX_API_TOKEN."""

import penbox

with penbox.Client() as client:
    form = client.forms.create(
        flow={"slug": "client-onboarding"},
        user={"email": "john@example.com", "given_name": "John", "family_name": "Doe"},
    )
    print("created", form.id)
    for form in client.forms.list(completed=False):
        print("open:", form.id, form.status)
