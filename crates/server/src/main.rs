//! The binary `shuke`.

fn main() -> std::process::ExitCode {
    shuke_server::cmd::main()
}
