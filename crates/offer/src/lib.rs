//! shuke-offer
