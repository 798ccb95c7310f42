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

/// A workbook of a few kilobytes whose sheet unpacks to hundreds of megabytes.
fn bomb_workbook() -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut part = |name: &str, pieces: usize, piece: &[u8]| {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        (0..pieces).for_each(|_| std::io::Write::write_all(&mut archive, piece).unwrap());
    };
    part("[Content_Types].xml", 1, b"<Types/>");
    part("xl/workbook.xml", 1, b"<workbook/>");
    part("xl/worksheets/sheet1.xml", 60, &[&b" ".repeat(900_000)[..], b"<x/>"].concat());
    archive.finish().unwrap().into_inner()
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

    /// What a file is tells its beginning, not its name; what it unpacks to is measured before it is kept, and nothing
    /// of a bomb comes into the database.
    async fn a_file_is_what_it_begins_with(given) {
        for (name, head) in [
            ("members.csv", &b"%PDF-1.7 not a table"[..]),
            ("members.xlsx", &b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 an old workbook"[..]),
            ("members.csv", &b"<!DOCTYPE html><script>alert(1)</script>"[..]),
            ("members.csv", &b"\xEF\xBB\xBF<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>"[..]),
            ("members.tsv", &b"PAR1 parquet"[..]),
            ("members.csv", &b"7z\xBC\xAF\x27\x1C"[..]),
        ] {
            given.bring("members", name, head).await.refused(400, "format_unsupported");
        }
        let packed = |bytes: &[u8]| {
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            std::io::Write::write_all(&mut packed, bytes).unwrap();
            packed.finish().unwrap()
        };
        let bomb = packed(&vec![b'1'; 64 << 20]);
        assert!(bomb.len() < 100_000);
        given.bring("members", "members.csv.gz", &bomb).await.refused(400, "file_unpacks_too_large");
        // Twice as many small streams behind each other are one file.
        given.bring("members", "members.csv.gz", &bomb.repeat(2)).await.refused(400, "file_unpacks_too_large");
        let mut cut = packed(FILE.as_bytes());
        cut.truncate(cut.len() - 9);
        given.bring("members", "members.csv.gz", &cut).await.refused(400, "file_damaged");
        // A workbook of little that holds much is looked at by the same measure.
        let workbook = bomb_workbook();
        let id = given.bring("members", "x.xlsx", &workbook).await.ok()["id"].as_str().unwrap().to_owned();
        given.owner.post(&format!("/api/v1/imports/{id}/preview"), &json!({})).await.refused(400, "workbook_too_large");
        given.owner.delete(&format!("/api/v1/imports/{id}")).await.ok();
        assert!(given.show("/api/v1/imports").await["items"].as_array().unwrap().is_empty());
        // And what is sound under a name that says otherwise is taken.
        let id = given.bring("members", "members.pdf", &packed(FILE.as_bytes())).await.ok()["id"].as_str().unwrap().to_owned();
        assert_eq!(given.owner.post(&format!("/api/v1/imports/{id}/preview"), &json!({})).await.ok()["report"]["rows"], 3);
    }

    /// A name never becomes a path: what it names is laid down under a name of ours, and shown as text.
    async fn a_name_is_no_path(given) {
        let folder = tempfile::tempdir().unwrap();
        let outside = folder.path().join("owned");
        for (name, shown) in [
            (format!("..%2F..%2F..{}", outside.display()), "owned"),
            ("C:%5Cusers%5Cboss%5Cmembers.csv".to_owned(), "members.csv"),
            ("a%0d%0aSet-Cookie:x.csv".to_owned(), "aSet-Cookie:x.csv"),
            ("%E4%BC%9A%E5%91%98.csv".to_owned(), "会员.csv"),
        ] {
            let brought = given.bring("members", &name, FILE.as_bytes()).await;
            assert_eq!((brought.status.as_u16(), &brought.json["name"]), (201, &json!(shown)), "{name}: {}", brought.text);
            let path = format!("/api/v1/imports/{}", brought.json["id"].as_str().unwrap());
            given.owner.post(&format!("{path}/preview"), &json!({})).await.ok();
            given.owner.post(&format!("{path}/start"), &json!({})).await.ok();
            import_due(&given.app.app).await.unwrap();
            assert_eq!(given.show(&path).await["state"], "done");
            let bad = given.owner.get(&format!("{path}/bad-rows")).await;
            assert_eq!(bad.header("content-disposition"), "attachment; filename=\"bad-rows.csv\"");
        }
        assert!(!outside.exists());
        for name in ["..%2F", "%2F", "%0d", "%20"] {
            given.bring("members", name, FILE.as_bytes()).await.refused(400, "file_name_malformed");
        }
        given.bring("members", "a%00.csv", FILE.as_bytes()).await.refused(400, "query_malformed");
        // The same file under another name is the same import.
        assert_eq!(given.show("/api/v1/members").await["items"].as_array().unwrap().len(), 2);
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
