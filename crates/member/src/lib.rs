//! shuke-member
