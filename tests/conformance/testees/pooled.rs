//! The calls of the Rust testee that the pool runs: they are made as the bindings of asynchronous languages make them.

use std::future::Future;
use std::sync::mpsc::channel;

use penbox::bindings::{DocumentPage, DocumentPager, PageStep, system};
use penbox::{CallOptions, Client, Error};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::Call;
use crate::files::{self, Watch};
use crate::results::{Json, one};

/// Has the pool run a call, and waits for its end. There is no progress to be told of: the runner of faults asks for none.
pub(crate) fn perform(client: &Client, operation: &str, call: &Call) -> Result<Json, Error> {
    let options = CallOptions::new().begin();
    let params = Value::Object(call.params.clone()).to_string();
    if operation.ends_with(".list") {
        return all(client.pager(operation, &params, options)?);
    }
    let (own, given, name) = (client.clone(), options.clone(), operation.to_owned());
    let run = Run {
        client,
        operation,
        options: &options,
    };
    if let Some(file) = call.file.clone() {
        let others = call.params.clone();
        return run.wait(async move {
            let mut watch = Watch::default();
            let source = files::source(&others, &file, &mut watch)?;
            let answer = own.resumable_upload(&name, "{}", source, &given).await?;
            raw(answer.document.text())
        });
    }
    if let Some(to) = call.to.clone() {
        return run.wait(async move {
            let mut watch = Watch::default();
            let target = files::target(&to, &mut watch)?;
            let file = own
                .resumable_download(&name, &params, target, &given)
                .await?;
            one(files::facts(&file, &to))
        });
    }
    run.wait(async move {
        let answer = own.resumable_invoke(&name, &params, &given).await?;
        raw(answer.document.text())
    })
}

/// One call of the pool.
struct Run<'a> {
    client: &'a Client,
    operation: &'a str,
    options: &'a CallOptions,
}

impl Run<'_> {
    fn wait(
        self,
        call: impl Future<Output = Result<Json, Error>> + Send + 'static,
    ) -> Result<Json, Error> {
        let (sender, ended) = channel();
        self.client
            .start(self.operation, self.options, call, move |result| {
                let _ = sender.send(result);
            });
        ended.recv().map_err(|_| lost())?
    }
}

/// The items of all pages.
fn all(mut pager: DocumentPager) -> Result<Json, Error> {
    let mut items = Vec::new();
    loop {
        let (sender, ended) = channel();
        pager.start(PageStep::Next, system::now(), move |pager, page| {
            let _ = sender.send((pager, page));
        });
        let (own, page) = ended.recv().map_err(|_| lost())?;
        let Some(page) = page? else {
            return one(Ok(items));
        };
        items.append(&mut items_of(&page)?);
        pager = own.ok_or_else(lost)?;
    }
}

/// The items of a page that no earlier one had.
fn items_of(page: &DocumentPage) -> Result<Vec<Json>, Error> {
    let items = page.items();
    items.iter().map(|item| raw(&item.to_json())).collect()
}

/// JSON as the server wrote it.
fn raw(text: &str) -> Result<Json, Error> {
    RawValue::from_string(text.to_owned()).map_err(|error| Error::internal(error.to_string()))
}

/// The error of a call whose end nobody told.
fn lost() -> Error {
    Error::internal("the pool lost a call")
}
