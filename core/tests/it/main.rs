//! The client over real sockets.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, too")]

mod answers;
mod cache;
mod cancel;
mod cancel_worlds;
mod changing_lists;
mod check;
mod check_answers;
mod common;
mod crowd;
mod curl;
mod descriptors;
mod disk_full;
mod doctor;
mod early_answers;
mod early_proxies;
mod entry;
mod everything;
mod examples;
mod file_limits;
mod file_targets;
mod files;
mod heads;
mod hooks;
mod idle;
mod interrupt_check;
mod issuer;
mod limits;
mod lists;
mod minimum_throughput;
mod no_file;
mod odd_files;
mod options;
mod outage;
mod passed_limits;
#[cfg(unix)]
mod paused_sources;
mod pool;
mod pool_files;
mod pool_reports;
mod proxy;
mod raw_request;
mod recordings;
mod retries;
mod rust_api;
mod sandbox;
mod scripts;
mod server_waits;
mod shapes;
mod slow_answers;
#[cfg(unix)]
mod slow_targets;
mod source_sizes;
mod sources;
#[cfg(unix)]
mod stalls;
mod stats;
mod stopped;
mod texts;
mod tls;
mod tls_damage;
mod tls_reuse;
mod token_elsewhere;
mod token_faults;
mod token_rotation;
mod token_stats;
mod tokens;
mod transport;
mod turns;
mod webhook;
mod webhook_keys;
mod webhook_mutations;
mod webhook_replay;
mod wire_text;
mod with_response;
