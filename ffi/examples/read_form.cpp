// Reads a form with settings of its own, and says what went wrong. Needs PENBOX_API_TOKEN.
//     read_form [id]
#include <iostream>
#include <penbox.hpp>

using std::chrono::seconds;

int main(int argc, char **argv) {
    const std::string id = argc > 1 ? argv[1] : "00000000-0000-4000-8000-000000000000";
    try {
        const penbox::Client client(penbox::Config::from_env()
                                        .timeout(seconds(60)) // for a call with its waits
                                        .max_retry_wait(seconds(5))
                                        .rate_limit("100/min, 1000/h")
                                        .token_name("CRM")
                                        .user_agent_suffix("crm-sync/2.1"));
        // Somebody waits for this call.
        const auto options = penbox::Options().timeout(seconds(20)).max_attempts(2);
        const penbox::Value form = client.forms().get(id, options);
        std::cout << id << ' ' << form.string("/status").value_or("") << '\n';
        return 0;
    } catch (const penbox::NotFoundError &) {
        std::cerr << "there is no such form\n";
    } catch (const penbox::RateLimitError &error) {
        const std::chrono::duration<double> wait = error.retry_after().value_or(seconds(1));
        std::cerr << "too many requests: wait " << wait.count() << " s\n";
    } catch (const penbox::ServerError &error) {
        // It never holds the token.
        std::cerr << "the service failed; for Penbox's support:\n" << error.support_report();
    } catch (const penbox::Error &error) {
        std::cerr << error.what() << '\n';
    }
    return 1;
}
