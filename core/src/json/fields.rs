//! Looks up the fields of a model while the members of an object are read.

use crate::schema::{Field, Model};

/// The fields of a model. A look-up begins after the field that was found last, since servers keep the order of the description.
#[derive(Clone, Copy)]
pub(crate) struct Fields {
    /// All fields, in the order of the description.
    fields: &'static [Field],
    /// A bit for each field that must be found.
    required: u64,
    /// The position of the field that probably comes next.
    next: usize,
    /// A bit for each field that was found.
    found: u64,
}

impl Fields {
    /// The fields of this model, none found yet.
    pub(crate) fn of(model: &Model) -> Fields {
        Fields {
            fields: model.fields,
            required: model.required,
            ..Fields::none()
        }
    }

    /// The fields of an object that has no model.
    pub(super) fn none() -> Fields {
        Fields {
            fields: &[],
            required: 0,
            next: 0,
            found: 0,
        }
    }

    /// The field whose name a text begins with, and the text after it, where the name is in its usual form: without escapes and
    /// followed by a colon.
    ///
    /// Two fields are compared first, the next and the one after it: servers keep the order, and leave out a member here and there.
    #[inline(always)]
    pub(super) fn expected<'t>(&mut self, text: &'t [u8]) -> Option<(&'static Field, &'t [u8])> {
        for position in [self.next, self.next + 1] {
            if let Some(field) = self.fields.get(position)
                && let Some(rest) = field.key.strip(text)
            {
                return Some((self.take(position)?, rest));
            }
        }
        let (position, rest) = self.search(text)?;
        Some((self.take(position)?, rest))
    }

    /// Compares all fields. This is out of line, so that the usual case stays small where it is inlined.
    #[inline(never)]
    fn search(self, text: &[u8]) -> Option<(usize, &[u8])> {
        let mut fields = self.fields.iter().enumerate();
        fields.find_map(|(position, field)| Some((position, field.key.strip(text)?)))
    }

    /// Finds the field of this name.
    pub(crate) fn find(&mut self, name: &str) -> Option<&'static Field> {
        let position = self.position(name)?;
        self.take(position)
    }

    /// The position of the field of this name.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        let (before, after) = self.fields.split_at(self.next);
        let after = after.iter().position(|field| field.name == name);
        match after {
            Some(offset) => Some(self.next + offset),
            None => before.iter().position(|field| field.name == name),
        }
    }

    /// Marks the field at a position as found, and returns it.
    #[inline(always)]
    pub(super) fn take(&mut self, position: usize) -> Option<&'static Field> {
        // A model has 64 fields at most, so each position is a bit of the word.
        self.found |= 1 << position;
        self.next = position + 1;
        self.fields.get(position)
    }

    /// The number of different fields that were found.
    pub(super) fn count(&self) -> u32 {
        self.found.count_ones()
    }

    /// A required field that was never found.
    pub(crate) fn missing(&self) -> Option<&'static Field> {
        let missing = self.required & !self.found;
        (missing != 0).then(|| self.fields.get(missing.trailing_zeros() as usize))?
    }
}
