// Lists that change while they are walked, and lists whose pages fail. The argument says what the runner has prepared.
#include "check.hpp"

#include <penbox.hpp>
#include <set>
#include <string>

using penbox::Params;

// Each form leaves the list as it is met: all 350 are met, and none twice.
static void changing(const penbox::Client &client) {
    std::set<std::string> met;
    for (const penbox::Value &form : client.forms().list(Params().set("/completed", true).set("/processed", false))) {
        const std::string id = form.string("/id").value();
        client.forms().update(id, Params().set("/processed", true));
        CHECK(met.insert(id).second);
    }
    CHECK(met.size() == 350);
}

// Page 2 fails twice and is asked for again; page 3 is refused, which no step changes. Nothing that was collected is lost.
static void failing(const penbox::Client &client) {
    penbox::Pager pager = client.forms().list(Params().set("/page/size", 2), penbox::Options().max_attempts(1));
    CHECK_THROWS(penbox::ServerError, pager.collect(3));
    CHECK(pager.next().value().string("/id") == "f1");
    CHECK_THROWS(penbox::ServerError, pager.collect(10));
    const std::vector<penbox::Value> items = pager.collect(2);
    CHECK(items.size() == 2 && items[0].string("/id") == "f2" && items[1].string("/id") == "f3");
    CHECK_THROWS(penbox::PermissionDeniedError, pager.collect(5));
    CHECK(pager.next().value().string("/id") == "f4");
    CHECK_THROWS(penbox::PermissionDeniedError, pager.next());
    CHECK_THROWS(penbox::PermissionDeniedError, pager.begin());
}

int main(int argc, char **argv) {
    const std::string_view wanted = argc == 2 ? argv[1] : "";
    const penbox::Client client = penbox::Client::from_env();
    if (wanted == "changing")
        changing(client);
    if (wanted == "failing")
        failing(client);
    CHECK(checks > 3);
    return report();
}
