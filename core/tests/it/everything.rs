//! The other operations against the sandbox.

use std::time::Duration;

use penbox::{
    AttachmentMerge, CallOptions, CaseContactInput, CaseContactsUpdate, CaseCount, CaseCreate,
    CaseDataUpdate, CaseList, CaseStepStart, CaseTemplateList, Download, ErrorKind,
    ExtractionCreate, ExtractionField, ExtractionSource, FormCount, FormCreate, FormStatus,
    FormTemplateList, FormUpdate, Outcome, SignatureStatus, Upload, User,
};
use penbox_sandbox::{CompletionFile, CompletionSignature, FormCompletion, SettingsPatch};
use serde_json::{Map, Value, json};

use crate::sandbox::start;

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[test]
fn forms_are_counted_and_changed() {
    let (_sandbox, client) = start();
    let draft = FormCreate::new("client-onboarding")
        .draft(true)
        .active_until("2030-01-01T00:00:00Z");
    let form = client.forms().create(draft).unwrap();
    client
        .forms()
        .create(FormCreate::new("client-onboarding"))
        .unwrap();
    let count = client
        .forms()
        .count(FormCount::default().group_by("status"))
        .unwrap();
    assert_eq!(
        (count.count, count.by.unwrap().get("status")),
        (Some(2), Some(json!({"draft": 1, "pending": 1})))
    );

    let sent = client
        .forms()
        .update(&form.id, FormUpdate::default().draft(false))
        .unwrap();
    assert_eq!(sent.status, Some(FormStatus::Pending));
    assert!(sent.active_until.is_some());
    let open = client
        .forms()
        .update(&form.id, FormUpdate::default().null("active_until"))
        .unwrap();
    assert_eq!(open.active_until, None);
    let error = client
        .forms()
        .update(&form.id, FormUpdate::default().processed(true))
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::UnprocessableEntity, Outcome::Rejected)
    );
}

#[test]
fn templates_have_options_and_steps() {
    let (_sandbox, client) = start();
    let slugs: Vec<_> = client
        .form_templates()
        .list(FormTemplateList::default())
        .map(|template| template.unwrap().slug.unwrap())
        .collect();
    assert!(slugs.contains(&"client-onboarding".into()), "{slugs:?}");
    assert!(
        client
            .form_templates()
            .options("client-onboarding")
            .unwrap()
            .as_str()
            .starts_with('{')
    );
    let steps = client.form_templates().steps("client-onboarding").unwrap();
    assert!(steps[0].elements.as_ref().unwrap()[0].key.is_some());
    assert_eq!(
        client.form_templates().steps("nothing").unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[test]
fn an_answered_form_gives_a_response_its_pdf_its_files_and_its_signature() {
    let (sandbox, client) = start();
    let form = client
        .forms()
        .create(FormCreate::new("client-onboarding").user(User::email("a@example.com")))
        .unwrap();
    let completed = sandbox
        .complete_form(
            &form.id,
            FormCompletion {
                data: object(json!({"company_name": "Acme"})),
                attachments: vec![CompletionFile {
                    id: None,
                    name: "id.txt".into(),
                    media_type: Some("text/plain".into()),
                    data: b"hello".to_vec(),
                    key: None,
                }],
                signature: Some(CompletionSignature {
                    key: "contract".into(),
                    name: None,
                }),
                ..FormCompletion::default()
            },
        )
        .unwrap();
    let form = client.forms().get(&form.id).unwrap();
    assert_eq!(form.status, Some(FormStatus::Completed));
    let id = &form.responses.as_ref().unwrap()[0].id;
    let response = client.responses().get(id).unwrap();
    assert_eq!(
        response.data.as_ref().unwrap().get("company_name"),
        Some(json!("Acme"))
    );
    assert_eq!(
        response.request.as_ref().unwrap().id.as_deref(),
        Some(form.id.as_str())
    );
    assert!(response.completed_at.is_some() && response.created_at.is_some());
    assert!(response.raw.as_ref().unwrap().get("data").unwrap()["attributes"].is_object());

    let pdf = client
        .responses()
        .download_pdf(id, Download::memory())
        .unwrap();
    assert!(pdf.content.unwrap().starts_with(b"%PDF-"));
    let attachment = &completed.attachment_ids[0];
    let known = client.attachments().get(attachment).unwrap();
    assert_eq!(
        (known.name.as_deref(), known.metadata.unwrap().size),
        (Some("id.txt"), Some(5))
    );
    let file = client
        .attachments()
        .download(attachment, Download::memory())
        .unwrap();
    assert_eq!(
        (file.content.as_deref(), file.name.as_deref()),
        (Some(&b"hello"[..]), Some("id.txt"))
    );
    let signature = client
        .signatures()
        .get(completed.signature_id.as_deref().unwrap())
        .unwrap();
    assert_eq!(signature.status, Some(SignatureStatus::Completed));
    let signed = client
        .signatures()
        .download(&signature.id, Download::memory())
        .unwrap();
    assert!(signed.size > 0);
}

#[test]
fn cases_go_from_creation_to_a_started_step() {
    let (_sandbox, client) = start();
    let templates: Vec<_> = client
        .case_templates()
        .list(CaseTemplateList::default())
        .map(Result::unwrap)
        .collect();
    let template = client.case_templates().get(&templates[0].id).unwrap();
    let step = template.steps.as_ref().unwrap()[0].id.clone().unwrap();
    let contact = CaseContactInput::key("main")
        .email("jo@example.com")
        .given_name("Jo");
    let case = client
        .cases()
        .create(
            CaseCreate::from_template(&template.id)
                .with_title("Onboarding")
                .contacts(vec![contact.clone()]),
        )
        .unwrap();
    assert_eq!(client.cases().get(&case.id).unwrap(), case);
    let data = object(json!({"company_name": "Acme SA"}));
    let changed = client
        .cases()
        .update_data(&case.id, CaseDataUpdate::new(data))
        .unwrap();
    let field = changed
        .schema
        .unwrap()
        .into_iter()
        .find(|field| field.key.as_deref() == Some("company_name"))
        .unwrap();
    assert_eq!(field.value.unwrap().to_value(), json!("Acme SA"));
    let contacts = CaseContactsUpdate::new(vec![contact.family_name("Doe")]);
    let changed = client.cases().update_contacts(&case.id, contacts).unwrap();
    assert_eq!(
        changed.contacts.unwrap()[0].family_name.as_deref(),
        Some("Doe")
    );
    client
        .cases()
        .start_step(&case.id, &step, CaseStepStart::default())
        .unwrap();
    let again = client
        .cases()
        .start_step(&case.id, &step, CaseStepStart::default())
        .unwrap_err();
    assert_eq!(
        (again.kind(), again.outcome(), again.retryable()),
        (ErrorKind::Conflict, Outcome::Rejected, false)
    );
    assert_eq!(again.path(), Some("/cases/{id}/start/{stepKey}"));
    assert_eq!(
        client
            .cases()
            .list(CaseList::default())
            .map(Result::unwrap)
            .count(),
        1
    );
    assert_eq!(
        client
            .cases()
            .count(CaseCount::default().reference("nothing"))
            .unwrap()
            .count,
        Some(0)
    );
}

#[test]
fn files_go_up_and_come_down_whole() {
    let (_sandbox, client) = start();
    let bytes: Vec<u8> = (0..3_000_000u32).map(|n| (n % 251) as u8).collect();
    let first = client
        .attachments()
        .upload(Upload::bytes(bytes.clone(), "data.zip").scope("public"))
        .unwrap();
    assert_eq!(
        (first.scope.as_deref(), first.type_.as_deref()),
        (Some("public"), Some("application/zip"))
    );
    let file = client
        .attachments()
        .download(&first.id, Download::memory())
        .unwrap();
    assert!(file.content.as_deref() == Some(&bytes));
    let unsized_source = Upload::reader(std::io::Cursor::new(bytes.clone()), None, "chunked.csv");
    let second = client.attachments().upload(unsized_source).unwrap();
    assert_eq!(second.metadata.unwrap().size, Some(3_000_000));
    let merged = AttachmentMerge::of([&first.id, &second.id]).filename("all");
    let file = client
        .attachments()
        .download_merged(merged, Download::memory())
        .unwrap();
    assert!(file.content.unwrap().starts_with(b"%PDF-"));
    let error = client
        .attachments()
        .download("00000000-0000-4000-8000-000000000000", Download::memory())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn an_extraction_is_waited_for_within_its_limit() {
    let (sandbox, client) = start();
    let attachment = client
        .attachments()
        .upload(Upload::bytes("%PDF", "id.pdf"))
        .unwrap();
    let params = || {
        ExtractionCreate::fields_of(
            vec![ExtractionSource::id(&attachment.id)],
            vec![ExtractionField::text("firstname")],
        )
    };
    assert!(
        client
            .document_intelligence()
            .create(params())
            .unwrap()
            .results
            .is_some()
    );
    sandbox.settings(SettingsPatch {
        extraction_delay_ms: Some(300),
        ..SettingsPatch::default()
    });
    assert!(
        client
            .document_intelligence()
            .create(params())
            .unwrap()
            .results
            .is_none()
    );
    let done = client.document_intelligence().extract(params()).unwrap();
    let fields = done.results.unwrap().fields.unwrap();
    assert_eq!(fields[0].key.as_deref(), Some("firstname"));
    let by_id = client.invoke(
        "document_intelligence.extract",
        &json!({"attachments": [{"id": attachment.id}], "fields": [{"name": "firstname", "type": "text"}]}).to_string(),
        &CallOptions::new(),
    );
    assert!(
        by_id
            .unwrap()
            .document
            .root()
            .pointer("/results/fields/0/value")
            .is_some()
    );

    sandbox.settings(SettingsPatch {
        extraction_delay_ms: Some(60_000),
        ..SettingsPatch::default()
    });
    let short = CallOptions::new().timeout(Duration::from_millis(600));
    let error = client
        .with_options(short)
        .document_intelligence()
        .extract(params())
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.phase(), error.outcome()),
        (ErrorKind::Timeout, Some("total"), Outcome::Done)
    );
    assert!(!error.retryable());
    let neither =
        ExtractionCreate::from_json(&json!({"attachments": [{"id": attachment.id}]}).to_string())
            .unwrap();
    let error = client.document_intelligence().extract(neither).unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::InvalidArgument, Outcome::NotSent)
    );
}
