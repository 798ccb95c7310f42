//! Bodies, paths and queries, read at the door: a value that can't be is refused with its place.

use crate::objects::Objects;
use crate::once::IdempotencyKey;
use crate::{App, Problem};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use shuke_kernel::{Cursor, Error, Limit, MerchantId, Result};
use utoipa::IntoParams;

/// A body is at most this long.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A JSON body, in or out.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        Ok(Self(parse(&bytes(request).await?)?))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// The body of a write, with the key under which it happens once.
///
/// The header `Idempotency-Key` is required: 1 to 128 visible characters, a UUID by preference.
#[derive(Debug)]
pub struct Write<T> {
    /// The key and the request's fingerprint.
    pub key: IdempotencyKey,
    /// The body.
    pub body: T,
}

impl<T: DeserializeOwned> FromRequest<App> for Write<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let key = request.headers().get("idempotency-key").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        if key.is_empty() || key.len() > crate::document::KEY_CHARS_MAX || !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Error::invalid(
                "idempotency_key_missing",
                "send the header Idempotency-Key with a value of your own for this write, such as a new UUID; the same value on a retry makes it happen once",
            )
            .into());
        }
        let mut hash = Sha256::new();
        hash.update(request.method().as_str());
        hash.update(request.uri().path());
        let raw = bytes(request).await?;
        hash.update(&raw);
        // Signed, because a body may hold a password: a copy of the database must not tell it from a guess.
        let signed = app.vault.sign(MerchantId(0), "fingerprint", &[&hash.finalize()]);
        let fingerprint = signed.iter().map(|byte| format!("{byte:02x}")).collect();
        // A write without a body (a command) may send nothing at all.
        let body = if raw.is_empty() { parse(b"{}")? } else { parse(&raw)? };
        Ok(Self { key: IdempotencyKey { key, fingerprint }, body })
    }
}

async fn bytes(request: Request) -> Result<axum::body::Bytes> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("application/json");
    if !kind.starts_with("application/json") {
        return Err(Error::invalid("content_type_wrong", "send the body as application/json"));
    }
    axum::body::to_bytes(request.into_body(), BODY_BYTES_MAX)
        .await
        .map_err(|_| Error::invalid("body_too_large", "the body is longer than 4 MiB; send it in parts"))
}

/// Whether a JSON text has an escaped NUL: no text column of PostgreSQL takes one, and no name has one.
fn has_nul(raw: &[u8]) -> bool {
    let mut at = 0;
    while let Some(found) = raw[at..].iter().position(|byte| *byte == b'\\') {
        let escape = at + found + 1;
        if raw[escape..].starts_with(b"u0000") {
            return true;
        }
        // What is escaped may be a backslash itself.
        at = (escape + 1).min(raw.len());
    }
    false
}

fn parse<T: DeserializeOwned>(raw: &[u8]) -> Result<T> {
    if has_nul(raw) {
        return Err(Error::invalid("text_nul", "a text holds the character NUL (\\u0000); leave it out"));
    }
    let mut reader = serde_json::Deserializer::from_slice(raw);
    serde_path_to_error::deserialize(Objects(&mut reader)).map_err(|error| {
        let pointer = pointer(&error.path().to_string());
        let text = error.inner().to_string();
        let detail = text.split(" at line ").next().unwrap_or(&text).to_owned();
        Error::invalid("body_malformed", "the body is not what this operation takes").field(pointer, "value_malformed", detail)
    })
}

/// `lines[0].quantity` as a JSON pointer, `/lines/0/quantity`.
fn pointer(path: &str) -> String {
    if path == "." {
        return String::new();
    }
    format!("/{}", path.replace('[', ".").replace(']', "").split('.').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/"))
}

/// Path parameters.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, app).await {
            Ok(_) if parts.uri.path().contains("%00") => Err(nothing_there().into()),
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            // An id that can't be one names nothing.
            Err(_) => Err(nothing_there().into()),
        }
    }
}

fn nothing_there() -> Error {
    Error::not_found("not_found", "there is nothing under this address")
}

/// Query parameters.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(Error::invalid("query_malformed", "the query holds the character NUL (%00); leave it out").into());
        }
        match axum::extract::Query::<T>::from_request_parts(parts, app).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(query_fault(&rejection.body_text()).into()),
        }
    }
}

/// Names the parameter that can't be read, and what it takes.
fn query_fault(text: &str) -> Error {
    let said = text.split_once("query string: ").map_or(text, |(_, said)| said);
    let fault = |detail: &str| Error::invalid("query_malformed", format!("the query is not what this operation takes: {detail}"));
    match said.split_once(": ") {
        Some((name, said)) if !name.contains(' ') => fault(&format!("`{name}`, {said}")).field(format!("/{name}"), "value_malformed", said),
        _ => fault(said),
    }
}

/// Where a list goes on and how many rows it gives.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
pub struct Paging {
    /// The `next` of the page before.
    pub cursor: Option<String>,
    /// Rows on a page, 1 to 200, 50 by default.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

impl Paging {
    /// The page size.
    pub fn limit(&self) -> Result<Limit> {
        Limit::new(self.limit)
    }
    /// The key of the last row seen, if any.
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>> {
        self.cursor.as_deref().map(Cursor::decode).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_that_is_refused_names_the_parameter() {
        let error = query_fault("Failed to deserialize query string: sort: unknown variant `points`, expected `newest` or `name`");
        assert_eq!(
            error.detail(),
            "the query is not what this operation takes: `sort`, unknown variant `points`, expected `newest` or `name`"
        );
        assert_eq!(error.fields()[0].field, "/sort");
        let missing = query_fault("Failed to deserialize query string: missing field `store`");
        assert_eq!(missing.detail(), "the query is not what this operation takes: missing field `store`");
        assert!(missing.fields().is_empty());
    }

    #[test]
    fn a_nul_is_found_wherever_it_is_escaped() {
        for (text, found) in [
            (r#"{"a":"\u0000"}"#, true),
            (r#"{"a":"\\\u0000"}"#, true),
            (r#"{"a":"\\u0000"}"#, false),
            (r#"{"a":"\u00001"}"#, true),
            (r#"{"a":"\u0001"}"#, false),
            (r#"{"a":"x\"#, false),
            ("", false),
        ] {
            assert_eq!(has_nul(text.as_bytes()), found, "{text}");
        }
        assert_eq!(parse::<serde_json::Value>(br#"{"a":"\u0000"}"#).unwrap_err().code(), "text_nul");
    }

    #[test]
    fn a_fault_names_its_place() {
        #[derive(Debug, Deserialize)]
        struct Line {
            #[expect(dead_code, reason = "only read")]
            quantity: i64,
        }
        #[derive(Debug, Deserialize)]
        struct Cart {
            #[expect(dead_code, reason = "only read")]
            lines: Vec<Line>,
        }
        let error = parse::<Cart>(br#"{"lines":[{"quantity":"two"}]}"#).unwrap_err();
        assert_eq!(error.fields()[0].field, "/lines/0/quantity");
        assert_eq!(error.code(), "body_malformed");
    }
}
