//! A server that answers at once: the page for a list, its first form for one. Connections are kept.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use serde_json::Value;

use crate::arguments::Arguments;

struct Answers {
    list: Vec<u8>,
    one: Vec<u8>,
}

/// Prints its base URL and serves until standard input ends.
pub(crate) fn forever(arguments: &Arguments) -> Result<(), String> {
    let page = arguments.page()?;
    let tree: Value = serde_json::from_slice(&page).map_err(|error| error.to_string())?;
    let answers = Arc::new(Answers {
        list: answer(&page),
        one: answer(tree["data"][0].to_string().as_bytes()),
    });
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    println!("http://{address}/v1");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answers = answers.clone();
            std::thread::spawn(move || converse(&stream, &answers));
        }
    });
    let ended = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
    ended.map(drop).map_err(|error| error.to_string())
}

fn answer(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// Answers request after request until the peer goes.
fn converse(stream: &TcpStream, answers: &Answers) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 0 {
        let list = line.starts_with("GET /v1/forms?") || line.starts_with("GET /v1/forms ");
        let mut length = 0;
        loop {
            line.clear();
            reader.read_line(&mut line)?;
            if line.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink())?;
        writer.write_all(if list { &answers.list } else { &answers.one })?;
        line.clear();
    }
    Ok(())
}
