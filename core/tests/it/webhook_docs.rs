//! The code that the page on webhooks shows.

use std::error::Error;
use std::time::Duration;

use http::HeaderMap;
use penbox::serde_json::json;
use penbox::webhook::{Verifier, WebhookEvent};
use penbox::{CallOptions, Client, ErrorKind, Form, FormCreate};
use penbox_sandbox::{FormCompletion, Sandbox, SandboxOptions};

use super::issuer::{BODY, Delivery, good, pinned};

fn receive(
    verifier: &Verifier,
    headers: &HeaderMap,
    body: &[u8],
    work: impl FnOnce(WebhookEvent) -> Result<(), Box<dyn Error>>,
) -> u16 {
    let event = match verifier.unwrap(headers, body) {
        Ok(event) => event,
        // It was accepted before, so Penbox need not send it again.
        Err(error) if error.reason() == Some("replayed") => return 204,
        // The keys could not be fetched, so nothing is known of the delivery: the next time they may.
        Err(error) if error.retryable() || error.kind() != ErrorKind::Webhook => return 503,
        Err(error) => {
            eprintln!("{error}");
            return 401;
        }
    };
    if event.has("responses:completed") && work(event).is_err() {
        // The delivery that is asked for by the 500 must be accepted.
        let _ = verifier.forget(headers);
        return 500;
    }
    204
}

fn headers(delivery: &Delivery) -> HeaderMap {
    let pairs = delivery.headers().map(|(name, value)| {
        let name: http::HeaderName = name.parse().unwrap();
        (name, value.parse().unwrap())
    });
    pairs.into_iter().collect()
}

#[test]
fn a_receiver_that_fails_gets_the_delivery_again_and_works_once() {
    let (verifier, delivery) = (pinned().remember_deliveries().build().unwrap(), good());
    let (headers, body) = (headers(&delivery), BODY.as_bytes());
    let mut worked = 0;
    let failed = receive(&verifier, &headers, body, |_| {
        Err("the database is away".into())
    });
    let mut again = || {
        receive(&verifier, &headers, body, |event| {
            worked += 1;
            assert_eq!(event.request.map(|form| form.id).as_deref(), Some("f-1"));
            Ok(())
        })
    };
    assert_eq!((failed, again(), again(), again()), (500, 204, 204, 204));
    assert_eq!(worked, 1);
    let forged = receive(&verifier, &HeaderMap::new(), body, |_| Ok(()));
    assert_eq!(forged, 401);
}

#[test]
fn the_keys_of_an_issuer_that_is_away_make_a_503() {
    let nobody = Verifier::builder(super::issuer::URL).keys_url("http://127.0.0.1:1/keys");
    let verifier = nobody.build().unwrap();
    let delivery = good();
    let status = receive(&verifier, &headers(&delivery), &delivery.body, |_| Ok(()));
    assert_eq!(status, 503);
}

#[test]
fn a_form_asks_for_deliveries() -> Result<(), Box<dyn Error>> {
    let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    let client = penbox::Client::builder()
        .token(sandbox.token())
        .base_url(sandbox.url())
        .build()?;
    let webhooks = json!({"https://example.com/hooks/penbox": ["responses:completed"]});
    let form = FormCreate::new("client-onboarding").webhooks(webhooks);
    let form = client.forms().create(form)?;
    assert_eq!(
        form.webhooks.unwrap().to_map()["https://example.com/hooks/penbox"][0],
        "responses:completed"
    );
    let verifier = Verifier::builder("https://example.com/hooks/penbox")
        .remember_deliveries()
        .build()?;
    drop(verifier);
    Ok(())
}

#[test]
fn a_verified_delivery_ends_the_wait_for_its_form() {
    fn collect(client: &Client, form: &Form) -> penbox::Result<Form> {
        let patient = CallOptions::new().timeout(Duration::from_secs(3600));
        let form = client
            .with_options(patient)
            .forms()
            .wait_completed(&form.id)?;
        Ok(form)
    }
    fn delivered(client: &Client, event: &WebhookEvent) {
        if let Some(form) = &event.request {
            client.notify_form(&form.id);
        }
    }
    let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
    let builder = Client::builder().token(sandbox.token());
    let client = builder.base_url(sandbox.url()).build().unwrap();
    let form = FormCreate::new("client-onboarding");
    let form = client.forms().create(form).unwrap();
    std::thread::scope(|scope| {
        let wait = scope.spawn(|| collect(&client, &form));
        let completion = FormCompletion::default();
        sandbox.complete_form(&form.id, completion).unwrap();
        let event = json!({"events": ["responses:completed"], "request": {"id": form.id}});
        let event: WebhookEvent = penbox::serde_json::from_value(event).unwrap();
        delivered(&client, &event);
        assert_eq!(wait.join().unwrap().unwrap().id, form.id);
    });
}
