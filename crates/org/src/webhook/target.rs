//! Where a webhook may go.

use shuke_kernel::{Error, Result};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const URL_CHARS_MAX: usize = 500;

/// The parts of an address that are needed to post to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Whether the connection is encrypted.
    pub https: bool,
    /// The name or address of the host, IPv6 without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Path and query.
    pub path: String,
}

fn malformed(detail: &str) -> Error {
    Error::invalid("webhook_url_malformed", format!("this address can't be posted to: {detail}")).field(
        "/url",
        "webhook_url_malformed",
        "write it like https://shop.example/hooks/shuke",
    )
}

fn private_target() -> Error {
    Error::refused(
        "webhook_target_private",
        "a webhook may not go to this machine or to a private network; the operator can allow it with --webhooks-private",
    )
}

impl Target {
    /// Reads an address. Without `private` only https is taken, and no address that [`is_private`].
    ///
    /// Errors: `webhook_url_malformed`, `webhook_target_private`.
    pub fn parse(url: &str, private: bool) -> Result<Self> {
        if url.len() > URL_CHARS_MAX || !url.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(malformed("it holds white space or other letters, or more than 500 of them"));
        }
        let uri: hyper::Uri = url.parse().map_err(|_| malformed("it is not a URL"))?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if private => false,
            _ => return Err(malformed("it must begin with https://")),
        };
        let authority = uri.authority().ok_or_else(|| malformed("it names no host"))?;
        if authority.as_str().contains('@') {
            return Err(malformed("it holds a user name or a password"));
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        if host.is_empty() {
            return Err(malformed("it names no host"));
        }
        let literal: Option<IpAddr> = host.parse().ok();
        if !private && (literal.is_some_and(is_private) || host.eq_ignore_ascii_case("localhost")) {
            return Err(private_target());
        }
        let port = authority.port_u16().unwrap_or(if https { 443 } else { 80 });
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Ok(Self { https, host, port, path })
    }

    /// The header `Host`.
    pub fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        match (self.https, self.port) {
            (true, 443) | (false, 80) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }
}

/// Whether an address is not one of the public internet: this machine, a link, a private network, or
/// reserved (IANA's special-purpose registries). An IPv6 address that carries an IPv4 one is what it carries.
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => private_v4(v4),
        IpAddr::V6(v6) => private_v6(v6),
    }
}

fn private_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b))
}

fn private_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let carried = |high: u16, low: u16| private_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match (a, b, c, d, e, f) {
        // Mapped and compatible addresses, ::1 and :: among them.
        (0, 0, 0, 0, 0, 0 | 0xffff) => carried(g, h),
        // NAT64.
        (0x64, 0xff9b, 0, 0, 0, 0) => carried(g, h),
        // 6to4.
        (0x2002, ..) => carried(b, c),
        // Only 2000::/3 is given out; within it Teredo and its neighbours, documentation.
        _ => a & 0xe000 != 0x2000 || (a == 0x2001 && b < 0x0200) || (a == 0x2001 && b == 0x0db8) || a == 0x3fff,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_public() {
        for private in [
            "127.0.0.1",
            "127.9.9.9",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "203.0.113.5",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "::",
            "::1",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "2001:db8::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001::1",
            "100::1",
        ] {
            assert!(is_private(private.parse().unwrap()), "{private}");
        }
        for public in ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"] {
            assert!(!is_private(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn an_address_is_taken_apart_or_refused() {
        let target = Target::parse("https://shop.example:8443/hooks?x=1", false).unwrap();
        assert_eq!((target.host.as_str(), target.port, target.path.as_str()), ("shop.example", 8443, "/hooks?x=1"));
        assert_eq!(target.authority(), "shop.example:8443");
        assert_eq!(Target::parse("http://[::1]:99/", true).unwrap().authority(), "[::1]:99");
        for private in ["https://127.0.0.1/", "https://[::1]/", "https://localhost/x", "https://[::ffff:10.0.0.1]/"] {
            assert_eq!(Target::parse(private, false).unwrap_err().code(), "webhook_target_private", "{private}");
            assert!(Target::parse(private, true).is_ok());
        }
        for wrong in ["", "shop.example", "http://shop.example/", "ftp://shop.example/", "https://u:p@shop.example/", "https://a b/"] {
            assert_eq!(Target::parse(wrong, false).unwrap_err().code(), "webhook_url_malformed", "{wrong}");
        }
    }
}
