//! Calls in the pool, over real sockets: none holds up another client's, and each ends on time while it waits for a thread.

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use penbox::bindings::PageStep;
use penbox::{CallOptions, CancelToken, Client, ErrorKind, FormList, Outcome};

use crate::crowd::{Crowd, Ended, PATIENCE, end, facts, get, start};

/// The time of one call.
fn time_of(client: &Client) -> Duration {
    let begun = Instant::now();
    end(&get(client, "quick")).unwrap();
    begun.elapsed()
}

fn median(client: &Client) -> Duration {
    let mut times: Vec<Duration> = (0..21).map(|_| time_of(client)).collect();
    times.sort_unstable();
    times[10]
}

#[test]
fn no_client_holds_up_another() {
    let server = Crowd::start();
    let other = server.builder().build().unwrap();
    let alone = median(&other);
    let mut lines = Vec::new();
    let mut waiting: Vec<(Client, Ended)> = Vec::new();
    for (name, count, builder, id) in [
        ("64 hung", 64, server.builder(), "hang"),
        ("500 hung", 500, server.builder(), "hang"),
        (
            "170 budgeted",
            170,
            server.builder().rate_limit("100/min"),
            "x",
        ),
        ("80 paused", 80, server.builder(), "limited"),
    ] {
        let client = builder
            .max_retry_wait(Duration::from_secs(7_200))
            .build()
            .unwrap();
        let day = CallOptions::new().timeout(Duration::from_secs(86_400));
        let client = client.with_options(day.clone());
        if id == "limited" {
            // The first call begins the pause; the others wait for it.
            let first = start(&client, "forms.get", r#"{"id": "limited"}"#, day.clone());
            server.wait_for(1);
            waiting.push((client.clone(), first));
        }
        for _ in 0..count {
            let params = format!(r#"{{"id": "{id}"}}"#);
            let ended = start(&client, "forms.get", &params, day.clone());
            waiting.push((client.clone(), ended));
        }
        lines.push((name, alone, median(&other)));
    }
    for (name, alone, beside) in lines {
        println!("pool: a call takes {beside:.1?} beside {name}, {alone:.1?} alone");
    }
    // A hundred of those with a budget have an answer.
    let begun = Instant::now();
    let mut answered = 0;
    while answered < 100 {
        assert!(begun.elapsed() < PATIENCE, "{answered} answers");
        waiting.retain(|(_, ended)| match ended.try_recv() {
            Ok(result) => {
                result.unwrap();
                answered += 1;
                false
            }
            Err(_) => true,
        });
        std::thread::sleep(Duration::from_millis(5));
    }
    for (client, _) in &waiting {
        client.close();
    }
    for (_, ended) in &waiting {
        assert_eq!(end(ended).unwrap_err().kind(), ErrorKind::Closed);
    }
}

#[test]
fn a_queued_call_ends_on_time() {
    let server = Crowd::start();
    let client = server.builder().max_workers(1).build().unwrap();
    let hung = get(&client, "hang");
    server.wait_for(1);
    let params = r#"{"id": "a"}"#;

    let begun = Instant::now();
    let limit = Duration::from_millis(200);
    let late = start(
        &client,
        "forms.get",
        params,
        CallOptions::new().timeout(limit),
    );
    let error = end(&late).unwrap_err();
    println!(
        "pool: a limit of 200 ms ended a queued call after {:.1?}",
        begun.elapsed()
    );
    assert!(begun.elapsed() >= limit);
    assert_eq!(facts(&error), (ErrorKind::Timeout, Outcome::NotSent, 0));
    assert_eq!(error.operation(), Some("forms.get"));
    assert!(error.hint().unwrap().contains("max_workers"), "{error:?}");

    let token = CancelToken::new();
    let cancelled = start(
        &client,
        "forms.get",
        params,
        CallOptions::new().cancel(&token),
    );
    let begun = Instant::now();
    token.cancel();
    let error = end(&cancelled).unwrap_err();
    println!(
        "pool: a token ended a queued call after {:.1?}",
        begun.elapsed()
    );
    assert_eq!(facts(&error), (ErrorKind::Cancelled, Outcome::NotSent, 0));

    let (sender, stepped) = channel();
    let pager = client
        .pager("forms.list", "{}", CallOptions::new())
        .unwrap();
    pager.start(PageStep::Next, Instant::now(), move |pager, page| {
        sender
            .send((pager.is_some(), page.map(|page| page.is_some())))
            .unwrap();
    });
    let closed = get(&client, "a");
    let begun = Instant::now();
    client.close();
    for ended in [&closed, &hung] {
        assert_eq!(end(ended).unwrap_err().kind(), ErrorKind::Closed);
    }
    println!(
        "pool: close ended a queued call after {:.1?}",
        begun.elapsed()
    );
    let (has_pager, page) = stepped.recv_timeout(PATIENCE).unwrap();
    assert!(has_pager, "a step that ends gives the pager back");
    assert_eq!(page.unwrap_err().kind(), ErrorKind::Closed);
    assert!(server.arrived.try_recv().is_err(), "a queued call was sent");
}

#[test]
fn a_pause_between_attempts_gives_the_only_thread_to_another_call() {
    let server = Crowd::start();
    let client = server.builder().max_workers(1).build().unwrap();
    let busy = get(&client, "busy");
    server.wait_for(1);
    // The first attempt is answered soon; this call waits for the thread until then, and not for the second.
    end(&get(&client, "quick")).unwrap();
    assert!(
        busy.try_recv().is_err(),
        "the pause of a second was not kept"
    );
    end(&busy).unwrap();
    let order = server.wait_for(2);
    assert!(
        order[0].ends_with("quick") && order[1].ends_with("busy"),
        "{order:?}"
    );
}

#[test]
fn an_extraction_gives_the_only_thread_to_another_call_between_two_looks() {
    let server = Crowd::start();
    let client = server.builder().max_workers(1).build().unwrap();
    let params = r#"{"attachments": [{"id": "a"}], "template": {"id": "t"}}"#;
    let extraction = start(
        &client,
        "document_intelligence.extract",
        params,
        CallOptions::new(),
    );
    server.wait_for(1);
    let quick = get(&client, "quick");
    end(&quick).unwrap();
    end(&extraction).unwrap();
    assert_eq!(server.wait_for(2).len(), 2);
}

#[test]
fn pages_come_one_after_another() {
    let server = Crowd::start();
    let client = server.builder().build().unwrap();
    let mut pager = client
        .pager("forms.list", "{}", CallOptions::new())
        .unwrap();
    for expected in [true, true, false] {
        let (sender, stepped) = channel();
        pager.start(PageStep::Next, Instant::now(), move |pager, page| {
            sender
                .send((pager, page.map(|page| page.is_some())))
                .unwrap();
        });
        let (back, page) = stepped.recv_timeout(PATIENCE).unwrap();
        assert_eq!(page.unwrap(), expected);
        pager = back.unwrap();
    }
}

/// The page that is fetched ahead waits for the client's only thread, which another list's page has.
#[test]
fn a_page_ahead_that_gets_no_thread_ends_within_the_calls_time() {
    let server = Crowd::start();
    let client = server.builder().max_workers(1).build().unwrap();
    let list = |client: &Client, completed: bool| {
        let filter = FormList::default();
        let filter = if completed {
            filter.completed(true)
        } else {
            filter
        };
        client.forms().list(filter).prefetch()
    };
    let mut holding = list(&client, true);
    assert_eq!(holding.next().unwrap().unwrap().id.as_str(), "1");
    assert_eq!(server.wait_for(2).len(), 2);

    let limit = Duration::from_millis(200);
    let quick = client.with_options(CallOptions::new().timeout(limit));
    let mut waiting = list(&quick, false);
    assert_eq!(waiting.next().unwrap().unwrap().id.as_str(), "1");
    let begun = Instant::now();
    let error = waiting.next().unwrap().unwrap_err();
    println!(
        "pool: a limit of 200 ms ended a step whose page was queued after {:.1?}",
        begun.elapsed()
    );
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(facts(&error), (ErrorKind::Timeout, Outcome::NotSent, 0));
    // The step asks for the same page again, on the caller's own thread.
    assert_eq!(waiting.next().unwrap().unwrap().id.as_str(), "2");
    assert!(waiting.next().is_none());
    server.wait_for(2);

    // A list that is dropped while its page waits: the page is never asked for.
    let mut dropped = list(&client, false);
    assert!(dropped.next().unwrap().is_ok());
    server.wait_for(1);
    drop(dropped);
    drop(holding);
    // The thread is free once the held page was ended, and takes what is queued.
    end(&get(&client, "quick")).unwrap();
    let asked = server.wait_for(1);
    assert!(asked[0].ends_with("quick"), "{asked:?}");
}

/// A step whose page has come meanwhile gives its thread to nobody before it gives the page.
#[test]
fn a_page_that_is_there_waits_for_no_thread() {
    // Where the step is faster than its page it waits, and rightly gives its thread away: then another round shows it.
    assert!((0..5).any(|_| gives_a_page_that_is_there()));
}

/// Returns true where a step gave its page, although a call that hangs waits for the only thread.
fn gives_a_page_that_is_there() -> bool {
    let server = Crowd::start();
    let client = server.builder().max_workers(1).build().unwrap();
    let params = r#"{"completed": true}"#;
    let mut pager = client
        .pager("forms.list", params, CallOptions::new())
        .unwrap();
    pager.prefetch(true);
    assert!(pager.next_page().unwrap().is_some());
    server.wait_for(2);
    let (sender, stepped) = channel();
    pager.start(PageStep::Next, Instant::now(), move |_, page| {
        let _ = sender.send(page.map(|page| page.is_some()));
    });
    let hung = get(&client, "hang");
    server.release();
    let step = stepped.recv_timeout(Duration::from_secs(3));
    let is_given = step.is_ok_and(|page| page.unwrap());
    if is_given {
        server.wait_for(1);
        assert!(hung.try_recv().is_err());
    }
    client.close();
    is_given
}

#[test]
fn a_limit_beyond_the_clock_is_none() {
    let server = Crowd::start();
    let client = server.builder().build().unwrap();
    let ever = || CallOptions::new().timeout(Duration::MAX);
    end(&start(&client, "forms.get", r#"{"id": "a"}"#, ever())).unwrap();
    let client = client.with_options(ever());
    assert_eq!(client.forms().get("a").unwrap().id.as_str(), "a");
    let mut list = client.forms().list(FormList::default()).prefetch();
    assert_eq!(list.by_ref().filter_map(Result::ok).count(), 2);
    let params = r#"{"attachments": [{"id": "a"}], "template": {"id": "t"}}"#;
    let extraction = start(&client, "document_intelligence.extract", params, ever());
    end(&extraction).unwrap();
}
