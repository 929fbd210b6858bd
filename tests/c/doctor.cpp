// The check of a client, and the curl line of an error.
#include "check.hpp"

#include <penbox.hpp>

int main() {
    const penbox::Client client = penbox::Client::from_env();
    const penbox::Value any = client.check();
    CHECK(any.boolean("/ok") == true);
    CHECK(client.check("acme-corp").boolean("/ok") == true);
    const penbox::Value elsewhere = client.check("elsewhere", penbox::Options().max_attempts(1));
    CHECK(elsewhere.boolean("/ok") == false);
    CHECK(elsewhere.string("/text").value_or("").find("wrong_workspace: ") != std::string::npos);
    try {
        static_cast<void>(client.forms().get("o'brien"));
        CHECK(false);
    } catch (const penbox::BadRequestError &error) {
        CHECK(error.curl().value_or("").find("/forms/o%27brien' ") != std::string_view::npos);
    }
    client.close();
    CHECK_THROWS(penbox::ClosedError, client.check());
    return report();
}
