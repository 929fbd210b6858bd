// The lines of the log, given to a function of C++.
#include "check.hpp"

#include <penbox.hpp>
#include <stdexcept>

int main() {
    std::vector<std::string> lines;
    const penbox::Client client = penbox::Client::from_env();
    client.forms().get("a");
    CHECK_THROWS(penbox::InvalidArgumentError, penbox::set_log(penbox::LogLevel::info, nullptr));
    penbox::set_log(penbox::LogLevel::info, [&](penbox::LogLevel level, std::string_view line) {
        CHECK(level == penbox::LogLevel::info);
        lines.emplace_back(line);
    });
    client.forms().get("a");
    CHECK(lines.size() == 1 && lines[0].rfind("GET /forms/{id} 200", 0) == 0);
    // What it throws changes nothing for the call.
    penbox::set_log(penbox::LogLevel::debug, [](penbox::LogLevel, std::string_view) { throw std::runtime_error("x"); });
    client.forms().get("a");
    penbox::end_log();
    client.forms().get("a");
    CHECK(lines.size() == 1);
    return report();
}
