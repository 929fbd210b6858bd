use http::HeaderMap;

use crate::auth::Token;

use super::*;

fn key(name: &str) -> Key {
    Key::of([0; 32], name, &[])
}

fn page(number: u64) -> Key {
    key(&format!("/a?sort=x&page%5Bnumber%5D={number}"))
}

fn answer(length: usize, received: Instant) -> KeptAnswer {
    KeptAnswer {
        status: 200,
        headers: HeaderMap::new(),
        text: "x".repeat(length),
        token: Token::new("pnbx_kept").unwrap(),
        received,
    }
}

fn put(cache: &Cache, key: &Key, length: usize, now: Instant) {
    cache.refresh(key).answered(answer(length, now), true);
}

fn is_kept(cache: &Cache, key: &Key, now: Instant) -> bool {
    matches!(cache.look(key, now), Found::Kept(_))
}

const TTL: Duration = Duration::from_secs(60);

#[test]
fn an_answer_is_good_until_its_time_is_over() {
    let (cache, now) = (Cache::new(TTL), Instant::now());
    put(&cache, &key("/a"), 3, now);
    assert!(is_kept(
        &cache,
        &key("/a"),
        now + TTL - Duration::from_nanos(1)
    ));
    assert!(!is_kept(&cache, &key("/a"), now + TTL));
    assert_eq!((cache.stats().entries, cache.stats().bytes), (0, 0));
}

#[test]
fn the_bytes_are_bounded_and_the_longest_unused_goes_first() {
    let (cache, now) = (Cache::new(TTL), Instant::now());
    let third = MOST_BYTES / 3 - 100;
    for name in ["/a", "/b", "/c"] {
        put(&cache, &key(name), third, now);
    }
    assert!(is_kept(&cache, &key("/a"), now));
    put(&cache, &key("/d"), third, now);
    let kept = ["/a", "/b", "/c", "/d"].map(|name| is_kept(&cache, &key(name), now));
    assert_eq!(kept, [true, false, true, true]);
    assert!(cache.stats().bytes as usize <= MOST_BYTES);
    put(&cache, &key("/huge"), MOST_BYTES, now);
    assert!(!is_kept(&cache, &key("/huge"), now) && is_kept(&cache, &key("/d"), now));
}

#[test]
fn the_entries_are_bounded() {
    let (cache, now) = (Cache::new(TTL), Instant::now());
    for number in 0..MOST_ENTRIES + 10 {
        put(&cache, &key(&format!("/{number}")), 1, now);
    }
    assert_eq!(cache.stats().entries, MOST_ENTRIES as u64);
    assert!(!is_kept(&cache, &key("/9"), now) && is_kept(&cache, &key("/10"), now));
}

#[test]
fn a_page_that_is_read_anew_drops_those_behind_it() {
    let (cache, now) = (Cache::new(TTL), Instant::now());
    for number in 1..=3 {
        put(&cache, &page(number), 1, now);
    }
    put(&cache, &key("/b?sort=x&page%5Bnumber%5D=3"), 1, now);
    put(&cache, &page(2), 1, now + Duration::from_secs(1));
    let kept = [1, 2, 3].map(|number| is_kept(&cache, &page(number), now));
    assert_eq!(kept, [true, true, false]);
    assert!(is_kept(&cache, &key("/b?sort=x&page%5Bnumber%5D=3"), now));
}

#[test]
fn an_answer_to_a_request_from_before_it_was_emptied_is_not_kept() {
    let (cache, now) = (Cache::new(TTL), Instant::now());
    let Found::Nothing(old) = cache.look(&key("/a"), now) else {
        panic!("there is nothing yet");
    };
    let Found::InFlight(flight) = cache.look(&key("/a"), now) else {
        panic!("the request is in flight");
    };
    cache.clear();
    // Whoever comes after the clear does not get an answer from before it.
    let Found::Nothing(new) = cache.look(&key("/a"), now) else {
        panic!("nobody joins the old request");
    };
    old.answered(answer(1, now), true);
    assert!(matches!(flight.landing(), Some(Landing::Answered(_))));
    assert!(matches!(cache.look(&key("/a"), now), Found::InFlight(_)));
    new.answered(answer(2, now), true);
    assert!(is_kept(&cache, &key("/a"), now));
    cache.close();
    put(&cache, &key("/a"), 1, now);
    assert!(!is_kept(&cache, &key("/a"), now));
}

#[test]
fn a_request_that_is_given_up_is_left_to_the_next() {
    let (cache, now) = (Cache::new(TTL), Instant::now());
    let lead = cache.look(&key("/a"), now);
    let Found::InFlight(flight) = cache.look(&key("/a"), now) else {
        panic!("the request is in flight");
    };
    let waiter = flight.join().unwrap();
    drop(lead);
    assert!(waiter.is_notified());
    assert!(matches!(flight.landing(), Some(Landing::Left)) && flight.join().is_none());
    assert!(matches!(cache.look(&key("/a"), now), Found::Nothing(_)));
}

#[test]
fn a_forked_child_takes_no_lock_for_its_parents_request() {
    let (cache, now) = (Cache::new(TTL), Instant::now());
    let mut lead = cache.refresh(&key("/a"));
    // As in a child whose parent's thread held the lock.
    lead.process += 1;
    let held = cache.lock();
    lead.answered(answer(1, now), true);
    drop(held);
    assert!(!is_kept(&cache, &key("/a"), now));
}
