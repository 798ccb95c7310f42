//! The faces: what `make faces` built under `web/`, inside the binary (a debug build reads them from
//! the disk). Under `/console/`, `/till/` and `/card/`; paths without a file there are the face's own
//! routes and get its first page.
//!
//! Files under `assets/` carry a hash in their name and are kept for a year; everything else is asked
//! for again. What was compressed when it was built is sent as it is, nothing is compressed here.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use rust_embed::{EmbeddedFile, RustEmbed};
use shuke_http::App;

/// Styles are set by scripts of ours (the component library makes them), so style may be inline; script
/// may not. Receipts and reports are shown from the page's own memory.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
                      font-src 'self' data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; object-src 'none'; \
                      frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

#[derive(RustEmbed)]
#[folder = "../../web/console/dist"]
#[allow_missing = true]
struct Console;

#[derive(RustEmbed)]
#[folder = "../../web/till/dist"]
#[allow_missing = true]
struct Till;

#[derive(RustEmbed)]
#[folder = "../../web/card/dist"]
#[allow_missing = true]
struct Card;

/// The three faces, and `/` leading to the console.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(|| async { Redirect::temporary(if Console::get("index.html").is_some() { "/console/" } else { "/start" }) }))
        .merge(face::<Console>("console"))
        .merge(face::<Till>("till"))
        .merge(face::<Card>("card"))
}

fn face<F: RustEmbed + 'static>(name: &'static str) -> Router<App> {
    Router::new()
        .route(&format!("/{name}"), get(move || async move { Redirect::permanent(&format!("/{name}/")) }))
        .route(&format!("/{name}/"), get(|headers: HeaderMap| async move { serve::<F>("", &headers) }))
        .route(
            &format!("/{name}/{{*path}}"),
            get(|Path(path): Path<String>, headers: HeaderMap| async move { serve::<F>(&path, &headers) }),
        )
}

fn serve<F: RustEmbed>(path: &str, headers: &HeaderMap) -> Response {
    let (path, file) = match F::get(path) {
        Some(file) if !path.is_empty() => (path, file),
        // A file that is gone is gone: the first page in its place would be run as a script.
        _ if path.starts_with("assets/") => return StatusCode::NOT_FOUND.into_response(),
        _ => match F::get("index.html") {
            Some(page) => ("index.html", page),
            None => return Redirect::temporary("/start").into_response(),
        },
    };
    let etag = format!("\"{}\"", hex(&file.metadata.sha256_hash()));
    let seen = headers.get(header::IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == etag.as_bytes());
    let kept = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let (encoding, body) = if seen { (None, Vec::new()) } else { encoded::<F>(path, file, headers) };
    let mut response = Response::new(Body::from(body));
    if seen {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let said = response.headers_mut();
    // A browser takes over what a 304 says beside its own copy: without these it would keep the page under the
    // policy of the API, which lets no style in.
    said.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    said.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    said.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        said.insert(header::ETAG, etag);
    }
    if seen {
        return response;
    }
    said.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(path)));
    if let Some(encoding) = encoding {
        said.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// The file as it was built, or one of its compressed forms that the browser takes.
fn encoded<F: RustEmbed>(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> (Option<&'static str>, Vec<u8>) {
    let takes = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    for (encoding, ending) in [("br", "br"), ("gzip", "gz")] {
        let taken = takes.split(',').any(|part| part.split(';').next().unwrap_or_default().trim() == encoding);
        if let Some(file) = taken.then(|| F::get(&format!("{path}.{ending}"))).flatten() {
            return (Some(encoding), file.data.into_owned());
        }
    }
    (None, file.data.into_owned())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;

    /// Files of a face that was built, as rust-embed would give them.
    struct Built;
    impl RustEmbed for Built {
        fn get(path: &str) -> Option<EmbeddedFile> {
            let text = match path {
                "index.html" => "<p>face",
                "assets/a-1.js" => "let a",
                "assets/a-1.js.br" => "packed",
                _ => return None,
            };
            let metadata = rust_embed::Metadata::__rust_embed_new([7; 32], None, None);
            Some(EmbeddedFile { data: text.as_bytes().into(), metadata })
        }
        fn iter() -> impl Iterator<Item = std::borrow::Cow<'static, str>> + 'static {
            std::iter::empty()
        }
    }

    fn said(response: &Response, name: HeaderName) -> &str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap_or_default())
    }

    #[test]
    fn routes_of_the_face_get_its_first_page_and_missing_files_nothing() {
        let none = HeaderMap::new();
        for path in ["", "members/12", "index.html"] {
            let page = serve::<Built>(path, &none);
            assert_eq!((page.status(), said(&page, header::CONTENT_TYPE)), (StatusCode::OK, "text/html; charset=utf-8"), "{path}");
            assert_eq!(said(&page, header::CACHE_CONTROL), "no-cache");
            assert!(said(&page, header::CONTENT_SECURITY_POLICY).contains("script-src 'self';"), "no inline script");
        }
        assert_eq!(serve::<Built>("assets/a-0.js", &none).status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn a_browser_gets_what_it_takes_once() {
        let mut headers = HeaderMap::new();
        assert_eq!(said(&serve::<Built>("assets/a-1.js", &headers), header::CONTENT_ENCODING), "");
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip, deflate, br;q=1"));
        let packed = serve::<Built>("assets/a-1.js", &headers);
        assert_eq!(said(&packed, header::CONTENT_ENCODING), "br");
        assert!(said(&packed, header::CACHE_CONTROL).contains("immutable"));
        headers.insert(header::IF_NONE_MATCH, HeaderValue::from_str(said(&packed, header::ETAG)).unwrap());
        let again = serve::<Built>("assets/a-1.js", &headers);
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        // What a browser keeps of the page is what the 304 says of it.
        for name in [header::CONTENT_SECURITY_POLICY, header::CACHE_CONTROL, header::VARY, header::ETAG] {
            assert_eq!(said(&again, name.clone()), said(&packed, name.clone()), "{name}");
            assert_ne!(said(&again, name.clone()), "", "{name}");
        }
    }
}
