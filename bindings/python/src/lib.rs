//! The native module of the Python package `penbox`: the client, lists, and results as views of the server's own text.
//!
//! The classes that users see are written in Python on top of it: resources, models and errors are generated from the contract.

#![forbid(unsafe_code)]

mod asyncio;
mod caller;
mod cancel;
mod check;
mod client;
mod compare;
mod delivery;
mod dict_shapes;
mod errors;
mod exit;
mod expected;
mod field_cache;
mod field_doc;
mod gc_pause;
mod hook_error;
mod hook_event;
mod hooks;
mod input;
mod keys;
mod log_bridge;
mod mapping;
mod model;
mod not_given;
mod options;
mod pager;
mod plain;
mod recording;
mod replay_store;
mod repr;
mod request_parts;
mod response;
mod settings;
mod signals;
mod source;
mod strings;
mod to_dict;
mod token_provider;
mod transfer;
mod usage;
mod verifier;
mod workspaces;

/// The core of the Penbox SDK.
#[pyo3::pymodule(gil_used = true)]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::asyncio::call::Call;
    #[pymodule_export]
    use crate::asyncio::client::AsyncClient;
    #[pymodule_export]
    use crate::asyncio::event::Event;
    #[pymodule_export]
    use crate::asyncio::list::{List, Walk};
    #[pymodule_export]
    use crate::asyncio::mark::TokenQuestion;
    #[pymodule_export]
    use crate::cancel::CancelToken;
    #[pymodule_export]
    use crate::check::doctor;
    #[pymodule_export]
    use crate::client::Client;
    #[pymodule_export]
    use crate::model::{Field, Handle, Model};
    #[pymodule_export]
    use crate::not_given::NotGiven;
    #[pymodule_export]
    use crate::pager::{Page, Pager, Pages};
    #[pymodule_export]
    use crate::recording::{Recording, record};
    #[pymodule_export]
    use crate::usage::process_stats;
    #[pymodule_export]
    use crate::verifier::Verifier;
    #[pymodule_export]
    use crate::workspaces::{check_workspaces, unknown_workspace};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("VERSION", env!("CARGO_PKG_VERSION"))?;
        // Set instead of added: it must not stand in the module's `__all__`.
        #[cfg(feature = "test-hooks")]
        module.setattr(
            "_provoke_panic",
            wrap_pyfunction!(crate::errors::provoke_panic, module)?,
        )?;
        crate::mapping::register(&module.py().get_type::<Model>())?;
        crate::field_doc::describe(module)?;
        crate::gc_pause::find(module.py())?;
        crate::exit::watch(module)?;
        crate::log_bridge::open();
        module.add("NOT_GIVEN", Py::new(module.py(), NotGiven)?)
    }
}
