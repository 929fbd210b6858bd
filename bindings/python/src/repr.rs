//! How a result shows itself: without what tells who a person is, and without what this version does not know.

use pyo3::prelude::*;

use crate::model::{Model, field_of};

/// `Form(id='..', user=FormUser(email='***'), data=...)`
pub(crate) fn of(model: &Bound<'_, Model>) -> PyResult<String> {
    let class = model.get_type();
    let mut parts = Vec::new();
    for (name, node) in model.get().node().members() {
        let field = field_of(&class, name)?;
        let shown = match field {
            _ if node.is_null() => "None".to_owned(),
            Some(field) if !field.get().hidden() => model.get().read(&field)?.repr()?.to_string(),
            Some(_) if node.as_str().is_some() => "'***'".to_owned(),
            _ => "...".to_owned(),
        };
        parts.push(format!("{name}={shown}"));
    }
    Ok(format!("{}({})", class.name()?, parts.join(", ")))
}
