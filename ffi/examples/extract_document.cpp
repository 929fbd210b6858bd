// Uploads a document and reads fields out of it. Needs PENBOX_API_TOKEN.
//     extract_document [document]
#include <chrono>
#include <iostream>
#include <penbox.hpp>

int main(int argc, char **argv) {
    try {
        const penbox::Client client = penbox::Client::from_env();
        const penbox::Value attachment = client.attachments().upload_file(argc > 1 ? argv[1] : "document.pdf");
        const std::string id = attachment.string("/id").value();
        std::cout << "uploaded " << attachment.string("/name").value_or("-") << " as " << id << '\n';

        const penbox::Params wanted = penbox::Params().set("/attachments/-/id", id).set_json("/fields", R"([
            {"name": "firstname", "type": "text"},
            {"name": "birthday", "type": "date", "hint": "YYYY-MM-DD"},
            {"name": "amount", "type": "number"}
        ])");
        const auto limit = penbox::Options().timeout(std::chrono::minutes(2));
        const penbox::Value extraction = client.document_intelligence().extract(wanted, limit);
        if (const auto fields = extraction.at("/results/fields"))
            for (const penbox::Value &field : *fields) {
                const auto value = field.at("/value");
                std::cout << field.string("/name").value_or("-") << ": " << (value ? value->json() : "null")
                          << " (confidence: " << field.string("/confidence").value_or("-") << ")\n";
            }
    } catch (const std::exception &error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
