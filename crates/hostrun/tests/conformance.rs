// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The conformance guest on the host: what the suite `host` runs in the guest kernel.
//!
//! It is built for `wasm32-wasip1`, which not every toolchain can. So it is run when `WASMK_GUESTS` names the target directory to
//! build it in, as `make test` does, and else this says that it was not.

use std::{
    net::{TcpListener, UdpSocket},
    path::{Path, PathBuf},
    process::Command,
};

/// Builds the guest; its file.
fn build(target: &str) -> PathBuf {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let status = Command::new(env!("CARGO"))
        .args([
            "build",
            "--release",
            "--locked",
            "--target",
            "wasm32-wasip1",
        ])
        .args(["-p", "wasmk-conformance"])
        .current_dir(examples)
        .env("CARGO_TARGET_DIR", target)
        .status()
        .unwrap();
    assert!(status.success());
    Path::new(target).join("wasm32-wasip1/release/conformance.wasm")
}

/// A TCP port that nobody has.
fn free(address: &str) -> u16 {
    let free = TcpListener::bind((address, 0)).unwrap();
    free.local_addr().unwrap().port()
}

/// A UDP port that nobody has.
fn free_udp() -> u16 {
    let free = UdpSocket::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap().port()
}

#[test]
fn every_case() {
    let Some(target) = std::env::var_os("WASMK_GUESTS") else {
        println!("the conformance guest is not run: set WASMK_GUESTS, or use `make test`");
        return;
    };
    let guest = build(target.to_str().unwrap());
    for memory in ["guard", "bounds"] {
        let name = format!("conformance-{memory}-{}", std::process::id());
        let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(scratch.join("dir")).unwrap();
        let directory = scratch.join("dir");
        let directory = directory.to_str().unwrap();
        // Short, as addresses of Unix sockets must be.
        let socket = std::env::temp_dir().join(format!("wasmk-{memory}-{}", std::process::id()));
        let socket = format!("unix:{}", socket.to_str().unwrap());
        let (tcp, tcp6, closed) = (free("127.0.0.1"), free("::1"), free("127.0.0.1"));
        let udp = free_udp();
        let output = Command::new(env!("CARGO_BIN_EXE_hostrun"))
            .args(["--memory", memory])
            .args(["--dir", &format!("{directory}::/scratch")])
            .args(["--dir", &format!("{directory}::/readonly:ro")])
            .args(["--listen", &format!("tcp=127.0.0.1:{tcp}")])
            .args(["--listen", &format!("tcp6=[::1]:{tcp6}")])
            .args(["--listen", &format!("unix={socket}")])
            .args(["--listen", &format!("udp=udp:127.0.0.1:{udp}")])
            .args([
                "--connect",
                &format!("self=127.0.0.1:{tcp},[::1]:{tcp6},{socket},udp:127.0.0.1:{udp}"),
            ])
            .args(["--connect", &format!("closed=127.0.0.1:{closed}")])
            .arg(&guest)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        println!("{text}{}", String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{memory}: {:?}", output.status);
        assert!(text.ends_with(" passed, 0 failed\n"));
        let left = std::fs::read_dir(directory).unwrap().count();
        assert_eq!(left, 0, "the guest cleans up");
        std::fs::remove_dir_all(&scratch).unwrap();
        let _ = std::fs::remove_file(socket.trim_start_matches("unix:"));
    }
}
