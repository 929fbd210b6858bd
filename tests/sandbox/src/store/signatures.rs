use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use jiff::Timestamp;
use serde::Serialize;

use crate::clock::stamp;

/// A signature and the file that was signed.
pub(crate) struct Signature {
    pub(crate) id: String,
    pub(crate) workspace: &'static str,
    pub(crate) created_at: Timestamp,
    pub(crate) name: String,
    pub(crate) key: String,
    pub(crate) declined: bool,
    pub(crate) locale: String,
    /// The signed PDF.
    pub(crate) file: Bytes,
}

/// Signatures by id.
pub(crate) type Signatures = HashMap<String, Arc<Signature>>;

/// A signature in the key order of `/api-reference/signatures/get-signature`.
#[derive(Serialize)]
pub(crate) struct SignatureView<'a> {
    id: &'a str,
    created_at: String,
    updated_at: String,
    name: &'a str,
    key: &'a str,
    status: &'static str,
    items: u32,
    method: &'static str,
    merge: bool,
    cost: f64,
    locale: &'a str,
}

/// A signature inside a response: the reference does not describe it (inferred).
#[derive(Serialize)]
pub(crate) struct SignatureRef<'a> {
    id: &'a str,
    key: &'a str,
    name: &'a str,
    status: &'static str,
}

impl Signature {
    fn status(&self) -> &'static str {
        if self.declined {
            "declined"
        } else {
            "completed"
        }
    }

    pub(crate) fn view(&self) -> SignatureView<'_> {
        SignatureView {
            id: &self.id,
            created_at: stamp(self.created_at),
            updated_at: stamp(self.created_at),
            name: &self.name,
            key: &self.key,
            status: self.status(),
            items: 1,
            method: "electronic",
            merge: true,
            cost: 2.5,
            locale: &self.locale,
        }
    }

    pub(crate) fn reference(&self) -> SignatureRef<'_> {
        SignatureRef {
            id: &self.id,
            key: &self.key,
            name: &self.name,
            status: self.status(),
        }
    }
}
