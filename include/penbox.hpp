/// The Penbox API for C++17: a thin, header-only layer over penbox.h.
///
///     penbox::Client client = penbox::Client::from_env(); // PENBOX_API_TOKEN
///     penbox::Value form = client.forms().create(penbox::Params()
///                                                    .set("/flow/slug", "client-onboarding")
///                                                    .set("/user/email", "john@example.com"));
///     for (const penbox::Value &open : client.forms().list(penbox::Params().set("/completed", false)))
///         std::cout << open.string("/id").value() << '\n';
///
/// Handles free themselves. A call that fails throws a penbox::Error, of a class for its kind (penbox::RateLimitError,
/// ...). Parts of parameters and values are named by JSON Pointers: "/user/email".
///
/// Any number of threads may use one Client, one CancelToken, one Recording or one webhook::Verifier at the same time.
/// Every other object belongs to one thread at a time.

#ifndef PENBOX_HPP
#define PENBOX_HPP

#include "penbox/cancel.hpp"
#include "penbox/client.hpp"
#include "penbox/config.hpp"
#include "penbox/error.hpp"
#include "penbox/errors.hpp"
#include "penbox/files.hpp"
#include "penbox/hooks.hpp"
#include "penbox/log.hpp"
#include "penbox/operations.hpp"
#include "penbox/options.hpp"
#include "penbox/pager.hpp"
#include "penbox/params.hpp"
#include "penbox/recording.hpp"
#include "penbox/value.hpp"
#include "penbox/webhook.hpp"

#endif
