// Calls while a thread or the process ends, in C++: in destructors of static and thread_local objects.
// PENBOX_TEST_UNTRUSTED is a server whose certificate nobody knows. Nothing may be said on standard error.
#include "check.hpp"

#include <penbox.hpp>

#include <cstdlib>
#include <thread>

#include <unistd.h>

using penbox::Client;
using penbox::Params;
using penbox::Value;

static int ran;

static void whole_calls(const Client &client) {
    const Value form = client.forms().create(Params().set("/flow/slug", "client-onboarding").set("/draft", true));
    CHECK(client.forms().get(form.string("/id").value()).string("/id") == form.string("/id"));
    CHECK_THROWS(penbox::NotFoundError, client.forms().get("00000000-0000-4000-8000-000000000000"));
    std::size_t count = 0;
    penbox::Pager forms = client.forms().list();
    forms.prefetch();
    for (const Value &each : forms)
        count += each.has("/id");
    CHECK(count >= 250);
    const std::string bytes(100000, 'x');
    const Value file = client.attachments().upload_bytes(bytes, Params().set("/name", "a.bin"));
    CHECK(client.attachments().download_bytes(file.string("/id").value()).content == bytes);
    ++ran;
}

static void untrusted() {
    const char *url = std::getenv("PENBOX_TEST_UNTRUSTED");
    if (url == nullptr)
        return;
    const Client client(penbox::Config().token(std::getenv("PENBOX_API_TOKEN")).base_url(url));
    CHECK_THROWS(penbox::TLSError, client.workspaces().list().next());
}

// Calls when it ends, through a client that was used before and through one that it makes then.
struct Caller {
    Client client = Client::from_env();

    Caller() = default;
    Caller(const Caller &) = delete;
    Caller &operator=(const Caller &) = delete;
    ~Caller() {
        try {
            untrusted();
            whole_calls(client);
            whole_calls(Client::from_env());
        } catch (const std::exception &error) {
            std::cout << error.what() << std::endl;
            CHECK(false);
        }
    }
    void used() const {
        whole_calls(client);
    }
};

// The last word: it is the first of the static objects, so that it ends after the others.
struct Last {
    Last() = default;
    Last(const Last &) = delete;
    Last &operator=(const Last &) = delete;
    ~Last() {
        // Two of each Caller, one of each that was used before: two static ones, one of main's, two of the threads'.
        CHECK(ran == 5 * 2 + 3);
        if (report() != 0 || !std::cout.flush())
            _exit(1);
    }
};

static const Last last;
static const Caller unused;
static const Caller used;
static thread_local const Caller of_thread;

int main() {
    used.used();
    of_thread.used();
    std::thread([] { of_thread.used(); }).join();
    // What is only named is made, and ends; no call came before.
    std::thread([] { CHECK(of_thread.client.get() != nullptr); }).join();
    return 0;
}
