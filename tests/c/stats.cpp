// What a client did, and what all clients of the process did, in C++.
#include "check.hpp"

#include <penbox.hpp>

int main() {
    std::optional<penbox::Value> stats;
    {
        const penbox::Client client = penbox::Client::from_env();
        CHECK(client.stats().int64("/calls") == 0);
        client.workspaces().list().next();
        client.close();
        CHECK_THROWS(penbox::ClosedError, client.workspaces().list().next());
        stats = client.stats();
    }
    // It outlives its client.
    CHECK(stats->int64("/attempts") == 1 && stats->int64("/operations/workspaces.list/calls") >= 1);
    const penbox::Value all = penbox::process_stats();
    CHECK(all.size() == 1 && all.int64("/0/attempts") == 1);
    CHECK(all.string("/0/token_fingerprint") == stats->string("/token_fingerprint"));
    return report();
}
