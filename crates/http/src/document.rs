//! What the OpenAPI document says of every operation alike: errors, and the key of a write.
//!
//! A handler's own description names what it answers when all goes well. How it refuses is the same
//! everywhere ([`crate::Problem`]), so it is written here, once, over whatever the handler said of it.

use crate::ProblemBody;
use std::collections::BTreeMap;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, HeaderBuilder, OpenApi, Ref, RefOr, Required, Response, ResponseBuilder, Schema};
use utoipa::{PartialSchema as _, ToSchema};

type Schemas = BTreeMap<String, RefOr<Schema>>;

/// What an error is sent as.
pub const PROBLEM: &str = "application/problem+json";
/// Longest `Idempotency-Key`, in characters.
pub(crate) const KEY_CHARS_MAX: usize = 128;

/// Completes the document of all slices.
pub fn complete(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    components.schemas.entry(ProblemBody::name().into_owned()).or_insert_with(ProblemBody::schema);
    let schemas = &mut components.schemas;
    let strict = schemas.clone();
    schemas.values_mut().for_each(|schema| open_parts(schema, &strict));
    for item in document.paths.paths.values_mut() {
        let operations =
            [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch, &mut item.head, &mut item.options];
        operations.into_iter().flatten().for_each(|operation| describe(operation, &strict));
    }
}

/// A schema that is part of another knows only its own fields: it must not refuse those beside it.
fn open_parts(schema: &mut RefOr<Schema>, all: &Schemas) {
    let RefOr::T(Schema::AllOf(whole)) = schema else { return };
    for part in &mut whole.items {
        if let RefOr::Ref(name) = part
            && let Some(RefOr::T(Schema::Object(found))) = all.get(name_of(name))
            && found.additional_properties.is_some()
        {
            let mut open = found.clone();
            open.additional_properties = None;
            *part = RefOr::T(Schema::Object(open));
        }
    }
}

fn name_of(reference: &Ref) -> &str {
    reference.ref_location.rsplit('/').next().unwrap_or_default()
}

/// A write whose body needs no field may come without one.
fn may_be_left_out(body: &RequestBody, all: &Schemas) -> bool {
    let Some(RefOr::T(content)) = body.content.get("application/json") else { return false };
    let schema = match &content.schema {
        Some(RefOr::Ref(name)) => all.get(name_of(name)),
        own => own.as_ref(),
    };
    matches!(schema, Some(RefOr::T(Schema::Object(object))) if object.required.is_empty())
}

fn describe(operation: &mut Operation, all: &Schemas) {
    let answers = &mut operation.responses.responses;
    answers.retain(|status, _| status != "default" && !status.starts_with('4') && !status.starts_with('5'));
    for (status, answer) in answers.iter_mut() {
        let RefOr::T(answer) = answer else { continue };
        if answer.description.is_empty() {
            answer.description = if status == "201" { "Done" } else { "What was asked for" }.to_owned();
        }
    }
    let parameters = operation.parameters.iter_mut().flatten().filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    });
    let mut of_headers = parameters.filter(|parameter| parameter.parameter_in == ParameterIn::Header);
    if let Some(key) = of_headers.find(|parameter| parameter.name == "Idempotency-Key") {
        let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(KEY_CHARS_MAX));
        key.schema = Some(text.pattern(Some("^[!-~]+$")).into());
        if let Some(RefOr::T(body)) = &mut operation.request_body
            && may_be_left_out(body, all)
        {
            body.required = Some(Required::False);
        }
        if let Some(RefOr::T(replayed)) = answers.get_mut("200") {
            let yes = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["true"]));
            let header = HeaderBuilder::new().schema(Some(yes)).description(Some("It was done by an earlier request with this key"));
            replayed.headers.insert("Idempotent-Replayed".to_owned(), header.build().into());
        }
    }
    answers.insert("4XX".to_owned(), problem("Not done; `code` says why, `detail` what to do").into());
    let mut later = problem("Not now; the same request with the same key may be sent again");
    let seconds = ObjectBuilder::new().schema_type(Type::Integer);
    let after = HeaderBuilder::new().schema(Some(seconds)).description(Some("Seconds after which to try again")).build();
    later.headers.insert("Retry-After".to_owned(), after.into());
    answers.insert("503".to_owned(), later.into());
}

fn problem(description: &str) -> Response {
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name(ProblemBody::name()))).build();
    ResponseBuilder::new().description(description).content(PROBLEM, body).build()
}
