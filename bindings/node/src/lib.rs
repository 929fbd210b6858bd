//! bindings/node
