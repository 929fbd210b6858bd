/// A form template that is enabled in a workspace.
pub(crate) struct FormTemplate {
    pub(crate) workspace: &'static str,
    pub(crate) slug: &'static str,
}
