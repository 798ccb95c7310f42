//! Importing and exporting in a browser.

use crate::support::server;
use axum::http::Method;
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_org::fixture;
use shuke_server::upload::courier::import_due;
use shuke_testkit::{Kind, TestApp, scenario};

struct Given {
    app: TestApp,
    shop: fixture::Shop,
    owner: TestApp,
}

async fn shop(kind: Kind) -> Given {
    let app = server(kind).await;
    let shop = fixture::shop(&app.app).await.unwrap();
    Given { owner: app.as_token(shop.token(Role::Owner)), app, shop }
}

const FILE: &str = "姓名,手机号,备注2\n王小芳,13800000042,a\n李四,138,b\n赵六,13800000043,c\n";

impl Given {
    async fn bring(&self, kind: &str, name: &str, bytes: &[u8]) -> shuke_testkit::Reply {
        let path = format!("/api/v1/imports?kind={kind}&name={name}");
        self.owner.call(Method::POST, &path, None, Some(bytes.to_vec())).await
    }
    async fn show(&self, path: &str) -> Value {
        self.owner.get(path).await.ok()
    }
}

scenario! {
    setup = shop;

    /// A file is brought, looked at, imported in the background, and says what of it could not be used.
    async fn a_file_is_brought_looked_at_and_imported(given) {
        let brought = given.bring("members", "members.csv", FILE.as_bytes()).await;
        assert_eq!(brought.status, 201, "{}", brought.text);
        let id = brought.ok()["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/imports/{id}");
        let look = given.owner.post(&format!("{path}/preview"), &json!({})).await.ok();
        assert_eq!((&look["report"]["outcome"], &look["report"]["rows"], &look["report"]["bad_rows"]), (&json!("dry_run"), &json!(3), &json!(1)));
        assert_eq!((&look["header"], look["first_rows"].as_array().unwrap().len()), (&json!(["姓名", "手机号", "备注2"]), 3));
        assert_eq!(look["report"]["columns"]["phone"], "手机号");
        let fault = &look["report"]["faults"][0];
        assert_eq!((&fault["line"], &fault["code"]), (&json!(3), &json!("phone_malformed")));
        assert!(fault["detail"].as_str().unwrap().contains("138") && look["required"] == json!([["phone", "card_number"]]), "{look}");
        assert!(given.show("/api/v1/members").await["items"].as_array().unwrap().is_empty(), "a look writes nothing");

        given.owner.post(&format!("{path}/start"), &json!({})).await.ok();
        given.owner.post(&format!("{path}/start"), &json!({})).await.ok();
        assert_eq!(given.show(&path).await["state"], "queued");
        assert_eq!(import_due(&given.app.app).await.unwrap(), 1);
        assert_eq!(import_due(&given.app.app).await.unwrap(), 0);
        let done = given.show(&path).await;
        assert_eq!((&done["state"], &done["position"], &done["report"]["outcome"]), (&json!("done"), &json!(3), &json!("imported")));
        assert_eq!(given.show("/api/v1/members").await["items"].as_array().unwrap().len(), 2);
        assert_eq!(done["report"]["faults"], json!([{ "line": 3, "code": "phone_malformed", "detail": "" }]), "no row is quoted in the open");
        let bad = given.owner.get(&format!("{path}/bad-rows")).await;
        assert!(bad.text.contains("李四") && bad.text.contains("phone_malformed"), "{}", bad.text);
        given.owner.post(&format!("{path}/start"), &json!({})).await.refused(422, "upload_done");
        given.owner.post(&format!("{path}/preview"), &json!({})).await.refused(422, "upload_gone");

        // The same file once more changes nothing and says so.
        let again = given.bring("members", "again.csv", FILE.as_bytes()).await.ok()["id"].as_str().unwrap().to_owned();
        given.owner.post(&format!("/api/v1/imports/{again}/start"), &json!({})).await.ok();
        import_due(&given.app.app).await.unwrap();
        assert_eq!(given.show(&format!("/api/v1/imports/{again}")).await["report"]["outcome"], "already_imported");
        assert_eq!(given.show("/api/v1/members").await["items"].as_array().unwrap().len(), 2);
        assert_eq!(given.owner.delete(&path).await.status, 204);
        given.owner.get(&path).await.refused(404, "upload_not_found");
    }

    /// A file whose columns nobody can guess is shown with its columns, and does once they are chosen.
    async fn columns_are_chosen_where_they_cannot_be_guessed(given) {
        let file = "谁,怎么找\n王小芳,13800000042\n";
        let id = given.bring("members", "x.csv", file.as_bytes()).await.ok()["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/imports/{id}/preview");
        let look = given.owner.post(&path, &json!({})).await.ok();
        assert!(look["fault"].as_str().unwrap().starts_with("column_missing: ") && look.get("report").is_none(), "{look}");
        assert_eq!((&look["header"], look["first_rows"].as_array().unwrap().len()), (&json!(["谁", "怎么找"]), 1));
        assert!(look["fields"].as_array().unwrap().contains(&json!("birthday")) && look["columns"] == json!([null, null]));
        let map = json!({ "map": [{ "field": "phone", "column": "怎么找" }, { "field": "name", "column": "1" }] });
        let look = given.owner.post(&path, &map).await.ok();
        assert_eq!((&look["report"]["bad_rows"], &look["report"]["columns"]["name"]), (&json!(0), &json!("谁")));
        assert!(look.get("fault").is_none() && look["columns"] == json!(["name", "phone"]));
    }

    /// What can't be a file of members is refused with what to do, and nothing of a file lies open in the database.
    async fn what_is_no_file_is_refused(given) {
        given.bring("members", "x.csv", b"").await.refused(400, "file_empty");
        given.bring("members", "x.csv", &vec![b'a'; 20 * 1024 * 1024 + 1]).await.refused(400, "file_too_large");
        let id = given.bring("members", "x.xlsx", b"PK\x03\x04 broken").await.ok()["id"].as_str().unwrap().to_owned();
        let look = given.owner.post(&format!("/api/v1/imports/{id}/preview"), &json!({})).await;
        assert_eq!(look.status.as_u16(), 400, "{}", look.text);
        given.owner.post(&format!("/api/v1/imports/{id}/start"), &json!({})).await.ok();
        import_due(&given.app.app).await.unwrap();
        let failed = given.show(&format!("/api/v1/imports/{id}")).await;
        assert!(failed["state"] == "failed" && failed["fault"].as_str().unwrap().contains(look.code()), "{failed}");

        given.bring("members", "x.csv", FILE.as_bytes()).await.ok();
        let merchant = given.shop.merchant;
        let rows = given.app.db().read(&merchant, |tx, merchant| {
            Box::pin(async move { tx.rows(shuke_db::sql!("SELECT data FROM upload_part WHERE merchant_id = $1", merchant)).await })
        }).await.unwrap();
        assert!(!rows.is_empty() && rows.iter().all(|row| row.get::<String>(0).unwrap().starts_with("1.")));
        given.app.as_token(given.shop.token(Role::Manager)).get("/api/v1/imports").await.refused(403, "permission_missing");
    }

    /// A list is taken out as a file, with personal data only where it is asked for, and the audit log says by whom.
    async fn a_list_is_taken_out(given) {
        given.owner.post("/api/v1/members", &json!({ "name": "王小芳", "phone": "13800000042" })).await.ok();
        let plain = given.owner.get("/api/v1/exports?kind=members").await;
        assert!(plain.header("content-disposition").contains("members.csv") && !plain.text.contains("13800000042"));
        let full = given.owner.get("/api/v1/exports?kind=members&personal=true").await;
        assert!(full.text.contains("13800000042") && full.text.contains("王小芳"));
        let workbook = given.owner.get("/api/v1/exports?kind=orders&format=xlsx").await;
        assert!(workbook.status == 200 && workbook.text.starts_with("PK"));
        let log = given.show("/api/v1/audit").await;
        let owner = format!("staff:{}", given.shop.person(Role::Owner).unwrap().id);
        let told = log["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == "list.exported").count();
        assert!(told == 3 && (log.to_string().contains(&owner) || log.to_string().contains("key:")), "{log}");
    }
}
