//! shuke-jobs
