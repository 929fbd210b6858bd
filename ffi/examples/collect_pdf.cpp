// Sends a form to a contact, waits for the answer and saves it as PDF. Needs PENBOX_API_TOKEN.
//     collect_pdf [email [template [folder [seconds]]]]
#include <chrono>
#include <iostream>
#include <penbox.hpp>
#include <thread>
#include <vector>

using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds between_questions{2};

penbox::Value create_form(const penbox::Client &client, const std::string &flow, const std::string &email) {
    try {
        return client.forms().create(penbox::Params().set("/flow/slug", flow).set("/user/email", email));
    } catch (const penbox::Error &error) {
        // The SDK does not repeat a create by itself, and neither should you before you looked: the contact could be
        // mailed twice.
        if (error.outcome() == "unknown" || error.outcome() == "done")
            std::cerr << "the form may exist: look for it before you send another\n";
        throw;
    }
}

// Asks until the contact has answered, and gives the answer's id. For waits of days there are webhooks.
std::string wait_for_answer(const penbox::Client &client, const std::string &form_id, seconds limit) {
    const auto deadline = steady_clock::now() + limit;
    while (true) {
        const penbox::Value form = client.forms().get(form_id);
        if (const auto responses = form.at("/responses"))
            for (const penbox::Value &response : *responses)
                if (response.string("/completed_at"))
                    return response.string("/id").value();
        if (form.string("/status") == "declined")
            throw std::runtime_error("the contact declined");
        if (steady_clock::now() + between_questions > deadline)
            throw std::runtime_error("no answer within " + std::to_string(limit.count()) + " s; the form stays open");
        std::this_thread::sleep_for(between_questions);
    }
}

int main(int argc, char **argv) {
    const std::vector<std::string> given(argv + 1, argv + argc);
    const std::string email = given.size() > 0 ? given[0] : "john@example.com";
    const std::string flow = given.size() > 1 ? given[1] : "client-onboarding";
    const std::string folder = given.size() > 2 ? given[2] : ".";
    try {
        const seconds limit(given.size() > 3 ? std::stoi(given[3]) : 600);
        const penbox::Client client = penbox::Client::from_env();
        const penbox::Value form = create_form(client, flow, email);
        const std::string id = form.string("/id").value();
        std::cout << "created " << id << '\n';
        std::cout << "to be filled in at " << form.string("/links/fill").value_or("-") << '\n';
        std::cout << "waiting for the answer, " << limit.count() << " s at most" << std::endl;
        const std::string answer = wait_for_answer(client, id, limit);
        const penbox::File file = client.responses().download_pdf_file(answer, folder + "/answer-" + answer + ".pdf");
        std::cout << "saved " << file.path.value() << ": " << file.size << " bytes, SHA-256 " << file.sha256 << '\n';
    } catch (const std::exception &error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
