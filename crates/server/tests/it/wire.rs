//! A client that speaks just enough HTTP/1.1 over one connection, and connects again when it is lost.

use serde_json::Value;
use shuke_http::SESSION_COOKIE;
use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

pub struct Client {
    address: SocketAddr,
    /// The header that says who calls.
    shown: String,
    stream: Option<TcpStream>,
}

#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub replayed: bool,
    /// The cookie that it sets: `name=secret`.
    pub cookie: Option<String>,
    pub json: Value,
}

impl Client {
    pub fn new(address: SocketAddr, token: &str) -> Self {
        Self { address, shown: format!("Authorization: Bearer {token}"), stream: None }
    }

    /// A person with a session.
    pub fn signed_in(address: SocketAddr, secret: &str) -> Self {
        let shown = format!("Cookie: {SESSION_COOKIE}={secret}");
        Self { address, shown, stream: None }
    }

    /// Somebody with a cookie: `name=secret`.
    pub fn with_cookie(address: SocketAddr, cookie: &str) -> Self {
        Self { address, shown: format!("Cookie: {cookie}"), stream: None }
    }

    pub async fn get(&mut self, path: &str) -> Result<Answer> {
        self.send("GET", path, "", "").await
    }

    pub async fn post(&mut self, path: &str, key: &str, body: &str) -> Result<Answer> {
        self.send("POST", path, &format!("Idempotency-Key: {key}\r\n"), body).await
    }

    pub async fn put(&mut self, path: &str, key: &str, body: &str) -> Result<Answer> {
        self.send("PUT", path, &format!("Idempotency-Key: {key}\r\n"), body).await
    }

    /// The answer, or an error where the connection was lost: then nobody knows whether it was done.
    async fn send(&mut self, method: &str, path: &str, more: &str, body: &str) -> Result<Answer> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => TcpStream::connect(self.address).await?,
        };
        stream.set_nodelay(true)?;
        let (host, shown, length) = (self.address, &self.shown, body.len());
        let text = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\n{shown}\r\n{more}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        let exchange = async {
            stream.write_all(text.as_bytes()).await?;
            read(&mut stream).await
        };
        let answer = tokio::time::timeout(ANSWER_TIMEOUT, exchange).await.map_err(|_| Error::from(ErrorKind::TimedOut))??;
        self.stream = Some(stream);
        Ok(answer)
    }
}

async fn read(stream: &mut TcpStream) -> Result<Answer> {
    let mut seen = Vec::with_capacity(4_096);
    let head = loop {
        if let Some(end) = seen.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut seen).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    };
    let sent = String::from_utf8_lossy(&seen[..head]).into_owned();
    let text = sent.to_lowercase();
    let header =
        |name: &str| text.lines().filter_map(|line| line.split_once(": ")).find(|(found, _)| *found == name).map(|(_, v)| v.trim());
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<usize>().ok()).ok_or_else(|| Error::from(ErrorKind::InvalidData));
    let status = number(text.split_whitespace().nth(1))?;
    // An answer without a body says nothing of its length.
    let length = if status == 204 { 0 } else { number(header("content-length"))? };
    while seen.len() < head + length {
        if stream.read_buf(&mut seen).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
    let cookie = sent.lines().filter_map(|line| line.split_once(": ")).find(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    let cookie = cookie.and_then(|(_, cookie)| cookie.split(';').next()).map(str::to_owned);
    let json = serde_json::from_slice(&seen[head..head + length]).unwrap_or(Value::Null);
    Ok(Answer { status: u16::try_from(status).unwrap(), replayed: header("idempotent-replayed") == Some("true"), cookie, json })
}
