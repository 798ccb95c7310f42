//! How much memory the machine has left: a file that is larger ends in a message, not in a killed program.

/// Bytes that are always left to the system.
const RESERVE: u64 = 256 << 20;

/// Bytes that could be taken without swapping; none where the system does not say.
pub fn available() -> Option<u64> {
    parsed(&std::fs::read_to_string("/proc/meminfo").ok()?)
}

fn parsed(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

/// Whether what is held can be held once more, as sorting it takes.
pub const fn is_enough(held: u64, available: u64) -> bool {
    available > held.saturating_add(RESERVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_is_read() {
        assert_eq!(parsed("MemTotal:       24683110 kB\nMemAvailable:    2048 kB\n"), Some(2 << 20));
        assert_eq!(parsed("MemTotal: 1 kB\n"), None);
        assert_eq!(parsed("MemAvailable: many\n"), None);
    }

    #[test]
    fn what_is_held_must_fit_twice() {
        let gigabyte = 1 << 30;
        assert!(is_enough(gigabyte, 2 * gigabyte) && !is_enough(2 * gigabyte, 2 * gigabyte));
        assert!(!is_enough(0, RESERVE) && !is_enough(u64::MAX, u64::MAX));
    }
}
