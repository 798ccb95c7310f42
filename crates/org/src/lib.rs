//! shuke-org
