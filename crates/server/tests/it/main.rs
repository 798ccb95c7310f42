//! The server as a whole: its document, its pages, its key, its process.

#[cfg(test)]
mod backup;
#[cfg(test)]
mod belonging;
#[cfg(test)]
mod broken;
#[cfg(test)]
mod clock;
#[cfg(feature = "cluster")]
#[cfg(test)]
mod cluster;
#[cfg(test)]
mod contention;
#[cfg(test)]
mod cost;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod disk;
#[cfg(test)]
mod document;
#[cfg(test)]
mod export;
#[cfg(test)]
mod failover;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod guard;
#[cfg(test)]
mod import;
#[cfg(test)]
mod insight;
#[cfg(test)]
mod key;
#[cfg(test)]
mod lake;
#[cfg(test)]
mod last_one;
#[cfg(test)]
mod midnight;
#[cfg(test)]
mod new_store;
#[cfg(test)]
mod once;
#[cfg(test)]
mod overload;
#[cfg(test)]
mod page;
#[cfg(test)]
mod pooled;
#[cfg(test)]
mod power;
#[cfg(test)]
mod process;
#[cfg(test)]
mod recovery;
#[cfg(test)]
mod s3;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod served;
#[cfg(test)]
mod storm;
#[cfg(test)]
mod support;
#[cfg(test)]
mod till;
#[cfg(test)]
mod upgrade;
#[cfg(test)]
mod upload;
#[cfg(test)]
mod verify;
#[cfg(test)]
mod walls;
#[cfg(test)]
mod wire;
