//! The verification of a webhook's delivery.

use std::sync::OnceLock;
use std::time::Duration;

use serde_json::Value;

use crate::webhook::{TestClock, Verifier};

/// A delivery that a verifier accepts, and the keys.
struct Accepted {
    url: String,
    keys: String,
    clock: TestClock,
    /// The token, the digest and the body.
    parts: [Vec<u8>; 3],
}

/// The first delivery of a file that another library has signed.
fn accepted() -> &'static Accepted {
    static ACCEPTED: OnceLock<Accepted> = OnceLock::new();
    ACCEPTED.get_or_init(|| {
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
        let made = read(include_str!("../../../tests/deliveries/pyjwt.json"));
        let keys = read(include_str!("../../../tests/deliveries/keys.json"));
        let delivery = &made["deliveries"][0];
        let part = |name: &str| {
            delivery[name]
                .as_str()
                .unwrap_or_default()
                .as_bytes()
                .to_vec()
        };
        Accepted {
            url: made["url"].as_str().unwrap_or_default().to_owned(),
            keys: keys["rsa"].to_string(),
            clock: TestClock::at(Duration::from_secs(
                made["now"].as_u64().unwrap_or_default(),
            )),
            parts: ["signature", "digest", "body"].map(part),
        }
    })
}

/// A verifier accepts the delivery that was signed, and none whose token, digest or body is another. The first byte of an input says
/// what the rest is: one of those, or the keys.
pub(super) fn webhook(data: &[u8]) {
    let Some((choice, rest)) = data.split_first() else {
        return;
    };
    let good = accepted();
    let builder = || Verifier::builder(&good.url).clock(&good.clock);
    let verify = |verifier: &Verifier, parts: &[Vec<u8>; 3]| {
        let headers = [("x-pnbx-signature", &parts[0]), ("digest", &parts[1])];
        match verifier.unwrap(&headers, &parts[2]) {
            Ok(_) => true,
            Err(error) => {
                assert!(error.reason().is_some(), "{error}");
                false
            }
        }
    };
    match usize::from(choice % 4) {
        3 => {
            // Other keys may hold the right one.
            if let Ok(verifier) = builder().keys(String::from_utf8_lossy(rest)).build() {
                verify(&verifier, &good.parts);
            }
        }
        part => {
            let mut parts = good.parts.clone();
            parts[part] = rest.to_vec();
            match builder().keys(&*good.keys).build() {
                Ok(verifier) => assert_eq!(verify(&verifier, &parts), parts == good.parts),
                Err(error) => panic!("the keys are refused: {error}"),
            }
        }
    }
}
