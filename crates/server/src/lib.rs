//! shuke-server
