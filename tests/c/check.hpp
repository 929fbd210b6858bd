// Checks that count, for the C++ programs of this folder.
#ifndef CHECK_HPP
#define CHECK_HPP

#include <iostream>

inline int checks = 0;
inline int failures = 0;

inline void check(const char *file, int line, const char *text, bool good) {
    ++checks;
    if (!good) {
        ++failures;
        std::cerr << file << ':' << line << ": failed: " << text << '\n';
    }
}

#define CHECK(...) check(__FILE__, __LINE__, #__VA_ARGS__, (__VA_ARGS__))

#define CHECK_THROWS(kind, ...)                                                                                        \
    do {                                                                                                               \
        bool thrown = false;                                                                                           \
        try {                                                                                                          \
            static_cast<void>(__VA_ARGS__);                                                                            \
        } catch (const kind &) {                                                                                       \
            thrown = true;                                                                                             \
        } catch (const std::exception &other) {                                                                        \
            std::cerr << other.what() << '\n';                                                                         \
        }                                                                                                              \
        check(__FILE__, __LINE__, #kind " by " #__VA_ARGS__, thrown);                                                  \
    } while (0)

// What main returns; the runner wants to see that something was checked at all.
inline int report() {
    std::cout << checks << " checks, " << failures << " failures\n";
    return failures == 0 ? 0 : 1;
}

#endif
