//! One fault before one testee: the calls, in order.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use penbox_conformance::case::Case;
use penbox_conformance::check::Reply;
use penbox_conformance::folder::Folder;
use serde_json::{Map, Value, json};

use crate::combination::{Combination, Company, Driver};
use crate::expect::Expect;
use crate::judge::{self, Seen};
use crate::lane::{Lane, Said};
use crate::plan::Cell;
use crate::preload::Switch;
use crate::process;
use crate::scene::{Scene, Trust};
use crate::second::Second;
use crate::server::{Server, Shared};
use crate::step::Step;
use crate::variant::Variant;
use crate::vars::Vars;
use crate::warm_up;

/// How long the server may take to end a connection after its answer.
const ENDS: Duration = Duration::from_secs(2);

/// How long a script may go on after the call.
const SETTLES: Duration = Duration::from_millis(500);

/// One form of a fault, under some circumstances.
#[derive(Debug)]
pub struct Job<'a> {
    /// The fault's name.
    pub fault: &'a str,
    /// What happens.
    title: &'a str,
    /// Its form, as it is under the circumstances.
    variant: Variant,
    /// The circumstances.
    combination: Combination,
    /// What must come of it.
    expect: Expect,
}

impl<'a> Job<'a> {
    /// The job of a cell; `None` where nothing comes of it.
    #[must_use]
    pub fn of(cell: &Cell<'a>) -> Option<Self> {
        let expect = cell.variant.expect(cell.combination.slot)?.clone();
        Some(Self {
            fault: &cell.fault.id,
            title: &cell.fault.title,
            variant: cell.variant.under(&cell.combination),
            combination: cell.combination,
            expect: Expect {
                // A file that came is another result than the form.
                result: expect.result.filter(|_| !cell.is_borrowed()),
                ..expect
            },
        })
    }

    /// How messages name it.
    #[must_use]
    pub fn name(&self) -> String {
        match self.variant.name.as_str() {
            "" => self.combination.to_string(),
            name => format!("{name}, {}", self.combination),
        }
    }

    /// Puts the fault before a testee; an empty list: it was survived.
    pub fn run(&self, lane: &mut Lane, switch: &Switch, trust: &Trust) -> Vec<String> {
        let mut wrong = self
            .warm_up(lane)
            .and_then(|()| self.play(lane, switch, trust))
            .unwrap_or_else(|problem| vec![problem]);
        if !wrong.is_empty() {
            // The next fault gets a process of which nothing is known.
            lane.stop();
            wrong.extend(switch.reset().err());
        }
        wrong
    }

    /// Warms a new process up, and one that is to have idle threads.
    fn warm_up(&self, lane: &mut Lane) -> Result<(), String> {
        // The pool ends what was idle for a while: without one thread there is not one attempt.
        let needs_threads = self.variant.preload.as_deref() == Some("no_threads");
        match lane.is_new() || needs_threads {
            true => warm_up::warm_up(lane),
            false => Ok(()),
        }
    }

    fn play(&self, lane: &mut Lane, switch: &Switch, trust: &Trust) -> Result<Vec<String>, String> {
        let started = |error| format!("a server does not start: {error}");
        let mut scene =
            Scene::start(&self.variant, self.combination.work, trust).map_err(started)?;
        let case = self.case(&scene.vars)?;
        let folder = Folder::make(&case).map_err(|error| error.to_string())?;
        let settings = settings(&self.variant, &scene.vars)?;
        let mut own;
        let lane = match self.variant.environment.is_empty() {
            true => lane,
            false => {
                own = lane.with_environment(self.environment(&scene.vars)?);
                &mut own
            }
        };
        let mut line = json!({
            "operation": case.operation,
            "params": case.params,
            "options": {},
            "keep": true,
            "pool": self.is_pooled(),
        });
        if let Some(members) = line.as_object_mut() {
            members.extend(folder.members(&case));
        }
        let second = match self.combination.company {
            Company::Alone => None,
            Company::Beside => Some(Second::start(lane, self.combination.driver)?),
        };
        if self.variant.warm {
            let mut first = self.get("before");
            first["settings"] = settings.clone().into();
            let said = lane.call(first)?;
            let mut wrong = judge::healthy("the call before it", "before", &said.reply);
            self.wait_for_the_end(&scene.server, &mut wrong);
            if !wrong.is_empty() {
                return Ok(wrong);
            }
        } else {
            line["settings"] = settings.clone().into();
        }
        let shared = scene.server.shared();
        let mark = shared.record().mark();
        if let Some(failure) = &self.variant.preload {
            switch.on(failure)?;
        }
        let memory = lane.process().map(process::watch_memory);
        let begun = Instant::now();
        let said = match self.variant.closed_in_flight {
            true => closed_in_flight(lane, line, shared),
            false => lane.call(line),
        };
        let ended = Instant::now();
        switch.off()?;
        let after = shared.record().mark();
        scene.heal().map_err(started)?;
        let said = said?;
        let limit = settings["timeout_ms"].as_u64().unwrap_or(180_000);
        let most = Duration::from_millis(self.expect.within_ms.unwrap_or(limit) + 250);
        let mut wrong = Vec::new();
        if said.took > most {
            wrong.push(format!("it took {:?}, more than {most:?}", said.took));
        }
        wrong.extend(self.growth(lane, memory.and_then(Result::ok)));
        if !self.expect.no_client && !is_refused(&said.reply) {
            // What the script still has to send or to end comes before the next call, not with it.
            scene.server.shared().settle(SETTLES);
            let next = lane.call(self.get("after"))?;
            wrong.extend(match self.expect.paused {
                true => judge::paused(&next.reply, &scene.server.shared().record(), after),
                false => judge::healthy("the next call", "after", &next.reply),
            });
            lane.close()?;
        }
        let is_beside = second.is_some();
        if let Some(second) = second {
            let (lines, bytes) = second.stop(lane, begun, ended)?;
            wrong.extend(lines);
            lane.searched(bytes);
        }
        wrong.extend(lane.judge());
        let port = scene.vars.port;
        let all = scene.stop();
        let seen = Seen {
            expect: &self.expect,
            case: &case,
            folder: &folder,
            record: &all.server,
            mark,
            after,
            port,
            scan: lane.scan(),
        };
        wrong.extend(seen.judge(&said.reply));
        wrong.extend(seen.elsewhere(&all.others, &all.proxy));
        if is_beside {
            let [other, elsewhere] = &all.others;
            wrong.extend(Second::strayed(&[
                &all.server,
                &all.proxy,
                other,
                elsewhere,
            ]));
        }
        // What the right server got is searched but for the one header.
        lane.searched(all.bytes());
        Ok(wrong)
    }

    /// The variables of a testee of its own.
    fn environment(&self, vars: &Vars) -> Result<Vec<String>, String> {
        let variables = self.variant.environment.iter();
        let filled =
            |(name, value): (&String, &String)| Ok(format!("{name}={}", vars.fill(value, 0)?));
        variables.map(filled).collect()
    }

    /// Memory beyond what the call may take.
    fn growth(&self, lane: &Lane, before: Option<u64>) -> Option<String> {
        let most = self.expect.grows_mb? << 10;
        let peak = process::peak_memory(lane.process()?).ok();
        match before.zip(peak) {
            Some((before, peak)) if peak.saturating_sub(before) <= most => None,
            seen => Some(format!(
                "memory in kB before and at its peak: {seen:?}, more than {most} apart"
            )),
        }
    }

    /// Whether the pool of an asynchronous language runs the calls.
    fn is_pooled(&self) -> bool {
        self.combination.driver == Driver::Pool
    }

    /// A healthy call of the same client.
    fn get(&self, id: &str) -> Value {
        let mut line = get(id);
        line["pool"] = self.is_pooled().into();
        line
    }

    /// A connection that ends with its answer must have ended before the next call begins.
    fn wait_for_the_end(&self, server: &Server, wrong: &mut Vec<String>) {
        // What is said in TLS at the end is on its way when nothing is left to say.
        server.shared().settle(ENDS);
        let ends = |step: &Step| matches!(step, Step::Fin | Step::Rst);
        if !self
            .variant
            .answers
            .first()
            .is_some_and(|steps| steps.iter().any(ends))
        {
            return;
        }
        let start = Instant::now();
        while !server
            .shared()
            .record()
            .connections
            .iter()
            .all(|one| one.ended)
        {
            if start.elapsed() > ENDS {
                wrong.push("the server did not end the connection".to_owned());
                return;
            }
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// The call and what must come of it, as the conformance runner knows it.
    fn case(&self, vars: &Vars) -> Result<Case, String> {
        let call = self.variant.call(self.combination.slot);
        let mut params = Value::Object(call.params.clone());
        fill(&mut params, vars)?;
        let mut expect =
            json!({"requests": [{"method": "GET", "path": "/", "headers": {"accept": null}}]});
        match (&self.expect.error, &self.expect.result) {
            (Some(error), _) => expect["error"] = error.clone().into(),
            (None, Some(result)) => {
                expect["result"] = result.clone();
                fill(&mut expect["result"], vars)?;
            }
            (None, None) => expect["result"] = call.healthy_result(),
        }
        let mut answer = json!({"status": 200});
        if let Some(content) = &call.content {
            answer["content"] = content.clone();
        }
        let text = json!({
            "doc": self.title,
            "operation": call.operation,
            "params": params,
            "file": call.file,
            "to": call.to,
            "answers": [answer],
            "expect": expect,
        });
        Case::parse(self.fault, &text.to_string())
    }
}

/// Makes a call whose client another thread closes once the server has heard it.
fn closed_in_flight(lane: &mut Lane, mut line: Value, shared: &Shared) -> Result<Said, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let sign = folder.path().join("close");
    line["close_when"] = json!(sign);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let watching = scope.spawn(|| {
            while shared.record().requests.is_empty() && !done.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(2));
            }
            fs::write(&sign, "").map_err(|error| error.to_string())
        });
        let said = lane.call(line);
        done.store(true, Ordering::SeqCst);
        let told = watching.join().map_err(|_| "nobody watched the server")?;
        told.and(said)
    })
}

/// Whether there is no client to make another call.
fn is_refused(reply: &Reply) -> bool {
    matches!(reply, Reply::Error(error) if error.get("kind").is_some_and(|kind| kind == "config"))
}

/// The call of a form by its id, of the client that is kept.
#[must_use]
pub fn get(id: &str) -> Value {
    json!({"operation": "forms.get", "params": {"id": id}, "options": {}, "keep": true})
}

/// Laid over the defaults; null takes one away.
fn settings(variant: &Variant, vars: &Vars) -> Result<Map<String, Value>, String> {
    let mut settings = json!({
        "base_url": "${ORIGIN}/v1",
        "token": "${TOKEN}",
        "timeout_ms": 8000,
        "attempt_timeout_ms": 4000,
        // One repetition shows that there are repetitions.
        "max_attempts": 2,
    });
    for (name, value) in &variant.settings {
        settings[name] = value.clone();
    }
    fill(&mut settings, vars)?;
    let mut settings = settings.as_object().cloned().unwrap_or_default();
    settings.retain(|_, value| !value.is_null());
    Ok(settings)
}

/// Fills in the texts of a value.
fn fill(value: &mut Value, vars: &Vars) -> Result<(), String> {
    match value {
        Value::String(text) => *text = vars.fill(text, 0)?,
        Value::Array(items) => items.iter_mut().try_for_each(|item| fill(item, vars))?,
        Value::Object(members) => members.values_mut().try_for_each(|item| fill(item, vars))?,
        _ => {}
    }
    Ok(())
}
