// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `--dir` and `--mapdir`: where the guest sees them, with which rights, in whose name.

use std::{
    fs,
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    process::Command,
};

use super::{grants::files, talk::UCASE};
use crate::{
    check, check_eq,
    guest::{
        tool::{command, wasmctl},
        Cases, Outcome,
    },
};

/// `path_open` and `path_create_file`, which making a file needs; and `fd_write`.
const O_CREAT: &str = "1";
const FD_READ: &str = "2";
const FD_WRITE: &str = "64";
const NOTCAPABLE: &str = "76";

pub(super) fn run(cases: &mut Cases) {
    cases.case("directories come first, by their names in the guest", order);
    cases.case("ro: reading, and nothing else", read_only);
    cases.case("single rights", single_rights);
    cases.case("a path that leads out is denied", outside);
    cases.case("what is made has the grantor's user and umask", umask);
    cases.case(
        "load --dir: as the grantor, though the service is nobody",
        dropped,
    );
}

fn fresh(name: &str) -> anyhow::Result<()> {
    let _ = fs::remove_dir_all(name);
    fs::create_dir(name)?;
    Ok(fs::write(format!("{name}/f"), "text")?)
}

fn order() -> Outcome {
    fresh("d")?;
    let flags = [
        "--listen=127.0.0.1:0",
        "--file=d/f",
        "--mapdir=/tmp:d",
        "--dir=d",
        "--dir=.::/x:ro",
    ];
    for (fd, name) in [("3", "d"), ("4", "/x"), ("5", "/tmp")] {
        let length = name.len().to_string();
        let range = format!("0:{length}");
        let out = files(&flags, &["preopen", fd, "--read", &range], "")?;
        let hex: String = name.bytes().map(|byte| format!("{byte:02x}")).collect();
        check_eq!(out, ["0", length.as_str(), hex.as_str()], "descriptor {fd}");
    }
    let out = files(&flags, &["preopen", "6"], "")?;
    check_eq!(out[0], "8", "errno for the file behind them");
    let out = files(&flags, &["read", "6", "0", "9"], "")?;
    check_eq!(out, ["0", "4"], "read of the file");
    Ok(())
}

fn read_only() -> Outcome {
    fresh("d")?;
    let open = |oflags: &str, rights: &str| {
        files(
            &["--dir=d:ro"],
            &["open", "3", "0", "1", oflags, rights],
            "f",
        )
    };
    check_eq!(open("0", FD_READ)?[0], "0", "errno of an open for reading");
    check_eq!(
        open("0", FD_WRITE)?[0],
        NOTCAPABLE,
        "errno of an open for writing"
    );
    let made = files(
        &["--dir=d:ro"],
        &["open", "3", "0", "3", O_CREAT, FD_READ],
        "new",
    )?;
    check_eq!(made[0], NOTCAPABLE, "errno of making a file");
    let made = files(&["--dir=d:ro"], &["mkdir", "3", "0", "3"], "new")?;
    check_eq!(made, [NOTCAPABLE], "errno of making a directory");
    let made = files(&["--dir=d"], &["mkdir", "3", "0", "3"], "new")?;
    check_eq!(made, ["0"], "errno of making a directory without :ro");
    Ok(())
}

fn single_rights() -> Outcome {
    fresh("d")?;
    let flags = ["--dir=d:fd_read,PATH_OPEN"];
    let out = files(&flags, &["rights", "3"], "")?;
    let (read, open) = (1u64 << 1, 1u64 << 13);
    check_eq!(
        out,
        ["0", &open.to_string(), &(read | open).to_string()],
        "rights"
    );
    let steps = [
        "open", "3", "0", "1", "0", FD_READ, "--then", "read", "$2", "64", "9",
    ];
    check_eq!(
        files(&flags, &steps, "f")?,
        ["0", "4", "0", "4"],
        "open and read"
    );
    Ok(())
}

fn outside() -> Outcome {
    fresh("d")?;
    fs::write("secret", "secret")?;
    for path in ["../secret", "/etc/passwd", "f/../../secret"] {
        let length = path.len().to_string();
        let out = files(
            &["--dir=d"],
            &["open", "3", "0", &length, "0", FD_READ],
            path,
        )?;
        check!(
            out[0] == "63" || path.starts_with("f/"),
            "errno for {path}: {}",
            out[0]
        );
        check!(out[0] != "0", "{path} was opened");
    }
    Ok(())
}

fn umask() -> Outcome {
    fresh("d")?;
    for (mask, file, directory) in [("077", 0o600, 0o700), ("002", 0o664, 0o775)] {
        let (file_name, directory_name) = (format!("f{mask}"), format!("d{mask}"));
        let script = format!(
            "umask {mask}; printf {file_name} | wasmctl invoke --dir=d files.wat open 3 0 4 1 64 --write 0=- && \
             printf {directory_name} | wasmctl invoke --dir=d files.wat mkdir 3 0 4 --write 0=-"
        );
        command(Command::new("sh").args(["-c", &script]), b"")?.expect(0)?;
        let mode = |name: &str| -> anyhow::Result<u32> {
            Ok(fs::metadata(format!("d/{name}"))?.permissions().mode() & 0o7777)
        };
        check_eq!(
            mode(&file_name)?,
            file,
            "mode of the file with umask {mask}"
        );
        check_eq!(
            mode(&directory_name)?,
            directory,
            "mode of the directory with umask {mask}"
        );
    }
    Ok(())
}

fn dropped() -> Outcome {
    let _ = fs::remove_dir_all("private");
    fs::DirBuilder::new().mode(0o700).create("private")?;
    fs::write("private/in.c", "int x;\n")?;
    fs::set_permissions("private/in.c", fs::Permissions::from_mode(0o600))?;
    let load = |arguments: &[&str]| {
        let mut args = vec!["load", "--name=upper", "--dir=private::.", UCASE];
        args.extend(arguments);
        wasmctl(&args)
    };
    load(&["in.c", "out.c"])?.expect(0)?;
    check_eq!(
        fs::read_to_string("private/out.c")?,
        "INT X;\n",
        "what the service wrote"
    );
    check_eq!(
        fs::metadata("private/out.c")?.uid(),
        0,
        "owner of what it wrote"
    );
    let json = wasmctl(&["--json", "inspect", "upper"])?
        .expect(0)?
        .json()?;
    let granted = &json["service"]["directories"][0];
    check_eq!(granted["guest"], ".", "guest path in the record");
    check!(
        granted["host"]
            .as_str()
            .is_some_and(|host| host.starts_with('/')),
        "host path in {granted}"
    );
    wasmctl(&["unload", "upper"])?.expect(0)?;
    let answer = load(&["../in.c", "out.c"])?.expect(1)?;
    check!(
        answer.err.contains("Input denied!") && answer.err.contains("../in.c"),
        "message: {}",
        answer.err
    );
    Ok(())
}
