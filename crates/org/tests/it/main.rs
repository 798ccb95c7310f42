//! Scenarios through the API: setting up, signing in, who may do what, and the walls.

#[cfg(test)]
mod approval;
#[cfg(test)]
mod device;
#[cfg(test)]
mod key;
#[cfg(test)]
mod message;
#[cfg(test)]
mod org;
#[cfg(test)]
mod session;
#[cfg(test)]
mod setup;
#[cfg(test)]
mod staff;
#[cfg(test)]
mod support;
#[cfg(test)]
mod totp;
#[cfg(test)]
mod wall;
#[cfg(test)]
mod webhook;
