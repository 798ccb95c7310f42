//! Scenarios of offers, through the API.

#[cfg(test)]
mod offer;
