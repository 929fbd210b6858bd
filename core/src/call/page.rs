//! A page of a list, in each form that the server may send.

use serde::{Deserialize, Deserializer, Serialize};

use super::output::output;
use crate::error::{Error, Result};
use crate::json::decode::{Read, deserialized, from_text};
use crate::json::{Cursor, Name};
use crate::schema::key::FieldKey;
use crate::schema::{Described, Field, Kind, Model};

output! {
    /// The position of a page in its list.
    PageMeta {
        /// Items that match, over all pages.
        total_count: Option<u64>,
        /// Pages in all.
        total_pages: Option<u64>,
        /// Items a page.
        page_size: Option<u64>,
        /// This page's number, from 1.
        current_page: Option<u64>,
    }
}

/// One page of a list.
///
/// ```
/// use penbox::{Form, FormCreate, Page};
///
/// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
/// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
/// client.forms().create(FormCreate::new("client-onboarding"))?;
/// let page: Page<Form> = client.forms().list(Default::default()).page(1)?;
/// assert_eq!((page.len(), page.is_empty()), (1, false));
/// for form in &page {
///     println!("{}", form.id);
/// }
///
/// // A page can be kept as JSON.
/// let kept = penbox::serde_json::to_string(&page)?;
/// assert_eq!(Page::<Form>::from_json(kept)?, page);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// The page's items.
    pub data: Vec<T>,
    /// The page's position in its list, if the server sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<PageMeta>,
}

impl<T> Page<T> {
    /// The number of its items.
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// Reports whether it has no items.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// The items, in their order.
    ///
    /// ```
    /// use penbox::{Form, Page};
    ///
    /// let page = Page::<Form>::from_json(r#"{"data": [{"id": "f-1"}, {"id": "f-2"}]}"#)?;
    /// let ids: Vec<&str> = page.iter().map(|form| form.id.as_str()).collect();
    /// assert_eq!(ids, ["f-1", "f-2"]);
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.data.iter()
    }
}

impl<T: Item> Page<T> {
    /// Reads a page that was kept as JSON, as leniently as one that was just received.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) if the text is not JSON or no such page.
    pub fn from_json(text: impl Into<String>) -> Result<Page<T>> {
        from_text(text.into())
            .map_err(|error| Error::invalid_argument(format!("the text is no page: {error}")))
    }
}

impl<T: Described> Page<T> {
    const FIELDS: &'static [Field] = &[
        Field::new("data", Kind::List(&T::KIND), true, "The page's items."),
        Field::new(
            "meta",
            PageMeta::KIND,
            false,
            "The page's position in its list.",
        ),
    ];
}

impl<T: Described> Described for Page<T> {
    const KIND: Kind = Kind::Model(&Model::output(
        "Page",
        "One page of a list.",
        Page::<T>::FIELDS,
    ));
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.data.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Page<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The JSON of a page is `{"meta": .., "data": [..]}`, `{"data": [..]}` or a bare list.
impl<'de, T: Read> Deserialize<'de> for Page<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserialized(deserializer)
    }
}

impl<T: Read> Read for Page<T> {
    fn read(reader: &mut Cursor<'_>) -> Option<Self> {
        const NAMES: &[FieldKey] = &[FieldKey::new("meta"), FieldKey::new("data")];
        if reader.peek()? == b'[' {
            let data = Read::read(reader)?;
            return Some(Page { data, meta: None });
        }
        let (mut data, mut meta) = (None, None);
        let (mut next, mut first) = (0, true);
        reader.open(b'{')?;
        while reader.more(b'}', &mut first)? {
            match reader.name(NAMES, &mut next)? {
                Name::Known(0) => {
                    // A `meta` of another type reads as absent, as any member does; the items are still good.
                    let place = reader.save();
                    meta = match Read::read(reader) {
                        Some(meta) => meta,
                        None => reader.misfit(place).map(|_| None)?,
                    };
                }
                Name::Known(_) => {
                    // Some servers send null for a list without items.
                    let items: Option<Vec<T>> = Read::read(reader)?;
                    data = Some(items.unwrap_or_default());
                }
                Name::Other(_) => reader.skip()?,
            }
        }
        Some(Page { data: data?, meta })
    }
}

/// An item of a list. An item without an id is never treated as a duplicate.
pub trait Item: Read + Send + 'static {
    /// The id that marks a duplicate.
    fn id(&self) -> Option<&str>;
}
