//! shuke-http
