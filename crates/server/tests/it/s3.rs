//! The lake on an object store that speaks S3, played by a small server in the process.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use shuke_insight::lake::Shelf;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

type Objects = Arc<Mutex<BTreeMap<String, Bytes>>>;

fn query(uri: &Uri) -> BTreeMap<String, String> {
    let plain = |text: &str| text.replace("%2F", "/").replace("%3D", "=");
    let pairs = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').map_or((plain(pair), String::new()), |(name, value)| (plain(name), plain(value)))).collect()
}

fn listed(objects: &BTreeMap<String, Bytes>, prefix: &str) -> String {
    let mut text = "<ListBucketResult><IsTruncated>false</IsTruncated>".to_owned();
    let mut folders = BTreeSet::new();
    for (key, bytes) in objects.iter().filter(|(key, _)| key.starts_with(prefix)) {
        match key[prefix.len()..].split_once('/') {
            Some((folder, _)) => drop(folders.insert(format!("{prefix}{folder}/"))),
            None => {
                let _ = write!(
                    text,
                    "<Contents><Key>{key}</Key><LastModified>2026-11-22T02:00:00.000Z</LastModified><ETag>\"x\"</ETag><Size>{}</Size></Contents>",
                    bytes.len()
                );
            }
        }
    }
    for folder in folders {
        let _ = write!(text, "<CommonPrefixes><Prefix>{folder}</Prefix></CommonPrefixes>");
    }
    text + "</ListBucketResult>"
}

async fn answer(State(objects): State<Objects>, method: Method, uri: Uri, body: Bytes) -> Response {
    let mut objects = objects.lock().unwrap();
    let key = uri.path().trim_start_matches("/bucket").trim_start_matches('/').replace("%3D", "=");
    let query = query(&uri);
    let headers = [("etag", "\"x\""), ("last-modified", "Sun, 22 Nov 2026 02:00:00 GMT")];
    match method {
        Method::PUT => {
            objects.insert(key, body);
            (headers, "").into_response()
        }
        Method::POST if query.contains_key("delete") => {
            let (asked, mut told) = (String::from_utf8_lossy(&body).into_owned(), "<DeleteResult>".to_owned());
            for part in asked.split("<Key>").skip(1) {
                let key = part.split("</Key>").next().unwrap();
                objects.remove(key);
                // What was not there is told like the rest.
                let _ = write!(told, "<Deleted><Key>{key}</Key></Deleted>");
            }
            (told + "</DeleteResult>").into_response()
        }
        Method::DELETE => {
            objects.remove(&key);
            StatusCode::NO_CONTENT.into_response()
        }
        Method::GET if query.contains_key("list-type") => listed(&objects, query.get("prefix").map_or("", String::as_str)).into_response(),
        Method::GET => match objects.get(&key) {
            Some(bytes) => (headers, bytes.clone()).into_response(),
            None => (StatusCode::NOT_FOUND, "<Error><Code>NoSuchKey</Code></Error>").into_response(),
        },
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

#[test]
fn a_lake_lies_in_a_bucket() {
    shuke_testkit::run(async {
        let objects = Objects::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(objects.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let settings = [
            ("aws_endpoint", endpoint.as_str()),
            ("aws_access_key_id", "name"),
            ("aws_secret_access_key", "secret"),
            ("aws_region", "cn-north-1"),
            ("aws_allow_http", "true"),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let shelf = Shelf::open("s3://bucket/shop/lake", settings).unwrap();
        let name = "merchant=1/lines/month=2026-11/a.parquet";
        shelf.put(name, b"one".to_vec()).await.unwrap();
        shelf.put("merchant=1/manifest.json", b"{}".to_vec()).await.unwrap();
        shelf.put("merchant=11/manifest.json", b"{}".to_vec()).await.unwrap();
        assert!(objects.lock().unwrap().contains_key(&format!("shop/lake/{name}")), "{:?}", objects.lock().unwrap().keys());
        assert_eq!(shelf.get(name).await.unwrap().as_ref(), b"one");
        assert_eq!(shelf.list("merchant=1").await.unwrap(), [name, "merchant=1/manifest.json"]);
        shelf.remove(name).await.unwrap();
        shelf.remove(name).await.unwrap();
        assert_eq!(shelf.get(name).await.unwrap_err().code(), "lake_file_gone");
        assert_eq!(objects.lock().unwrap().len(), 2);
        assert_eq!(Shelf::open("gs://bucket", []).unwrap_err().code(), "lake_unusable");
    });
}

#[test]
fn a_lake_lies_in_a_folder() {
    shuke_testkit::run(async {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::open(folder.path().join("lake").to_str().unwrap(), []).unwrap();
        let name = "merchant=1/lines/month=2026-11/a.parquet";
        shelf.put(name, b"one".to_vec()).await.unwrap();
        shelf.put(name, b"two".to_vec()).await.unwrap();
        assert_eq!(shelf.get(name).await.unwrap().as_ref(), b"two");
        assert!(folder.path().join("lake").join(name).is_file(), "other programs find it by its name");
        assert_eq!(shelf.list("merchant=1").await.unwrap(), [name]);
        shelf.remove(name).await.unwrap();
        shelf.remove(name).await.unwrap();
        assert_eq!(shelf.get(name).await.unwrap_err().code(), "lake_file_gone");
    });
}
