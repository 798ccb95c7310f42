//! Who may call what: every operation of the document, asked by nobody and by every role.

use crate::support::server;
use shuke_http::{Permission, Role};
use shuke_org::fixture;
use shuke_testkit::{Reply, TestApp, scenario};

/// An operation as the document names it.
struct Operation {
    method: axum::http::Method,
    path: String,
    name: String,
    open: bool,
    members: bool,
    permission: Option<Permission>,
}

fn operations(app: &TestApp) -> Vec<Operation> {
    let document = serde_json::to_value(&*app.openapi).unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(_, value)| value.get("operationId").is_some()) {
            found.push(Operation {
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                name: operation["operationId"].as_str().unwrap().to_owned(),
                open: operation["security"] == serde_json::json!([{}]),
                members: operation["security"] == serde_json::json!([{ "member": [] }]),
                permission: operation["x-permission"].as_str().and_then(Permission::parse),
            });
        }
    }
    found
}

/// Asks with something in every place of the path and a body that no operation takes.
async fn ask(client: &TestApp, operation: &Operation) -> Reply {
    let mut path = String::new();
    for part in operation.path.split('/').skip(1) {
        path.push('/');
        path.push_str(if part.starts_with('{') { "0190a8f0-7c1e-7b61-9d3f-2a4b5c6d7e8f" } else { part });
    }
    client.call(operation.method.clone(), &path, Some("guard"), Some(b"[]".to_vec())).await
}

scenario! {
    setup = server;

    /// Nobody is let in without signing in, and a made-up session or key is nobody.
    async fn every_operation_asks_who_calls(app) {
        fixture::shop(&app.app).await.unwrap();
        let strangers = [app.anonymous(), app.as_session("1.0190a8f07c1e7b619d3f2a4b5c6d7e8f.x"), app.as_token("shk_1_0190a8f07c1e7b619d3f2a4b5c6d7e8f_x")];
        for operation in operations(&app).iter().filter(|operation| !operation.open && operation.name != "sign_out") {
            for stranger in &strangers {
                let reply = ask(stranger, operation).await;
                assert_eq!(reply.status, 401, "{}: {}", operation.name, reply.text);
                assert_eq!(reply.header("content-type"), "application/problem+json", "{}", operation.name);
            }
        }
    }

    /// Staff and programs of the shop are nobody to what is a member's own.
    async fn what_is_a_members_own_is_nobody_elses(app) {
        let shop = fixture::shop(&app.app).await.unwrap();
        let own: Vec<Operation> = operations(&app).into_iter().filter(|operation| operation.members).collect();
        assert!(own.len() > 25, "only {}", own.len());
        for operation in &own {
            for role in Role::ALL {
                for client in [app.as_token(shop.token(*role)), app.as_session(shop.session(*role))] {
                    let reply = ask(&client, operation).await;
                    assert_eq!((reply.status.as_u16(), reply.code()), (401, "not_signed_in"), "{} by {role:?}", operation.name);
                }
            }
        }
    }

    /// A role is refused exactly what its permissions don't hold, before its body is looked at.
    async fn every_operation_asks_what_a_role_may(app) {
        let shop = fixture::shop(&app.app).await.unwrap();
        let (mut refused, mut let_in) = (0, 0);
        for operation in operations(&app) {
            let Some(permission) = operation.permission else { continue };
            for role in Role::ALL {
                let reply = ask(&app.as_token(shop.token(*role)), &operation).await;
                let held = permission.held_by(*role);
                assert_eq!(reply.code() != "permission_missing", held, "{} by {role:?}: {}", operation.name, reply.text);
                assert!(reply.status != 401 && reply.status.as_u16() < 500, "{} by {role:?}: {}", operation.name, reply.text);
                if held { let_in += 1 } else { refused += 1 }
            }
        }
        assert!(refused > 100 && let_in > 100, "{refused} refused, {let_in} let in");
    }
}
