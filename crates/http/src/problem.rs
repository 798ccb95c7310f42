//! Errors on the wire: `application/problem+json` (RFC 9457) with a stable `code`.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, FieldError, Kind};
use utoipa::ToSchema;

/// An error on its way out.
#[derive(Debug)]
pub struct Problem(pub Error);

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

/// The body of every answer that is an error.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ProblemBody {
    /// The code as a URN: `urn:shuke:balance_insufficient`.
    #[serde(rename = "type")]
    pub type_: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable code; the key under which the faces keep their sentence.
    pub code: String,
    /// What happened and what to do, in English.
    pub detail: String,
    /// Faults of single fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldError>,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let error = self.0;
        match error.kind() {
            Kind::Internal => tracing::error!(%error, "request failed"),
            // What the gate turns away is counted; a line for each would be work that there is no time for.
            Kind::Unavailable if error.code() == crate::gate::OVERLOADED => tracing::debug!(%error, "request not served"),
            Kind::Unavailable => tracing::warn!(%error, "request not served"),
            _ => tracing::debug!(%error, "request refused"),
        }
        let status = StatusCode::from_u16(error.kind().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = ProblemBody {
            type_: format!("urn:shuke:{}", error.code()),
            status: status.as_u16(),
            code: error.code().to_owned(),
            detail: error.detail().to_owned(),
            fields: error.fields().to_vec(),
        };
        let mut response = (status, Json(body)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(crate::document::PROBLEM));
        if let Some(seconds) = error.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
