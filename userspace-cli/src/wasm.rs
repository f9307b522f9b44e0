// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Module files: reading, `.wat` to binary, and what a module declares.

use std::{fs, io::Read, path::Path};

use libwasmk::uapi::MODULE_MAX;
use serde::Serialize;
use wasmparser::{CompositeInnerType, ExternalKind, FuncType, Parser, Payload, TypeRef, ValType};

use crate::problem::Problem;

/// A module's bytes and where they came from.
#[derive(Debug)]
pub struct Program {
    /// The file as the user wrote it.
    pub file: String,
    /// The wasm binary.
    pub bytes: Vec<u8>,
}

impl Program {
    /// Reads a `.wasm` or `.wat` file (`-` is standard input); what it is shows in its first bytes.
    pub fn read(path: &Path) -> Result<Self, Problem> {
        let file = path.display().to_string();
        let bytes = if file == "-" {
            let mut bytes = Vec::new();
            // One byte above the limit, so that the kernel's refusal names the size.
            std::io::stdin()
                .take(MODULE_MAX + 1)
                .read_to_end(&mut bytes)
                .map(|_| bytes)
        } else {
            fs::read(path)
        };
        let bytes = bytes.map_err(|error| Problem::io("cannot read", &error).about(&file))?;
        if !is_text(path, &bytes) {
            return Ok(Self { file, bytes });
        }
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            let mut problem =
                Problem::new("invalid", "the text format is UTF-8, and this is not").about(&file);
            problem.offset = Some(error.valid_up_to() as u64);
            problem
        })?;
        match wat::Parser::new().parse_str(Some(path), text) {
            Ok(bytes) => Ok(Self { file, bytes }),
            Err(error) => Err(Problem::new("invalid", error.to_string()).about(&file)),
        }
    }

    /// The file's name without directories and extension.
    pub fn stem(path: &Path) -> String {
        path.file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default()
    }

    /// What the module declares, or why it cannot be read.
    pub fn describe(&self) -> Result<Description, Problem> {
        Description::new(&self.bytes).map_err(|error| {
            let mut problem = Problem::new("invalid", error.message()).about(&self.file);
            problem.offset = Some(error.offset());
            problem
        })
    }
}

/// Text, when the extension or the first bytes say so; a binary starts with a NUL byte.
fn is_text(path: &Path, bytes: &[u8]) -> bool {
    if bytes.starts_with(b"\0asm") {
        return false;
    }
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    path.extension().is_some_and(|extension| extension == "wat")
        || matches!(first, Some(b'(' | b';'))
}

/// An import or export.
#[derive(Clone, Debug, Serialize)]
pub struct Item {
    /// Module name; empty for an export.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub module: String,
    /// Name.
    pub name: String,
    /// `func`, `table`, `memory`, `global` or `tag`.
    pub kind: &'static str,
    /// Its type, in text format.
    #[serde(rename = "type")]
    pub text: String,
}

/// A memory, in pages of 64 KiB.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Memory {
    /// Initial pages.
    pub minimum: u64,
    /// Most pages.
    pub maximum: Option<u64>,
    /// Imported.
    pub imported: bool,
}

/// What a module declares.
#[derive(Debug, Default)]
pub struct Description {
    /// Imports in order.
    pub imports: Vec<Item>,
    /// Exports in order.
    pub exports: Vec<Item>,
    /// Memories.
    pub memories: Vec<Memory>,
    /// Whether there is a start function.
    pub start: bool,
    /// Functions defined (not imported).
    pub functions: u32,
    /// Bytes of their bodies.
    pub code_bytes: u64,
    signatures: Vec<(String, FuncType)>,
}

impl Description {
    /// Reads the sections; bodies are not looked at.
    pub fn new(bytes: &[u8]) -> wasmparser::Result<Self> {
        let mut out = Self::default();
        let mut types: Vec<Option<FuncType>> = Vec::new();
        let mut spaces = Spaces::default();
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::TypeSection(reader) => {
                    for group in reader {
                        for sub in group?.into_types() {
                            types.push(match sub.composite_type.inner {
                                CompositeInnerType::Func(func) => Some(func),
                                _ => None,
                            });
                        }
                    }
                }
                Payload::ImportSection(reader) => {
                    for import in reader.into_imports() {
                        let import = import?;
                        let (kind, text) = spaces.add(import.ty, &types);
                        if let TypeRef::Memory(memory) = import.ty {
                            out.memories.push(Memory {
                                minimum: memory.initial,
                                maximum: memory.maximum,
                                imported: true,
                            });
                        }
                        out.imports.push(Item {
                            module: import.module.into(),
                            name: import.name.into(),
                            kind,
                            text,
                        });
                    }
                }
                Payload::FunctionSection(reader) => {
                    out.functions = reader.count();
                    for index in reader {
                        spaces.add(TypeRef::Func(index?), &types);
                    }
                }
                Payload::TableSection(reader) => {
                    for table in reader {
                        spaces.add(TypeRef::Table(table?.ty), &types);
                    }
                }
                Payload::MemorySection(reader) => {
                    for memory in reader {
                        let memory = memory?;
                        out.memories.push(Memory {
                            minimum: memory.initial,
                            maximum: memory.maximum,
                            imported: false,
                        });
                        spaces.add(TypeRef::Memory(memory), &types);
                    }
                }
                Payload::GlobalSection(reader) => {
                    for global in reader {
                        spaces.add(TypeRef::Global(global?.ty), &types);
                    }
                }
                Payload::ExportSection(reader) => {
                    for export in reader {
                        let export = export?;
                        let (kind, text) = spaces.find(export.kind, export.index);
                        if let (ExternalKind::Func, Some(ty)) =
                            (export.kind, spaces.function(export.index, &types))
                        {
                            out.signatures.push((export.name.into(), ty));
                        }
                        out.exports.push(Item {
                            module: String::new(),
                            name: export.name.into(),
                            kind,
                            text,
                        });
                    }
                }
                Payload::StartSection { .. } => out.start = true,
                Payload::CodeSectionStart { size, .. } => out.code_bytes = size.into(),
                _ => {}
            }
        }
        Ok(out)
    }

    /// The type of an exported function.
    pub fn signature(&self, export: &str) -> Option<&FuncType> {
        self.signatures
            .iter()
            .find(|(name, _)| name == export)
            .map(|(_, ty)| ty)
    }

    /// Names of exported functions.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        self.signatures.iter().map(|(name, _)| name.as_str())
    }
}

/// The index spaces: each item's type as text, and functions' type indices.
#[derive(Default)]
struct Spaces {
    functions: Vec<(u32, String)>,
    tables: Vec<String>,
    memories: Vec<String>,
    globals: Vec<String>,
}

impl Spaces {
    fn add(&mut self, ty: TypeRef, types: &[Option<FuncType>]) -> (&'static str, String) {
        match ty {
            TypeRef::Func(index) | TypeRef::FuncExact(index) => {
                let text = types
                    .get(index as usize)
                    .and_then(Option::as_ref)
                    .map(signature)
                    .unwrap_or_default();
                self.functions.push((index, text.clone()));
                ("func", text)
            }
            TypeRef::Table(table) => {
                let text = format!(
                    "{} {}",
                    limits(table.initial, table.maximum),
                    ValType::Ref(table.element_type)
                );
                self.tables.push(text.clone());
                ("table", text)
            }
            TypeRef::Memory(memory) => {
                let text = limits(memory.initial, memory.maximum);
                self.memories.push(text.clone());
                ("memory", text)
            }
            TypeRef::Global(global) => {
                let text = if global.mutable {
                    format!("(mut {})", global.content_type)
                } else {
                    global.content_type.to_string()
                };
                self.globals.push(text.clone());
                ("global", text)
            }
            TypeRef::Tag(_) => ("tag", String::new()),
        }
    }

    fn find(&self, kind: ExternalKind, index: u32) -> (&'static str, String) {
        let index = index as usize;
        let (kind, text) = match kind {
            ExternalKind::Func | ExternalKind::FuncExact => {
                ("func", self.functions.get(index).map(|(_, text)| text))
            }
            ExternalKind::Table => ("table", self.tables.get(index)),
            ExternalKind::Memory => ("memory", self.memories.get(index)),
            ExternalKind::Global => ("global", self.globals.get(index)),
            ExternalKind::Tag => ("tag", None),
        };
        (kind, text.cloned().unwrap_or_default())
    }

    fn function(&self, index: u32, types: &[Option<FuncType>]) -> Option<FuncType> {
        let (ty, _) = self.functions.get(index as usize)?;
        types.get(*ty as usize)?.clone()
    }
}

fn limits(minimum: u64, maximum: Option<u64>) -> String {
    maximum.map_or_else(
        || minimum.to_string(),
        |maximum| format!("{minimum} {maximum}"),
    )
}

fn signature(ty: &FuncType) -> String {
    let list = |types: &[ValType]| {
        types
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    };
    format!("({}) -> ({})", list(ty.params()), list(ty.results()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_follow_the_index_spaces() {
        let text = r#"(module
            (import "wasmk" "sock_connect" (func (param i32 i32 i32 i32) (result i32)))
            (import "m" "g" (global (mut i64)))
            (func (export "f") (param f64 i32) (result f64) unreachable)
            (memory (export "memory") 1 2)
            (table (export "t") 3 funcref)
            (func $s) (start $s))"#;
        let description = Description::new(&wat::parse_str(text).unwrap()).unwrap();
        assert_eq!(
            (
                description.imports[0].module.as_str(),
                description.imports[0].name.as_str()
            ),
            ("wasmk", "sock_connect")
        );
        assert_eq!(description.imports[1].text, "(mut i64)");
        let exports: Vec<_> = description
            .exports
            .iter()
            .map(|e| (e.name.as_str(), e.kind, e.text.as_str()))
            .collect();
        assert_eq!(
            exports,
            [
                ("f", "func", "(f64, i32) -> (f64)"),
                ("memory", "memory", "1 2"),
                ("t", "table", "3 funcref")
            ]
        );
        assert_eq!(
            description.signature("f").unwrap().params(),
            [ValType::F64, ValType::I32]
        );
        assert!(description.signature("g").is_none());
        assert!(description.start);
        assert_eq!(description.functions, 2);
    }

    #[test]
    fn text_and_binary_are_told_apart() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.any");
        fs::write(&path, " (module)").unwrap();
        assert_eq!(Program::read(&path).unwrap().bytes, b"\0asm\x01\0\0\0");
        fs::write(&path, b"\0asm\x01").unwrap();
        let program = Program::read(&path).unwrap();
        assert_eq!(program.bytes.len(), 5);
        assert_eq!(program.describe().unwrap_err().offset, Some(4));
        let wat = directory.path().join("bad.wat");
        fs::write(&wat, "(module\n (func (result i99)))").unwrap();
        let problem = Program::read(&wat).unwrap_err();
        assert!(problem.message.contains(":2:"), "{}", problem.message);
        assert_eq!(problem.status, 1);
        fs::write(&wat, [b'(', 0xff]).unwrap();
        assert_eq!(Program::read(&wat).unwrap_err().offset, Some(1));
        assert_eq!(
            Program::read(&directory.path().join("none.wasm"))
                .unwrap_err()
                .kind,
            "not-found"
        );
    }
}
