//! `include/penbox/errors.hpp`: an exception class a kind.

use crate::file::{File, MARK};
use crate::spec::Spec;

/// The class that is written by hand in `error.hpp`, by its name in Python and Node and in C++.
const BASE: (&str, &str) = ("PenboxError", "Error");

/// The header: the classes, the function that throws them, and the name of a kind.
pub(super) fn file(spec: &Spec) -> File {
    let bases = spec.errors.bases.iter().map(|base| {
        (
            base.class.as_str(),
            base.parent.as_deref().unwrap_or_default(),
            base.doc.as_str(),
        )
    });
    let kinds = spec
        .errors
        .kinds
        .iter()
        .map(|kind| (kind.class.as_str(), kind.parent.as_str(), kind.doc.as_str()));
    let classes = bases.chain(kinds).filter(|(class, ..)| *class != BASE.0);
    let mut text = format!(
        "/// Exceptions by kind. {MARK}

#ifndef PENBOX_ERRORS_HPP
#define PENBOX_ERRORS_HPP

#include \"error.hpp\"

namespace penbox {{
"
    );
    for (class, parent, doc) in classes {
        let parent = if parent == BASE.0 { BASE.1 } else { parent };
        text.push_str(&format!(
            "
/// {doc}
class {class} : public {parent} {{
  public:
    using {parent}::{parent};
}};
"
        ));
    }
    text.push_str(
        "
namespace detail {

/// Throws the exception of a failure's status.
[[noreturn]] inline void raise(Failure failure) {
    switch (failure.status) {
",
    );
    for kind in &spec.errors.kinds {
        text.push_str(&format!(
            "    case PENBOX_ERROR_{}:\n        throw {}(std::move(failure));\n",
            kind.kind.to_uppercase(),
            kind.class
        ));
    }
    text.push_str(
        "    default:
        throw Error(std::move(failure));
    }
}

} // namespace detail

inline std::string_view Error::kind() const &noexcept {
    switch (status_) {
",
    );
    for kind in &spec.errors.kinds {
        text.push_str(&format!(
            "    case PENBOX_ERROR_{}:\n        return \"{}\";\n",
            kind.kind.to_uppercase(),
            kind.kind
        ));
    }
    text.push_str(
        "    default:
        return detail::maybe(penbox_error_kind(raw())).value_or(\"\");
    }
}

} // namespace penbox

#endif
",
    );
    File::new("include/penbox/errors.hpp", text)
}
