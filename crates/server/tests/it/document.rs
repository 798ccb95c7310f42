//! The OpenAPI document: fresh, and whole.

use serde_json::{Value, json};
use shuke_http::Permission;
use shuke_server::wiring;
use std::collections::BTreeSet;

fn document() -> Value {
    serde_json::to_value(wiring::document()).unwrap()
}

/// Every operation: method, path, itself.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let of = |(path, item): (&String, &Value)| {
        let item = item.as_object().unwrap().clone();
        let path = path.clone();
        item.into_iter().filter(|(_, value)| value.get("operationId").is_some()).map(move |(method, value)| (method, path.clone(), value))
    };
    paths.iter().flat_map(of).collect()
}

/// What is committed is what the server says of itself.
#[test]
fn the_committed_document_is_fresh() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    let now = serde_json::to_string_pretty(&wiring::document()).unwrap();
    assert!(committed.trim_end() == now, "docs/openapi.json is stale: make bless, and read the difference");
}

/// An option that the guide doesn't have, or has no more.
#[test]
fn the_configuration_page_is_fresh() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guide/configuration.md");
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    let page = shuke_server::cmd::reference::page().unwrap();
    assert!(committed == page, "docs/guide/configuration.md is stale: make bless, and read the difference");
    assert!(page.contains("## shuke serve") && page.contains("| `--statements HOW` | `SHUKE_STATEMENTS` | `prepared` |"), "{page}");
}

/// Each operation has a name of its own, a summary, a tag, and says who may call it.
#[test]
fn every_operation_is_described() {
    let document = document();
    let found = operations(&document);
    assert!(found.len() > 50, "only {} operations", found.len());
    let open = ["show_setup", "create_setup", "sign_in", "show_card_shop", "send_sign_in_code", "sign_in_by_wechat", "sign_in_member"];
    let personal = [
        "show_session",
        "sign_out",
        "change_own_password",
        "show_totp",
        "begin_totp",
        "confirm_totp",
        "set_own_pin",
        "remove_own_pin",
        "show_device",
        "sign_in_with_pin",
    ];
    let mut names = BTreeSet::new();
    for (method, path, operation) in found {
        let name = operation["operationId"].as_str().unwrap();
        assert!(names.insert(name.to_owned()), "{name} stands twice");
        assert!(operation["summary"].is_string() && operation["tags"][0].is_string(), "{method} {path} has no summary or tag");
        if open.contains(&name) {
            assert_eq!(operation["security"], json!([{}]), "{name} is open");
            continue;
        }
        assert!(
            operation["security"].as_array().is_some_and(|schemes| !schemes.is_empty()),
            "{method} {path} does not say who may call it"
        );
        if path == "/api/v1/me" || path.starts_with("/api/v1/me/") {
            assert_eq!(operation["security"], json!([{ "member": [] }]), "{name} is a member's own");
            assert!(operation["x-permission"].is_null(), "{name} is a member's own and needs no permission of staff");
            continue;
        }
        assert!(!operation["security"].to_string().contains("member"), "{name} is staff's");
        if !personal.contains(&name) {
            let permission = operation["x-permission"].as_str().unwrap_or_default();
            assert!(Permission::parse(permission).is_some(), "{method} {path} names the permission {permission:?}");
        }
    }
}

/// Every schema that is referred to is there.
#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        let pointer = reference.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}
