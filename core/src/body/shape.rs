//! Whether an answer has the shape its operation promises, and where not.

use crate::schema::{Field, Kind, Model};

use super::node::{Node, NodeKind};
use super::scan::same;

/// The first place where `node` is not of `kind`: its JSON path and what was expected there.
///
/// Every field but the required ones may be null or absent, and unknown fields are no mismatch. It judges exactly as the
/// typed models of Rust decode, so that an answer is good or bad in every language alike.
pub(crate) fn mismatch(node: Node<'_>, kind: &Kind) -> Option<String> {
    let Misfit { expected, path } = find(node, kind)?;
    let path: String = path.into_iter().rev().collect();
    Some(format!("{expected} at ${path}"))
}

/// What was expected, and the steps to its place, the last one first.
struct Misfit {
    expected: String,
    path: Vec<String>,
}

impl Misfit {
    fn below(mut self, step: String) -> Misfit {
        self.path.push(step);
        self
    }
}

fn find(node: Node<'_>, kind: &Kind) -> Option<Misfit> {
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
    (!fits).then(|| Misfit {
        expected: format!("expected {}", kind.wanted()),
        path: Vec::new(),
    })
}

fn items(node: Node<'_>, kind: &Kind) -> Option<Misfit> {
    node.items().enumerate().find_map(|(position, item)| {
        find(item, kind).map(|misfit| misfit.below(format!("[{position}]")))
    })
}

fn values(node: Node<'_>, kind: &Kind) -> Option<Misfit> {
    node.members()
        .find_map(|(name, value)| find(value, kind).map(|misfit| misfit.below(format!(".{name}"))))
}

fn members(node: Node<'_>, model: &'static Model) -> Option<Misfit> {
    let mut fields = Fields::of(model.fields);
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
    Some(Misfit { expected, path })
}

/// The fields of a model, looked up in the order in which they most likely come: that of its description.
pub(crate) struct Fields {
    fields: &'static [Field],
    next: usize,
    /// A bit for each field that was found.
    found: u64,
    /// How often one was found.
    count: u32,
}

impl Fields {
    pub(crate) fn of(fields: &'static [Field]) -> Fields {
        Fields {
            fields,
            next: 0,
            found: 0,
            count: 0,
        }
    }

    /// The field that is probably next, if a text has its name and a quote at a position: servers keep an order, and leave out
    /// a member here and there.
    #[inline(always)]
    pub(super) fn expected(&mut self, text: &[u8], at: usize) -> Option<&'static Field> {
        for position in [self.next, self.next + 1] {
            let name = self.fields.get(position)?.name.as_bytes();
            let end = at + name.len();
            if text.get(end) == Some(&b'"') && same(text.get(at..end)?, name) {
                self.next = position + 1;
                return self.at(position);
            }
        }
        None
    }

    /// The field of this name.
    pub(crate) fn find(&mut self, name: &str) -> Option<&'static Field> {
        let (before, behind) = self.fields.split_at(self.next);
        let behind = behind.iter().position(|field| field.name == name);
        let position = match behind {
            Some(offset) => self.next + offset,
            None => before.iter().position(|field| field.name == name)?,
        };
        self.next = position + 1;
        self.at(position)
    }

    #[inline]
    fn at(&mut self, position: usize) -> Option<&'static Field> {
        self.found |= 1 << position;
        self.count += 1;
        self.fields.get(position)
    }

    /// Whether a field was found twice.
    pub(super) fn again(&self) -> bool {
        self.count > self.found.count_ones()
    }

    /// Whether there are fields, and none was found twice.
    pub(super) fn distinct(&self) -> bool {
        !self.fields.is_empty() && !self.again()
    }

    /// A required field that was never found.
    pub(crate) fn missing(&self) -> Option<&'static Field> {
        let mut fields = self.fields.iter().enumerate();
        let missing = fields.find(|(at, field)| field.required && self.found & (1 << at) == 0)?;
        Some(missing.1)
    }
}
