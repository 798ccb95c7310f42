//! shuke-db
