//! The operations of the OpenAPI document, as the walls walk them.

use super::things::{Side, filled, named_in};
use serde_json::Value;
use shuke_server::wiring;

pub struct Operation {
    pub id: String,
    pub method: axum::http::Method,
    pub path: String,
    pub permission: Option<String>,
    pub has_body: bool,
    /// Names of the query's parameters, and whether they are required.
    pub query: Vec<(String, bool)>,
}

/// Every operation but those of members on their own phones.
pub fn operations() -> Vec<Operation> {
    every().into_iter().filter(|operation| !operation.is_members()).collect()
}

/// Every operation.
pub fn every() -> Vec<Operation> {
    let document = serde_json::to_value(wiring::document()).unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(_, value)| value.get("operationId").is_some()) {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let query = parameters.iter().filter(|parameter| parameter["in"] == "query");
            found.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                permission: operation["x-permission"].as_str().map(str::to_owned),
                has_body: operation.get("requestBody").is_some(),
                query: query.map(|p| (p["name"].as_str().unwrap().to_owned(), p["required"] == Value::Bool(true))).collect(),
            });
        }
    }
    assert!(found.len() > 100, "only {} operations", found.len());
    found
}

impl Operation {
    pub fn is_get(&self) -> bool {
        self.method == axum::http::Method::GET
    }
    /// Whether it is one of the card on a member's phone.
    pub fn is_members(&self) -> bool {
        self.path == "/api/v1/me" || self.path.starts_with("/api/v1/me/")
    }
    pub fn has_parameters(&self) -> bool {
        self.path.contains('{')
    }

    /// The address of a side's things, with what the query must have.
    pub fn of(&self, side: &Side) -> String {
        let values: Vec<String> = named_in(&self.path).iter().map(|name| side.text(name)).collect();
        self.at(&values, side)
    }

    /// The same with given path parameters.
    pub fn at(&self, values: &[String], side: &Side) -> String {
        let required: Vec<String> = self
            .query
            .iter()
            .filter(|(_, required)| *required)
            .map(|(name, _)| format!("{name}={}", query_value(side, name, self)))
            .collect();
        let path = filled(&self.path, values);
        if required.is_empty() { path } else { format!("{path}?{}", required.join("&")) }
    }
}

fn query_value(side: &Side, name: &str, operation: &Operation) -> String {
    match name {
        "store" | "variant" => side.text(name),
        "kind" if operation.id == "export_list" => "products".to_owned(),
        "kind" => "members".to_owned(),
        "name" => "x.csv".to_owned(),
        "from" | "to" | "date" | "on" => "2026-11-22".to_owned(),
        other => panic!("say in query_value what {other} of {} may be", operation.id),
    }
}
