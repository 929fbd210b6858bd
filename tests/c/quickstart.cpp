// Sends a form to a contact and lists the open ones. Needs PENBOX_API_TOKEN.
#include <iostream>
#include <penbox.hpp>

int main() {
    try {
        const penbox::Client client = penbox::Client::from_env();
        const penbox::Value form = client.forms().create(
            penbox::Params().set("/flow/slug", "client-onboarding").set("/user/email", "john@example.com"));
        std::cout << "created " << form.string("/id").value() << '\n';
        for (const penbox::Value &open : client.forms().list(penbox::Params().set("/completed", false)))
            std::cout << "open: " << open.string("/id").value() << '\n';
    } catch (const penbox::Error &error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
