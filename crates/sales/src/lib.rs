//! shuke-sales
