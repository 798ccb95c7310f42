//! Every operation of the OpenAPI document under requests that schemathesis draws from it, against a real
//! server with one of everything: no fault of ours, no answer that the document doesn't have, and what is
//! left behind verifies.
//!
//! `scripts/setup.sh test` puts schemathesis into `target/schemathesis`. A short run draws a few requests for every
//! operation, and then, with `SHUKE_SEED`, some operations for all that the tool knows to do with them (examples,
//! every boundary of every field, random bodies, sequences of calls) for so long as `SHUKE_FUZZ_S` says: 40 seconds.
//! Under `SHUKE_SOAK` that second part is for all operations and takes an hour.

use crate::support::server;
use crate::till::{seed, sized};
use crate::walls::things::{SEGMENTS, Side};
use serde_json::{Value, json};
use shuke_kernel::Random;
use shuke_server::wiring;
use shuke_testkit::{Kind, run};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Operations that are looked at closely in a short run.
const PART: u64 = 60;
/// What must hold of every answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
response_schema_conformance,negative_data_rejection,missing_required_header,unsupported_method,allow_header_conformance,use_after_free";

/// The program, where setup put it.
fn schemathesis() -> PathBuf {
    let given = std::env::var_os("SHUKE_SCHEMATHESIS").map(PathBuf::from);
    let target = Path::new(env!("CARGO_BIN_EXE_shuke")).ancestors().nth(2).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let places = [target.join("schemathesis"), root.join("target/schemathesis")].map(|folder| folder.join("bin/st"));
    let found = given.into_iter().chain(places).find(|place| place.exists());
    found.expect("schemathesis is not there: make deps")
}

/// Names of the operations to call: all, or some that the seed draws.
fn drawn(seed: u64, most: u64) -> Vec<String> {
    let document = serde_json::to_value(wiring::document()).unwrap();
    let items = document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
    let mut names: Vec<String> = items.filter_map(|operation| operation["operationId"].as_str()).map(str::to_owned).collect();
    // A person's own session is not a key's; the others would only see 401 afterwards.
    names.retain(|name| !["sign_out", "sign_in", "create_setup"].contains(&name.as_str()));
    let random = Random::seeded(seed);
    while names.len() as u64 > most {
        names.swap_remove(usize::try_from(random.below(names.len() as u64)).unwrap());
    }
    names
}

/// What the tool is asked to do with which operations.
struct Part {
    phases: &'static str,
    operations: Vec<String>,
    examples: u64,
    /// Fuzzing and sequences go on for so long; one pass where it is not said.
    seconds: Option<u64>,
}

/// A server to call, and where its document and the names of its things lie.
struct Target {
    folder: tempfile::TempDir,
    address: SocketAddr,
    token: String,
    seed: u64,
}

impl Target {
    fn lay(side: &Side, address: SocketAddr, seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let segments: BTreeMap<&str, &str> = SEGMENTS.iter().copied().collect();
        let named: BTreeMap<&str, &Value> =
            side.things.iter().filter(|(_, thing)| thing.is_string()).map(|(name, thing)| (*name, thing)).collect();
        std::fs::write(folder.path().join("things.json"), json!({ "segments": segments, "things": named }).to_string()).unwrap();
        std::fs::write(folder.path().join("openapi.json"), serde_json::to_string(&wiring::document()).unwrap()).unwrap();
        Self { folder, address, token: side.stall.shop.token(shuke_http::Role::Owner).to_owned(), seed }
    }

    fn command(&self, part: &Part) -> Command {
        let (folder, seed) = (self.folder.path(), self.seed.to_string());
        let mut command = Command::new(schemathesis());
        command
            .args(["run", "openapi.json", "--url", &format!("http://{}", self.address), "--checks", CHECKS, "--no-color"])
            .args(["--header", &format!("Authorization: Bearer {}", self.token), "--phases", part.phases])
            .args(["--workers", "2", "--max-examples", &part.examples.to_string()])
            .args(part.seconds.map(|seconds| format!("--max-time={seconds}")))
            .args(["--seed", &seed, "--no-shrink", "--continue-on-failure", "--generation-database", "none"])
            .args(["--suppress-health-check", "all", "--warnings", "off", "--output-truncate", "false"])
            .args(["--generation-allow-x00", "true", "--report", "json", "--report-json-path", "report.json"])
            .args(["--include-operation-id-regex", &format!("^({})$", part.operations.join("|"))])
            .env("SCHEMATHESIS_HOOKS", "api_fuzz_hooks")
            .env("PYTHONPATH", Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("SHUKE_FUZZ_THINGS", folder.join("things.json"))
            .env("SHUKE_SEED", seed)
            .current_dir(folder)
            .stdin(Stdio::null());
        command
    }

    /// Runs a part to its end; answers how many requests it sent.
    async fn run(&self, kind: Kind, part: &Part) -> u64 {
        let mut command = self.command(part);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{kind:?}, {}: {said}\n{}", part.phases, String::from_utf8_lossy(&output.stderr));
        let told: Value = serde_json::from_slice(&std::fs::read(self.folder.path().join("report.json")).unwrap()).unwrap();
        let cases = told["test_cases"]["generated"].as_u64().unwrap();
        println!("{kind:?}: {cases} requests to {} operations ({})", part.operations.len(), part.phases);
        cases
    }
}

async fn fuzzed(kind: Kind) {
    let seed = seed("fuzz");
    let app = server(kind).await;
    let side = Side::make(&app, 1).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = wiring::router(app.app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let serving = tokio::spawn(async move { axum::serve(listener, service).await });

    let target = Target::lay(&side, address, seed);
    let given = std::env::var("SHUKE_FUZZ_S").ok().and_then(|text| text.parse().ok());
    let all = drawn(seed, u64::MAX);
    let little = Part { phases: "fuzzing", examples: 2, seconds: None, operations: all.clone() };
    let much = Part {
        phases: "examples,coverage,fuzzing,stateful",
        examples: 8,
        seconds: Some(given.unwrap_or_else(|| sized(40, 3_600))),
        operations: drawn(seed, sized(PART, u64::MAX)),
    };
    let cases = target.run(kind, &little).await;
    assert!(cases >= all.len() as u64, "only {cases} requests to {} operations", all.len());
    let cases = target.run(kind, &much).await;
    assert!(cases > 250, "only {cases} requests");
    serving.abort();
    // Whatever was asked for, the books are right.
    app.step().await;
    let report = shuke_ledger::verify::run_with(app.db(), side.stall.merchant, &wiring::checks()).await.unwrap();
    assert_eq!(report.first_difference, None);
}

#[test]
fn every_answer_is_one_that_the_document_has_on_sqlite() {
    run(fuzzed(Kind::Sqlite));
}

#[test]
fn every_answer_is_one_that_the_document_has_on_postgres() {
    run(fuzzed(Kind::Postgres));
}
