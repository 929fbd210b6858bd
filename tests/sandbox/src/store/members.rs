use super::Store;
use super::cases::CaseOwner;

/// A person who works in a workspace and can own its cases.
pub(crate) struct Member {
    pub(crate) workspace: &'static str,
    pub(crate) email: String,
    pub(crate) given_name: Option<String>,
    pub(crate) family_name: Option<String>,
}

impl Store {
    /// The owner of this email, if they are a member of the workspace.
    pub(crate) fn member(&mut self, workspace: &str, email: &str) -> Option<CaseOwner> {
        let known = self
            .members
            .iter()
            .find(|member| member.workspace == workspace && member.email == email)?;
        let (given_name, family_name) = (known.given_name.clone(), known.family_name.clone());
        Some(CaseOwner {
            id: self.owner_id(email),
            email: email.to_owned(),
            given_name,
            family_name,
        })
    }
}
