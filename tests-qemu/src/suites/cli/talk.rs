// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The examples of the talk.

use std::{fs, path::Path, process::Command};

use crate::{
    check, check_eq,
    guest::{
        tool::{command, wasmctl, wasmctl_with, Answer},
        Cases, Outcome,
    },
};

/// The example.
pub(super) const UCASE: &str = "/usr/share/wasmk/examples/ucase.wasm";

/// What it is given to read, and what it makes of it.
const LOWER: &str = "int main(void) { return 'x'; }\n";
const UPPER: &str = "INT MAIN(VOID) { RETURN 'X'; }\n";

pub(super) fn run(cases: &mut Cases) {
    cases.case("examples from the talk", examples);
    cases.case("ucase without a grant: Input denied!", ucase_nothing);
    cases.case("ucase --dir=.: Output denied!", ucase_input);
    cases.case("ucase --dir=. --dir=/tmp", ucase_both);
    cases.case("ucase --dir=. --mapdir=/tmp:./x", ucase_mapped);
    cases.case("ucase --dir=. ../out.c: Output denied!", ucase_outside);
    cases.case("ucase without arguments is a filter", ucase_filter);
}

/// Runs `ucase in.c OUTPUT` in `src/work`, which holds in.c and a directory x, with these flags.
fn ucase(flags: &[&str], output: &str) -> anyhow::Result<Answer> {
    let _ = fs::remove_dir_all("src");
    fs::create_dir_all("src/work/x")?;
    fs::write("src/work/in.c", LOWER)?;
    let _ = fs::remove_file("/tmp/out.c");
    let mut tool = Command::new("wasmctl");
    tool.current_dir("src/work").arg("run").args(flags);
    command(tool.args([UCASE, "in.c", output]), b"")
}

fn nothing_was_written() -> Outcome {
    for path in ["/tmp/out.c", "src/out.c", "src/work/x/out.c"] {
        check!(!Path::new(path).exists(), "{path} was written");
    }
    Ok(())
}

fn ucase_nothing() -> Outcome {
    let answer = ucase(&[], "/tmp/out.c")?.expect(1)?;
    check!(
        answer.err.starts_with("Input denied!\n"),
        "message: {}",
        answer.err
    );
    check!(
        answer.err.contains("--dir DIR"),
        "no hint in {}",
        answer.err
    );
    nothing_was_written()
}

fn ucase_input() -> Outcome {
    let answer = ucase(&["--dir=."], "/tmp/out.c")?.expect(1)?;
    check!(
        answer.err.starts_with("Output denied!\n"),
        "message: {}",
        answer.err
    );
    nothing_was_written()
}

fn ucase_both() -> Outcome {
    let answer = ucase(&["--dir=.", "--dir=/tmp"], "/tmp/out.c")?.expect(0)?;
    check_eq!(answer.err, "", "standard error");
    check_eq!(fs::read_to_string("/tmp/out.c")?, UPPER, "the output");
    fs::remove_file("/tmp/out.c")?;
    Ok(())
}

fn ucase_mapped() -> Outcome {
    ucase(&["--dir=.", "--mapdir=/tmp:./x"], "/tmp/out.c")?.expect(0)?;
    check_eq!(fs::read_to_string("src/work/x/out.c")?, UPPER, "the output");
    check!(
        !Path::new("/tmp/out.c").exists(),
        "/tmp itself was written to"
    );
    Ok(())
}

fn ucase_outside() -> Outcome {
    let answer = ucase(&["--dir=.", "--denied"], "../out.c")?.expect(1)?;
    check!(
        answer.err.starts_with("Output denied!\n"),
        "message: {}",
        answer.err
    );
    check!(
        answer
            .err
            .contains("path_open fd 3 \"../out.c\" — leads out of its directory"),
        "no denial in {}",
        answer.err
    );
    nothing_was_written()
}

fn ucase_filter() -> Outcome {
    let answer = wasmctl_with(&["run", UCASE], LOWER.as_bytes())?.expect(0)?;
    check_eq!(answer.out, UPPER, "standard output");
    let answer = ucase(&["--dir=.:ro"], "more")?.expect(1)?;
    check!(
        answer.err.starts_with("Output denied!\n"),
        "message: {}",
        answer.err
    );
    Ok(())
}

fn examples() -> Outcome {
    let directory = Path::new("/usr/share/wasmk/examples");
    let file = directory.join("pythagorus.wasm");
    let answer =
        wasmctl(&["invoke", &file.to_string_lossy(), "pythagorus", "3", "4"])?.expect(0)?;
    check_eq!(answer.out, "5\n", "pythagorus 3 4");
    let vector = |values: [f64; 3]| {
        values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect::<Vec<u8>>()
    };
    fs::write("a.vec", vector([1.0, 2.0, 3.0]))?;
    fs::write("b.vec", vector([4.0, 6.0, 15.0]))?;
    let file = directory.join("vec_distance.wasm");
    let file = file.to_string_lossy();
    let args = [
        "--json",
        "invoke",
        &file,
        "malloc",
        "24",
        "--then",
        "malloc",
        "24",
        "--then",
        "vec_distance",
        "$1",
        "$2",
        "3",
        "--write",
        "$1=a.vec",
        "--write",
        "$2=b.vec",
    ];
    let json = wasmctl(&args)?.expect(0)?.json()?;
    check_eq!(json["results"][2]["value"], 13.0, "vec_distance");
    Ok(())
}
