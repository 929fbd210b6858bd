//! The keys of kept answers.

/// The parts of a request that decide its answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// A hash of the token: what one token may see, another may not.
    token: [u8; 32],
    /// The address below the base URL, without the page's number.
    list: String,
    /// The page's number; 0 for what is no list.
    page: u64,
    /// The caller's extra headers, with names in lower case.
    headers: Vec<(String, String)>,
}

/// The pair of a query that has the page's number, as the request has it.
const PAGE: &str = "page%5Bnumber%5D=";

impl Key {
    /// The key of a request.
    pub(crate) fn of(token: [u8; 32], path_and_query: &str, headers: &[(String, String)]) -> Key {
        let mut page = 0;
        let mut list = String::with_capacity(path_and_query.len());
        for (at, pair) in path_and_query.split('&').enumerate() {
            match pair.strip_prefix(PAGE).map(str::parse) {
                // The first part has the path, so the pair is never there: `sort` or a filter stands before it, or it is taken as it is.
                Some(Ok(number)) if page == 0 => page = number,
                _ => {
                    if at > 0 {
                        list.push('&');
                    }
                    list.push_str(pair);
                }
            }
        }
        let lower = |(name, value): &(String, String)| (name.to_ascii_lowercase(), value.clone());
        Key {
            token,
            list,
            page,
            headers: headers.iter().map(lower).collect(),
        }
    }

    /// Reports whether the key is of this token.
    pub(crate) fn is_of(&self, token: &[u8; 32]) -> bool {
        self.token == *token
    }

    /// Reports whether the key is that of a later page of the same list.
    pub(super) fn follows(&self, other: &Key) -> bool {
        self.page > other.page
            && other.page > 0
            && self.list == other.list
            && self.token == other.token
            && self.headers == other.headers
    }

    /// The bytes that the key itself takes, about.
    pub(super) fn size(&self) -> usize {
        let headers = self.headers.iter();
        let headers: usize = headers.map(|(name, value)| name.len() + value.len()).sum();
        self.list.len() + headers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_of_the_token_the_address_and_the_headers() {
        let of = |token: u8, target: &str, headers: &[(&str, &str)]| {
            let headers = headers.iter();
            let headers: Vec<_> = headers
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            Key::of([token; 32], target, &headers)
        };
        let page = |number: u64| of(1, &format!("/a?sort=x&page%5Bnumber%5D={number}&s=5"), &[]);
        assert_eq!(page(1), page(1));
        assert!(page(2).follows(&page(1)) && page(7).follows(&page(2)));
        assert!(!page(1).follows(&page(1)) && !page(1).follows(&page(2)));
        assert!(!of(2, "/a?sort=x&page%5Bnumber%5D=2&s=5", &[]).follows(&page(1)));
        assert!(!of(1, "/a?sort=y&page%5Bnumber%5D=2&s=5", &[]).follows(&page(1)));
        assert_ne!(of(1, "/a", &[]), of(2, "/a", &[]));
        assert_ne!(of(1, "/a", &[]), of(1, "/b", &[]));
        assert_ne!(of(1, "/a", &[]), of(1, "/a", &[("x-a", "1")]));
        assert_eq!(of(1, "/a", &[("X-A", "1")]), of(1, "/a", &[("x-a", "1")]));
    }
}
