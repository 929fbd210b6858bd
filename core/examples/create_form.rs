//! Sends a form and reads it back. Needs PENBOX_API_TOKEN.

use penbox::{Client, FormCreate, FormList, User};

fn main() -> penbox::Result<()> {
    let client = Client::from_env()?;
    let john = User::email("john@example.com")
        .given_name("John")
        .family_name("Doe");
    let form = client
        .forms()
        .create(FormCreate::new("client-onboarding").user(john))?;
    println!("created {}", form.id);
    for form in client.forms().list(FormList::default().completed(false)) {
        println!("open: {}", form?.id);
    }
    Ok(())
}
