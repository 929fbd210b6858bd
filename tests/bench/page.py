#!/usr/bin/env python3
"""Writes the page that the benchmarks read: 100 forms as the API's reference documents them, always the same bytes."""

import hashlib
import json
import sys

GIVEN = ["John", "Zoë", "François", "Marie", "Łukasz", "Anna", "Jürgen", "Noor", "Siobhán", "Inès"]
FAMILY = ["Doe", "Peeters", "D'Hondt", "Müller", "Dupont-Lefèvre", "Van den Broeck", "Øberg", "Rossi", "Ibáñez", "Smith"]
FLOWS = ["client-onboarding", "car-insurance-claim", "kyc-individual", "mortgage-file", "employee-welcome"]
STREETS = ["Rue de la Loi", "Kerkstraat", "Hauptstraße", "Avenue de l'Été", "Station Road"]
STATUSES = ["pending", "completed", "completed", "draft", "completed", "processed", "pending", "declined"]
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"
REMARK = 'She said "call me after six",\nthe entrance is at the back. Path: C:\\scans\\2024'


def uuid(name):
    text = hashlib.sha256(name.encode()).hexdigest()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:32]}"


def time(number, hour):
    return f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}T{hour:02}:{number % 60:02}:00Z"


def person(number):
    given, family = GIVEN[number % 10], FAMILY[number * 7 % 10]
    return {
        "anonymous": False,
        "email": f"client.{number}@example.com",
        "phone": f"+3247{number * 7919 % 10_000_000:07}" if number % 3 else None,
        "given_name": given,
        "family_name": family,
    }


def answers(number):
    return {
        "property_type": ["house", "apartment", "studio"][number % 3],
        "street": f"{STREETS[number % 5]} {number % 90 + 1}",
        "amount": number * 1337.25,
        "insured": number % 2 == 0,
        "cover": ["fire", "theft", "glass"][: number % 3 + 1],
        **({"remark": REMARK} if number % 4 == 1 else {}),
    }


def attachment(number):
    key = uuid(f"attachment {number}")
    return {
        "id": key,
        "name": f"Carte d'identité {number}.pdf",
        "type": "application/pdf",
        "scope": "restricted",
        "metadata": {"size": 120_000 + number * 977, "width": None, "height": None},
        "uri": f"https://connect.penbox.io/v1/attachments/{key}",
    }


def response(number):
    return {
        "id": uuid(f"response {number}"),
        "completed_at": time(number, 11),
        "updated_at": time(number, 12),
        "data": answers(number),
        "user": {"ip": f"192.0.2.{number}", **person(number), "locale": "fr", "user-agent": AGENT, "accept-language": "fr-BE"},
        "attachments": [attachment(number)] if number % 3 == 0 else [],
        "signatures": {},
        "files": {},
    }


def notification(number):
    return {
        "id": uuid(f"notification {number}"),
        "status": "sent",
        "method": "email",
        "at": time(number, 10),
        "to": f"client.{number}@example.com",
        "from": "no-reply@example.com",
        "cc": None,
        "bcc": None,
        "system": True,
        "locale": "fr",
        "template": "request_created",
        "variables": None,
        "active": True,
        "error": None,
        "message_id": None,
    }


def form(number):
    key = uuid(f"form {number}")
    status = STATUSES[number % 8]
    answered = status in ("completed", "processed")
    return {
        "id": key,
        "created_at": time(number, 9),
        "status": status,
        "archived": False,
        "archived_at": None,
        "processed_at": time(number, 15) if status == "processed" else None,
        "active_from": time(number, 9),
        "active_until": None,
        "links": {"fill": f"https://fill.penbox.io/{key[:8]}?lang=fr&via=api", "app": f"https://app.penbox.io/requests/{key}"},
        "user": {**person(number), "company_name": "Æther & Søn SA" if number % 5 == 0 else None, "internal_ref": f"CRM-{10_000 + number}"},
        "owner": {"id": uuid(f"owner {number % 4}"), "email": f"broker{number % 4}@example.com"} if number % 3 else None,
        "flow": {"slug": FLOWS[number % 5]},
        "workspace": {"id": uuid("workspace"), "slug": "acme-brokers"},
        "data": answers(number),
        "external_args": {"crm_id": str(12_345 + number), "source": "nightly", "tags": ["a", "b"]},
        "options": {"signature_method": "sms", "handler_email": None},
        "responses": [response(number)] if answered else [],
        **({"notifications": [notification(number)]} if number % 10 == 2 else {"notifications": []}),
    }


def page():
    forms = [form(number) for number in range(100)]
    meta = {"total_count": 100, "total_pages": 1, "page_size": 100, "current_page": 1}
    return json.dumps({"meta": meta, "data": forms}, ensure_ascii=False, separators=(",", ":")).encode()


if __name__ == "__main__":
    sys.stdout.buffer.write(page())
