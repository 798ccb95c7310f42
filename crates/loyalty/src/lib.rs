//! shuke-loyalty
