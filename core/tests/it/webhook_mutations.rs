//! Changes of a valid delivery, of which none is accepted; and what a verification costs.

use std::time::{Duration, Instant};

use super::issuer::{Delivery, URL, clock, good, key_set, pinned};
use penbox::webhook::{Verifier, VerifierBuilder};

/// A generator of numbers (SplitMix64), so that each run makes the same changes.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut number = self.0;
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (number ^ (number >> 31)) as usize % end
    }

    /// Changes some bytes: one flipped, removed, added, doubled or exchanged with another.
    fn change(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len());
        match self.below(5) {
            0 => bytes[at] ^= 1 << self.below(8),
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, self.below(256) as u8),
            3 => bytes.insert(at, bytes[at]),
            _ => {
                let other = self.below(bytes.len());
                bytes.swap(at, other);
            }
        }
    }
}

#[test]
fn no_change_of_a_delivery_is_accepted() {
    let base = good();
    let parts = [
        base.signature.as_bytes(),
        base.digest.as_bytes(),
        &base.body,
        URL.as_bytes(),
    ];
    let with = |parts: &[Vec<u8>; 4]| -> bool {
        let headers = [("x-pnbx-signature", &parts[0]), ("digest", &parts[1])];
        let url = String::from_utf8_lossy(&parts[3]).into_owned();
        let builder: VerifierBuilder = Verifier::builder(url).keys(key_set()).clock(&clock());
        builder
            .build()
            .is_ok_and(|verifier| verifier.unwrap(&headers, &parts[2]).is_ok())
    };
    assert!(
        with(&parts.map(<[u8]>::to_vec)),
        "the delivery itself is accepted"
    );
    let (mut numbers, mut tried, mut accepted) = (Numbers(7), 0, 0);
    while tried < 10_000 {
        let mut changed = parts.map(<[u8]>::to_vec);
        for _ in 0..=numbers.below(3) {
            let part = numbers.below(4);
            numbers.change(&mut changed[part]);
        }
        if changed
            .iter()
            .zip(parts)
            .all(|(changed, part)| changed == part)
        {
            continue;
        }
        tried += 1;
        if with(&changed) {
            accepted += 1;
            eprintln!(
                "accepted: {:?}",
                changed.map(|part| String::from_utf8_lossy(&part).into_owned())
            );
        }
    }
    println!(
        "mutations: {} of {tried} refused, {accepted} accepted",
        tried - accepted
    );
    assert_eq!(accepted, 0);
}

/// The time that this thread has been on a core, where Linux tells it: other work on the machine is not counted.
fn on_a_core() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = told.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

/// The figure of `tests/README.md`. Ignored: it measures.
#[test]
#[ignore = "a measurement"]
fn a_core_verifies_five_thousand_deliveries_a_second() {
    let (verifier, delivery) = (pinned().build().unwrap(), good());
    let (began, before) = (Instant::now(), on_a_core());
    let mut verified = 0;
    while began.elapsed() < Duration::from_secs(3) {
        for _ in 0..100 {
            verified += usize::from(verifier.unwrap(&delivery.headers(), &delivery.body).is_ok());
        }
    }
    let took = match (before, on_a_core()) {
        (Some(before), Some(after)) => after - before,
        _ => began.elapsed(),
    };
    let a_second = verified as f64 / took.as_secs_f64();
    println!(
        "verifications: {a_second:.0} of 5000 a second on one core, RS256, a body of {} bytes",
        delivery.body.len()
    );
    assert!(a_second >= 5_000.0, "{a_second:.0}");
    assert_eq!(
        Delivery {
            body: vec![],
            ..delivery
        }
        .refused(&verifier),
        Some("digest")
    );
}
