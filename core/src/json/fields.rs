//! Looks up the fields of a model while the members of an object come.

use crate::schema::{Field, Model};

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
