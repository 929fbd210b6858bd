/// The Penbox API for C++17: a thin, header-only layer over penbox.h.
///
///     penbox::Client client = penbox::Client::from_env(); // PENBOX_API_TOKEN
///     penbox::Value form = client.forms().create(penbox::Params()
///                                                    .set("/flow/slug", "client-onboarding")
///                                                    .set("/user/email", "john@example.com"));
///     for (const penbox::Value &open : client.forms().list(penbox::Params().set("/completed", false)))
///         std::cout << open.string("/id").value() << '\n';
///
/// Handles free themselves. What fails throws: every exception is a penbox::Error, and there is a class for every kind
/// (penbox::RateLimitError, ...). Places inside parameters and values are JSON Pointers: "/user/email".
///
/// Any number of threads may use one Client, and one CancelToken; everything else belongs to one thread at a time.

#ifndef PENBOX_HPP
#define PENBOX_HPP

#include "penbox/cancel.hpp"
#include "penbox/client.hpp"
#include "penbox/config.hpp"
#include "penbox/error.hpp"
#include "penbox/errors.hpp"
#include "penbox/files.hpp"
#include "penbox/operations.hpp"
#include "penbox/options.hpp"
#include "penbox/pager.hpp"
#include "penbox/params.hpp"
#include "penbox/value.hpp"

#endif
