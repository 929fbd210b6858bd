// Makes a case from a template and starts its first step. Needs PENBOX_API_TOKEN.
//     start_case [email [company [id of a case template]]]
#include <iostream>
#include <penbox.hpp>

using penbox::Params;
using penbox::Value;

// The newest template.
Value newest_template(const penbox::Client &client) {
    if (const std::optional<Value> found = client.case_templates().list().next())
        return *found;
    throw std::runtime_error("there is no case template");
}

Value create_case(const penbox::Client &client, const std::string &template_id, const char *email) {
    try {
        // "main" is a role of the template.
        return client.cases().create(
            Params().set("/template/id", template_id).set("/contacts/-/key", "main").set("/contacts/0/email", email));
    } catch (const penbox::Error &error) {
        if (error.outcome() == "unknown" || error.outcome() == "done")
            std::cerr << "the case may exist: look for it before you make another\n";
        throw;
    }
}

// Starts the first step that can be started, and gives its key.
std::string start_first_step(const penbox::Client &client, const std::string &case_id) {
    const Value fresh = client.cases().get(case_id);
    for (std::size_t i = 0; i < fresh.size("/steps"); ++i) {
        const Value step = fresh.at("/steps/" + std::to_string(i)).value();
        const std::string key = step.string("/key").value_or(step.string("/id").value_or(""));
        try {
            client.cases().start_step(case_id, key);
            return key;
        } catch (const penbox::APIStatusError &error) {
            if (error.status() != PENBOX_ERROR_CONFLICT && error.status() != PENBOX_ERROR_UNPROCESSABLE_ENTITY)
                throw;
            std::cout << key << " cannot be started: " << error.message() << '\n';
        }
    }
    throw std::runtime_error("no step can be started");
}

void show(const Value &shown) {
    std::cout << "the case is " << shown.string("/parent_status").value_or("-")
              << " and waits for: " << shown.string("/waiting_for").value_or("-") << '\n';
    if (const std::optional<Value> steps = shown.at("/steps"))
        for (const Value &step : *steps)
            std::cout << "- " << step.string("/title").value_or("-") << ": " << step.string("/status").value_or("-")
                      << '\n';
}

int main(int argc, char **argv) {
    const char *email = argc > 1 ? argv[1] : "jane@example.com";
    const char *company = argc > 2 ? argv[2] : "Jane's Bakery";
    try {
        const penbox::Client client = penbox::Client::from_env();
        const Value model = argc > 3 ? client.case_templates().get(argv[3]) : newest_template(client);
        const std::string id = create_case(client, model.string("/id").value(), email).string("/id").value();
        std::cout << "created " << id << " from the template " << model.string("/title").value_or("-") << '\n';
        // "company_name" is a field of the template.
        client.cases().update_data(id, Params().set("/data/company_name", company));

        const std::string key = start_first_step(client, id);
        std::cout << "started " << key << '\n';
        show(client.cases().get(id));
        try {
            client.cases().start_step(id, key);
        } catch (const penbox::ConflictError &error) {
            std::cout << "a second start is a " << error.kind() << ": " << error.message() << '\n';
        }
    } catch (const std::exception &error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
