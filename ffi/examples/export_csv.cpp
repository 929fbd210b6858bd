// Writes the forms made since a date, drafts left out, to a CSV file. Needs PENBOX_API_TOKEN.
//     export_csv [date or moment in UTC [file]]
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <penbox.hpp>

constexpr const char *places[] = {"/id",         "/created_at",      "/status",    "/flow/slug",
                                  "/user/email", "/user/given_name", "/user/phone"};

// No spreadsheet takes for a formula what a contact typed.
std::string safe(const std::string &text) {
    return text.find_first_of("=+-@\t\r") == 0 ? "'" + text : text;
}

void write_row(std::ostream &out, const penbox::Value &form) {
    const char *comma = "";
    for (const char *place : places) {
        out << comma << std::quoted(safe(form.string(place).value_or("")), '"', '"');
        comma = ",";
    }
    out << "\r\n";
}

int main(int argc, char **argv) {
    const char *since = argc > 1 ? argv[1] : "2024-01-01";
    const std::filesystem::path path = argc > 2 ? argv[2] : "forms.csv";
    const std::filesystem::path unfinished = path.string() + ".part";
    try {
        const penbox::Client client = penbox::Client::from_env();
        const penbox::Params recent = penbox::Params()
                                          .set("/filter/attributes/created_at/$ge", since)
                                          .set("/filter/attributes/status/$ne", "draft")
                                          .set("/sort", "+created_at");
        std::ofstream out(unfinished, std::ios::binary);
        out << "\"id\",\"created_at\",\"status\",\"template\",\"email\",\"given_name\",\"phone\"\r\n";
        std::size_t count = 0;
        // One page at a time is held; oldest first, what is made meanwhile moves no page.
        for (const penbox::Value &form : client.forms().list(recent)) {
            write_row(out, form);
            ++count;
        }
        out.close();
        if (!out)
            throw std::runtime_error("cannot write " + unfinished.string());
        std::filesystem::rename(unfinished, path);
        std::cout << "wrote " << count << " forms to " << path.string() << '\n';
    } catch (const std::exception &error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
