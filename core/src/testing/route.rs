//! The operation that a request belongs to.

use crate::call::operation::OperationSpec;
use crate::endpoints::registry;

/// Returns the first operation with the request of this one: the request of an extraction or a form that is waited for is the same
/// as that of one that is not.
pub(super) fn operation_of(id: &str) -> Option<&'static str> {
    let wanted = registry::find(id)?;
    let has_its_request = |operation: &&OperationSpec| {
        (operation.method, operation.path, operation.accept)
            == (wanted.method, wanted.path, wanted.accept)
    };
    let first = registry::OPERATIONS.iter().find(has_its_request);
    first.map(|operation| operation.id)
}

/// Returns the first operation that sends such a request.
pub(super) fn operation_at(method: &str, path: &str, accept: &str) -> Option<&'static str> {
    let sends = |operation: &&OperationSpec| {
        operation.method.name() == method
            && operation.accept == accept
            && fits(operation.path, path)
    };
    let first = registry::OPERATIONS.iter().find(sends);
    first.map(|operation| operation.id)
}

/// Reports whether a path is one of a template's.
fn fits(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(name), Some(value)) if name.starts_with('{') && !value.is_empty() => {}
            (Some(wanted), Some(given)) if wanted == given => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::operation::Polled;

    #[test]
    fn the_request_of_every_operation_is_told_from_the_others() {
        for operation in registry::OPERATIONS {
            let path = operation.path.replace(['{', '}'], "");
            let found = operation_at(operation.method.name(), &path, operation.accept);
            assert_eq!(found, operation_of(operation.id), "{}", operation.id);
            let others = operation_of(operation.id) != Some(operation.id);
            assert_eq!(others, operation.polled != Polled::No, "{}", operation.id);
        }
        for (method, path) in [("GET", "/forms/"), ("GET", "/form"), ("PATCH", "/forms")] {
            assert_eq!(operation_at(method, path, crate::send::JSON), None);
        }
    }
}
