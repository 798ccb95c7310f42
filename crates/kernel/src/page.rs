//! Keyset paging: a page, and an opaque cursor that names the last row seen.

use crate::{Error, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

/// One page of a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The rows, in the list's order.
    pub items: Vec<T>,
    /// Pass it as `cursor` to get the rows after these; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page from up to `limit + 1` rows: one more row than asked for says that there is a next page.
    pub fn of<K: Serialize>(mut rows: Vec<T>, limit: Limit, key: impl Fn(&T) -> K) -> Self {
        let more = rows.len() > limit.rows();
        rows.truncate(limit.rows());
        let next = if more { rows.last().map(|row| Cursor::encode(&key(row))) } else { None };
        Self { items: rows, next }
    }
    /// The same page with every row turned into something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next }
    }
}

/// The position in a list, as the client holds it.
pub struct Cursor;

impl Cursor {
    /// Writes a key as an opaque text.
    pub fn encode<K: Serialize>(key: &K) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
    }
    /// Reads a key back, or `cursor_malformed`.
    pub fn decode<K: DeserializeOwned>(text: &str) -> Result<K> {
        let malformed = || Error::invalid("cursor_malformed", "the cursor is not one that this list gave; start again without it");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| malformed())?;
        serde_json::from_slice(&bytes).map_err(|_| malformed())
    }
}

/// How many rows a page may have: 1 to 200, 50 by default.
#[derive(Clone, Copy, Debug)]
pub struct Limit(usize);

impl Limit {
    /// The largest page.
    pub const PAGE_SIZE_MAX: usize = 200;

    /// Reads a page size, or `limit_out_of_range`.
    pub fn new(rows: Option<u32>) -> Result<Self> {
        match rows.map_or(50, |n| n as usize) {
            n @ 1..=Self::PAGE_SIZE_MAX => Ok(Self(n)),
            _ => Err(Error::invalid("limit_out_of_range", "limit is between 1 and 200")),
        }
    }
    /// Rows on a page.
    pub const fn rows(self) -> usize {
        self.0
    }
    /// Rows to ask the database for: one more than a page.
    pub fn fetch(self) -> i64 {
        i64::try_from(self.0 + 1).unwrap_or(201)
    }
}
