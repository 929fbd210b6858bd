//! Whether an answer has the shape its operation promises, and where not.

use crate::schema::{Field, Kind, Model};

use super::node::{Node, NodeKind};

/// The first place where `node` is not of `kind`: its JSON path and what was expected there.
///
/// Every field but the required ones may be null or absent, and unknown fields are no mismatch. It judges exactly as the
/// typed models of Rust decode, so that an answer is good or bad in every language alike.
pub(crate) fn mismatch(node: Node<'_>, kind: &Kind) -> Option<String> {
    let Mismatch { expected, path } = find(node, kind)?;
    let path: String = path.into_iter().rev().collect();
    Some(format!("{expected} at ${path}"))
}

/// What was expected, and the steps to its place, the last one first.
struct Mismatch {
    expected: String,
    path: Vec<String>,
}

impl Mismatch {
    fn below(mut self, step: String) -> Mismatch {
        self.path.push(step);
        self
    }
}

fn find(node: Node<'_>, kind: &Kind) -> Option<Mismatch> {
    let fits = match kind {
        Kind::Any => true,
        Kind::Model(model) if node.kind() == NodeKind::Object => return members(node, model),
        Kind::List(item) | Kind::OneOrMany(item) if node.kind() == NodeKind::Array => {
            return items(node, item);
        }
        Kind::Object => node.kind() == NodeKind::Object,
        Kind::Text | Kind::Open(_) => node.kind() == NodeKind::String,
        Kind::Boolean => node.kind() == NodeKind::Boolean,
        Kind::Integer => node.as_i64().is_some(),
        Kind::Number => node.kind() == NodeKind::Number,
        Kind::Map(item) if node.kind() == NodeKind::Object => return values(node, item),
        Kind::OneOrMany(item) => return find(node, item),
        Kind::Commas => node.kind() == NodeKind::String,
        Kind::Model(_) | Kind::Map(_) | Kind::List(_) | Kind::File => false,
    };
    (!fits).then(|| Mismatch {
        expected: format!("expected {}", kind.wanted()),
        path: Vec::new(),
    })
}

fn items(node: Node<'_>, kind: &Kind) -> Option<Mismatch> {
    node.items().enumerate().find_map(|(position, item)| {
        find(item, kind).map(|misfit| misfit.below(format!("[{position}]")))
    })
}

fn values(node: Node<'_>, kind: &Kind) -> Option<Mismatch> {
    node.members()
        .find_map(|(name, value)| find(value, kind).map(|misfit| misfit.below(format!(".{name}"))))
}

fn members(node: Node<'_>, model: &'static Model) -> Option<Mismatch> {
    let mut fields = Fields::of(model);
    for (name, value) in node.members() {
        let Some(field) = fields.find(name) else {
            continue;
        };
        if value.is_null() && !field.required {
            continue;
        }
        if let Some(misfit) = find(value, &field.kind) {
            return Some(misfit.below(format!(".{name}")));
        }
    }
    let missing = fields.missing()?;
    let expected = format!("expected {}, found nothing", missing.kind.wanted());
    let path = vec![format!(".{}", missing.name)];
    Some(Mismatch { expected, path })
}

/// The fields of a model, looked up in the order in which they most likely come: that of its description.
#[derive(Clone, Copy)]
pub(crate) struct Fields {
    fields: &'static [Field],
    /// A bit for each field that must be found.
    required: u64,
    next: usize,
    /// A bit for each field that was found.
    found: u64,
}

impl Fields {
    pub(crate) fn of(model: &Model) -> Fields {
        Fields {
            fields: model.fields,
            required: model.required,
            ..Fields::none()
        }
    }

    /// Those of an object that has no model.
    pub(super) fn none() -> Fields {
        Fields {
            fields: &[],
            required: 0,
            next: 0,
            found: 0,
        }
    }

    /// The field whose name a text begins with, in its usual form, and what follows it. It is probably the next: servers keep an
    /// order, and leave out a member here and there.
    #[inline(always)]
    pub(super) fn expected<'t>(&mut self, text: &'t [u8]) -> Option<(&'static Field, &'t [u8])> {
        for position in [self.next, self.next + 1] {
            if let Some(field) = self.fields.get(position)
                && let Some(rest) = field.label.strip(text)
            {
                return Some((self.take(position)?, rest));
            }
        }
        let (position, rest) = self.elsewhere(text)?;
        Some((self.take(position)?, rest))
    }

    #[inline(never)]
    fn elsewhere(self, text: &[u8]) -> Option<(usize, &[u8])> {
        let mut fields = self.fields.iter().enumerate();
        fields.find_map(|(position, field)| Some((position, field.label.strip(text)?)))
    }

    /// The field of this name.
    pub(crate) fn find(&mut self, name: &str) -> Option<&'static Field> {
        let position = self.position(name)?;
        self.take(position)
    }

    /// The position of the field of this name.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        let (before, behind) = self.fields.split_at(self.next);
        let behind = behind.iter().position(|field| field.name == name);
        match behind {
            Some(offset) => Some(self.next + offset),
            None => before.iter().position(|field| field.name == name),
        }
    }

    /// The field at a position, which was found.
    #[inline(always)]
    pub(super) fn take(&mut self, position: usize) -> Option<&'static Field> {
        self.found |= 1 << position;
        self.next = position + 1;
        self.fields.get(position)
    }

    /// How many different ones were found.
    pub(super) fn count(&self) -> u32 {
        self.found.count_ones()
    }

    /// A required field that was never found.
    pub(crate) fn missing(&self) -> Option<&'static Field> {
        let missing = self.required & !self.found;
        (missing != 0).then(|| self.fields.get(missing.trailing_zeros() as usize))?
    }
}
