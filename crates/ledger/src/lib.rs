//! shuke-ledger
