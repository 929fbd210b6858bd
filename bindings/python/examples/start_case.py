"""Makes a case from a template and starts its first step. Needs PENBOX_API_TOKEN."""

import argparse
import sys

import penbox

# A role and a field of the template.
ROLE = "main"
FIELD = "company_name"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("email", nargs="?", default="jane@example.com")
    parser.add_argument("company", nargs="?", default="Jane's Bakery")
    parser.add_argument("template", nargs="?", help="its id; the newest one otherwise")
    wanted = parser.parse_args()

    with penbox.Client() as client:
        templates = client.case_templates
        template = (
            templates.get(wanted.template) if wanted.template else next(templates.list(), None)
        )
        if template is None:
            sys.exit("there is no case template")
        try:
            case = client.cases.create(
                template={"id": template.id},
                contacts=[{"key": ROLE, "email": wanted.email}],
            )
        except penbox.PenboxError as error:
            if error.outcome in ("unknown", "done"):
                print("the case may exist: look for it before you make another", file=sys.stderr)
            raise
        print(f"created {case.id} from the template {template.title}")
        client.cases.update_data(case.id, data={FIELD: wanted.company})

        key = start_first_step(client, case.id)
        print("started", key)
        case = client.cases.get(case.id)
        print(f"the case is {case.parent_status} and waits for: {case.waiting_for}")
        for step in case.steps or []:
            print(f"- {step.title}: {step.status}")

        try:
            client.cases.start_step(case.id, key)
        except penbox.ConflictError as error:
            print(f"a second start is a {error.kind}: {error.message}")


def start_first_step(client: penbox.Client, case_id: str) -> str:
    """Starts the first step that can be started, and gives its key."""
    for step in client.cases.get(case_id).steps or []:
        key = step.key or step.id
        if key is None:
            continue
        try:
            client.cases.start_step(case_id, key)
        except (penbox.ConflictError, penbox.UnprocessableEntityError) as error:
            print(f"{key} cannot be started: {error.message}")
        else:
            return key
    sys.exit("no step can be started")


if __name__ == "__main__":
    try:
        main()
    except penbox.PenboxError as error:
        sys.exit(str(error))
