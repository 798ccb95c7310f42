//! shuke-testkit
