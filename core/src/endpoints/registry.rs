//! The list of all operations: a line here makes an operation callable from every language.

use super::{
    attachments, case_templates, cases, document_intelligence, form_templates, forms, responses,
    signatures, workspaces,
};
use crate::call::operation::OperationSpec;

/// Every operation of this SDK.
pub static OPERATIONS: &[OperationSpec] = &[
    OperationSpec::of::<workspaces::List>(),
    OperationSpec::of::<forms::List>(),
    OperationSpec::of::<forms::CountForms>(),
    OperationSpec::of::<forms::Create>(),
    OperationSpec::of::<forms::Get>(),
    OperationSpec::of::<forms::Update>(),
    OperationSpec::of::<forms::WaitCompleted>(),
    OperationSpec::of::<responses::Get>(),
    OperationSpec::of::<responses::Pdf>(),
    OperationSpec::of::<form_templates::List>(),
    OperationSpec::of::<form_templates::Options>(),
    OperationSpec::of::<form_templates::Steps>(),
    OperationSpec::of::<cases::List>(),
    OperationSpec::of::<cases::CountCases>(),
    OperationSpec::of::<cases::Create>(),
    OperationSpec::of::<cases::Get>(),
    OperationSpec::of::<cases::UpdateData>(),
    OperationSpec::of::<cases::UpdateContacts>(),
    OperationSpec::of::<cases::StartStep>(),
    OperationSpec::of::<case_templates::List>(),
    OperationSpec::of::<case_templates::Get>(),
    OperationSpec::of::<attachments::Send>(),
    OperationSpec::of::<attachments::Get>(),
    OperationSpec::of::<attachments::Content>(),
    OperationSpec::of::<attachments::Merged>(),
    OperationSpec::of::<document_intelligence::Create>(),
    OperationSpec::of::<document_intelligence::Get>(),
    OperationSpec::of::<document_intelligence::Extract>(),
    OperationSpec::of::<signatures::Get>(),
    OperationSpec::of::<signatures::Content>(),
];

/// Returns the operation of this id.
pub(crate) fn find(id: &str) -> Option<&'static OperationSpec> {
    OPERATIONS.iter().find(|operation| operation.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::schema::Kind;
    use crate::send::{Method, Safety};

    use super::*;
    use crate::call::operation::{Paging, parameter_name};

    #[test]
    fn operations_are_coherent() {
        let mut ids = BTreeSet::new();
        for operation in OPERATIONS {
            assert!(ids.insert(operation.id), "{} stands twice", operation.id);
            assert!(operation.path.starts_with('/'));
            assert_eq!(
                operation.safety == Safety::Safe,
                operation.method == Method::Get
            );
            assert!(matches!(operation.output, Kind::Model(_)) || !operation.is_list());
            assert!(operation.paging == Paging::None || operation.method == Method::Get);
            for name in operation.path_names() {
                assert!(operation.params.field(&parameter_name(name)).is_none());
            }
        }
    }

    #[test]
    fn path_names_become_snake_case() {
        assert_eq!(parameter_name("stepKey"), "step_key");
        assert_eq!(parameter_name("id"), "id");
    }
}
