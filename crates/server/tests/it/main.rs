//! The server as a whole: its document, its pages, its key, its process.

#[cfg(test)]
mod demo;
#[cfg(test)]
mod document;
#[cfg(test)]
mod guard;
#[cfg(test)]
mod key;
#[cfg(test)]
mod midnight;
#[cfg(test)]
mod page;
#[cfg(test)]
mod process;
#[cfg(test)]
mod support;
