//! The whole server in the process.

use shuke_org::OrgAuthenticator;
use shuke_server::wiring;
use shuke_testkit::{Kind, TestApp};

pub async fn server(kind: Kind) -> TestApp {
    let app = TestApp::start_wired(kind, Box::new(OrgAuthenticator), wiring::wire).await.with_runner(wiring::runner());
    wiring::prepare(&app.app);
    app
}
