// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Programs run, and their ends become exit statuses.

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

/// Writes a program to a file.
fn program(name: &str, text: &str) -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let path = dir.join(format!("{name}-{}.wasm", std::process::id()));
    std::fs::write(&path, wat::parse_str(text).unwrap()).unwrap();
    path
}

fn hostrun() -> Command {
    Command::new(env!("CARGO_BIN_EXE_hostrun"))
}

fn run(name: &str, text: &str, options: &[&str]) -> Output {
    hostrun()
        .args(options)
        .arg(program(name, text))
        .output()
        .unwrap()
}

const HELLO: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory 1)
    (data (i32.const 0) "\10\00\00\00\06\00\00\00\00\00\00\00\00\00\00\00hello\n")
    (func (export "_start")
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
        (call $exit (i32.const 7))))"#;

#[test]
fn output_and_exit_status() {
    for model in ["guard", "bounds"] {
        let output = run(&format!("hello-{model}"), HELLO, &["--memory", model]);
        assert_eq!(output.status.code(), Some(7), "{output:?}");
        assert_eq!(output.stdout, b"hello\n");
    }
}

#[test]
fn traps_name_their_place() {
    let output = run(
        "trap",
        r#"(module (func $f (export "_start") unreachable))"#,
        &[],
    );
    assert_eq!(output.status.code(), Some(134));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("unreachable in f at offset"), "{text}");
}

#[test]
fn what_cannot_run() {
    for (text, wanted) in [
        (
            r#"(module (import "wasmk" "no_such" (func)))"#,
            "wasmk.no_such",
        ),
        (
            r#"(module (import "wasmk" "queue_create" (func (param i64))))"#,
            "queue_create",
        ),
        ("(module)", "exports no function"),
    ] {
        let output = run("refused", text, &[]);
        assert_eq!(output.status.code(), Some(1));
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(wanted), "{text}");
    }
    assert_eq!(hostrun().output().unwrap().status.code(), Some(2));
    let output = hostrun()
        .args(["--listen", "nowhere", "x"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn an_endless_program_ends_in_time() {
    let text = r#"(module (func (export "_start") (loop br 0)))"#;
    let output = run("endless", text, &["--timeout", "0.2"]);
    assert_eq!(output.status.code(), Some(124));
}

/// Accepts one connection on the first listener, and echoes what comes first.
const ECHO: &str = r#"(module
    (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory 1)
    (data (i32.const 0) "\00\01\00\00\00\01\00\00")
    (func (export "_start")
        (if (call $accept (i32.const 3) (i32.const 0) (i32.const 16)) (then unreachable))
        (if (call $read (i32.load (i32.const 16)) (i32.const 0) (i32.const 1) (i32.const 4)) (then unreachable))
        (if (call $write (i32.load (i32.const 16)) (i32.const 0) (i32.const 1) (i32.const 20)) (then unreachable))))"#;

#[test]
fn a_listener_is_granted() {
    let port = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let address = format!("127.0.0.1:{port}");
    let mut child = hostrun()
        .args(["--listen", &format!("web={address}")])
        .arg(program("echo", ECHO))
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut stream = (0..500)
        .find_map(|_| {
            std::thread::sleep(std::time::Duration::from_millis(20));
            TcpStream::connect(&address).ok()
        })
        .expect("nobody listens");
    stream.write_all(b"to and fro").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "to and fro");
    assert!(child.wait().unwrap().success());
}

/// Opens `in` beneath descriptor 3, copies at most 256 bytes of it to descriptor 4, and exits with the errno that is not 0.
const COPY: &str = r#"(module
    (import "wasi_snapshot_preview1" "path_open"
        (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory 1)
    (data (i32.const 0) "\00\01\00\00\00\01\00\00")
    (data (i32.const 32) "in")
    (func $check (param i32) (if (local.get 0) (then (call $exit (local.get 0)))))
    (func (export "_start")
        (call $check (call $open (i32.const 3) (i32.const 0) (i32.const 32) (i32.const 2) (i32.const 0)
            (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 16)))
        (call $check (call $read (i32.load (i32.const 16)) (i32.const 0) (i32.const 1) (i32.const 4)))
        (call $check (call $write (i32.const 4) (i32.const 0) (i32.const 1) (i32.const 20)))))"#;

#[test]
fn directories_and_files_are_granted() {
    let dir =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("dir-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("in"), "content").unwrap();
    std::fs::write(dir.join("out"), "").unwrap();
    let (directory, file) = (dir.to_str().unwrap(), dir.join("out"));
    let file = file.to_str().unwrap();
    let (ro, some) = (format!("{directory}:ro"), format!("{directory}::/:fd_read"));
    let read = format!("out={file}:ro");
    for (directory, file, wanted) in [
        (ro.as_str(), file, 0),
        // No right to open anything, or to write; a file is no directory, and there is none.
        (some.as_str(), file, 76),
        (directory, read.as_str(), 76),
        (file, file, 1),
        ("/no/such", file, 1),
    ] {
        let options = ["--dir", directory, "--file", file];
        let output = run("copy", COPY, &options);
        assert_eq!(output.status.code(), Some(wanted), "{options:?} {output:?}");
    }
    assert_eq!(std::fs::read(dir.join("out")).unwrap(), b"content");
    std::fs::remove_dir_all(&dir).unwrap();
}
