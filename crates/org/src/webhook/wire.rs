//! One request over one connection, to an address that was looked at.

use super::target::{Target, is_private};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, HOST, HeaderValue};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// How long an attempt may take, the name's look-up included.
const ATTEMPT_S: u64 = 15;

/// The most of an answer's body that is read.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// The status of the answer, or why there is none.
pub(crate) async fn post(target: &Target, headers: &[(&str, String)], body: String, private: bool) -> Result<u16, String> {
    let mut request = Request::post(target.path.as_str());
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let request = request.body(Full::new(Bytes::from(body))).map_err(|error| error.to_string())?;
    // What the answer says is of no interest, only that there is one.
    attempt(target, request, private, false).await.map(|(status, _)| status)
}

/// The status of the answer and what it says, at most [`BODY_BYTES_MAX`]; or why there is none.
pub async fn get(target: &Target, private: bool) -> Result<(u16, Vec<u8>), String> {
    let request = Request::get(target.path.as_str()).header("accept", "application/json");
    let request = request.body(Full::new(Bytes::new())).map_err(|error| error.to_string())?;
    attempt(target, request, private, true).await
}

async fn attempt(target: &Target, request: Request<Full<Bytes>>, private: bool, whole: bool) -> Result<(u16, Vec<u8>), String> {
    let attempt = async {
        let address = look_up(target, private).await?;
        let stream = TcpStream::connect(address).await.map_err(|error| format!("connect: {error}"))?;
        let _ = stream.set_nodelay(true);
        if !target.https {
            return exchange(stream, target, request, whole).await;
        }
        let name = ServerName::try_from(target.host.clone()).map_err(|error| error.to_string())?;
        let tls = tokio_rustls::TlsConnector::from(tls()?);
        let stream = tls.connect(name, stream).await.map_err(|error| format!("TLS: {error}"))?;
        exchange(stream, target, request, whole).await
    };
    match tokio::time::timeout(Duration::from_secs(ATTEMPT_S), attempt).await {
        Ok(outcome) => outcome,
        Err(_) => Err(format!("no answer within {ATTEMPT_S} seconds")),
    }
}

/// The first address of the host. A name that leads to a private address too is refused whole: the next
/// look-up could give that one.
async fn look_up(target: &Target, private: bool) -> Result<SocketAddr, String> {
    let found = tokio::net::lookup_host((target.host.as_str(), target.port)).await.map_err(|error| format!("look up the host: {error}"))?;
    let found: Vec<SocketAddr> = found.collect();
    if !private && found.iter().any(|address| is_private(address.ip())) {
        return Err("the host leads to a private address".to_owned());
    }
    found.first().copied().ok_or_else(|| "the host has no address".to_owned())
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    target: &Target,
    mut request: Request<Full<Bytes>>,
    whole: bool,
) -> Result<(u16, Vec<u8>), String> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
    let host = HeaderValue::from_str(&target.authority()).map_err(|error| error.to_string())?;
    request.headers_mut().insert(HOST, host);
    request.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    // The connection lives while the answer is awaited.
    let mut work = tokio::task::JoinSet::new();
    work.spawn(connection);
    let answer = sender.send_request(request).await.map_err(|error| error.to_string())?;
    let status = answer.status().as_u16();
    if !whole {
        return Ok((status, Vec::new()));
    }
    let body = Limited::new(answer.into_body(), BODY_BYTES_MAX).collect().await.map_err(|error| error.to_string())?;
    Ok((status, body.to_bytes().to_vec()))
}

fn tls() -> Result<Arc<rustls::ClientConfig>, String> {
    static CONFIG: OnceLock<Result<Arc<rustls::ClientConfig>, String>> = OnceLock::new();
    let make = || {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = builder.map_err(|error| error.to_string())?.with_root_certificates(roots).with_no_client_auth();
        Ok(Arc::new(config))
    };
    CONFIG.get_or_init(make).clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name is what it leads to, at the moment of the attempt.
    #[test]
    fn a_name_that_leads_to_this_machine_is_refused() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let target = Target { https: true, host: "localhost".to_owned(), port: 9, path: "/".to_owned() };
        assert_eq!(runtime.block_on(look_up(&target, false)).unwrap_err(), "the host leads to a private address");
        assert!(runtime.block_on(look_up(&target, true)).unwrap().ip().is_loopback());
        assert!(runtime.block_on(post(&target, &[], String::new(), false)).unwrap_err().contains("private"));
    }
}
