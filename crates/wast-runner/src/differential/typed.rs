// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Typed function references for programs that have none: the generator makes them only together with garbage collection.

use wasm_encoder::{
    reencode::{utils, Error, Reencode},
    BlockType, CodeSection, Function, HeapType, Instruction as I, Module, RefType, ValType,
};
use wasmparser::{FunctionBody, Operator, Parser, Payload, TypeRef};

use crate::mutate::Mutator;

/// `wasm` with many of its calls made through references, which go by blocks, branches and locals. It must export all functions, so that
/// all may be referred to. `None` if that cannot be done.
pub(super) fn with_references(wasm: &[u8], seed: u64) -> Option<Vec<u8>> {
    let mut rewriter = Rewriter {
        random: Mutator::new(seed),
        functions: Vec::new(),
        params: Vec::new(),
        body: 0,
    };
    rewriter.read(wasm)?;
    let mut module = Module::new();
    rewriter
        .parse_core_module(&mut module, Parser::new(0), wasm)
        .ok()?;
    Some(module.finish())
}

struct Rewriter {
    random: Mutator,
    /// Type of each function.
    functions: Vec<u32>,
    /// Number of parameters of each type.
    params: Vec<u32>,
    /// The function whose body is next.
    body: usize,
}

/// A local for references to functions of a type.
#[derive(Clone, Copy, Debug)]
struct Local {
    index: u32,
    ty: u32,
}

fn reference(ty: u32, nullable: bool) -> ValType {
    ValType::Ref(RefType {
        nullable,
        heap_type: HeapType::Concrete(ty),
    })
}

impl Rewriter {
    fn read(&mut self, wasm: &[u8]) -> Option<()> {
        for payload in Parser::new(0).parse_all(wasm) {
            match payload.ok()? {
                Payload::TypeSection(types) => {
                    for ty in types.into_iter_err_on_gc_types() {
                        self.params.push(ty.ok()?.params().len() as u32);
                    }
                }
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        if let TypeRef::Func(ty) = import.ok()?.ty {
                            self.functions.push(ty);
                            self.body += 1;
                        }
                    }
                }
                Payload::FunctionSection(functions) => {
                    for ty in functions {
                        self.functions.push(ty.ok()?);
                    }
                }
                _ => {}
            }
        }
        Some(())
    }

    /// Puts a reference to `function` of type `ty` on the stack, by some way.
    fn refer(&mut self, f: &mut Function, function: u32, ty: u32, local: Option<Local>) {
        let block = BlockType::Result(reference(ty, false));
        match self.random.below(7) {
            0 => {
                f.instruction(&I::RefFunc(function))
                    .instruction(&I::RefAsNonNull);
            }
            1 => {
                f.instruction(&I::Block(block))
                    .instruction(&I::RefFunc(function))
                    .instruction(&I::BrOnNonNull(0))
                    .instruction(&I::Unreachable)
                    .instruction(&I::End);
            }
            2 => {
                f.instruction(&I::Block(block))
                    .instruction(&I::Block(BlockType::Empty))
                    .instruction(&I::RefNull(HeapType::Concrete(ty)))
                    .instruction(&I::BrOnNull(0))
                    .instruction(&I::Br(1))
                    .instruction(&I::End)
                    .instruction(&I::RefFunc(function))
                    .instruction(&I::End);
            }
            3 => {
                f.instruction(&I::Block(BlockType::Result(reference(ty, true))))
                    .instruction(&I::RefFunc(function))
                    .instruction(&I::End);
            }
            4 if self.random.below(16) == 0 => {
                f.instruction(&I::RefNull(HeapType::Concrete(ty)));
            }
            4 | 5 => match local.filter(|local| local.ty == ty) {
                Some(Local { index, .. }) => {
                    f.instruction(&I::RefFunc(function))
                        .instruction(&I::LocalSet(index))
                        .instruction(&I::LocalGet(index));
                }
                None => drop(f.instruction(&I::RefFunc(function))),
            },
            _ => drop(f.instruction(&I::RefFunc(function))),
        }
    }

    /// The locals of a body, and one more.
    fn locals(&mut self, body: &FunctionBody<'_>) -> Result<(Function, Option<Local>), Error> {
        let ty = self.functions.get(self.body).copied().unwrap_or_default();
        let mut index = self.params.get(ty as usize).copied().unwrap_or_default();
        let mut locals = Vec::new();
        for pair in body.get_locals_reader()? {
            let (count, ty) = pair?;
            index += count;
            locals.push((count, self.val_type(ty)?));
        }
        let at = self.random.below(self.functions.len());
        let local = self.functions.get(at).map(|&ty| Local { index, ty });
        if let Some(local) = local {
            locals.push((1, reference(local.ty, self.random.below(2) == 0)));
        }
        Ok((Function::new(locals), local))
    }
}

impl Reencode for Rewriter {
    type Error = core::convert::Infallible;

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), Error> {
        let (mut f, local) = self.locals(&body)?;
        self.body += 1;
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            let (tail, function) = match operators.clone().read()? {
                Operator::Call { function_index } => (false, function_index),
                Operator::ReturnCall { function_index } => (true, function_index),
                _ => {
                    f.instruction(&utils::parse_instruction(self, &mut operators)?);
                    continue;
                }
            };
            let original = utils::parse_instruction(self, &mut operators)?;
            match self.functions.get(function as usize).copied() {
                Some(ty) if self.random.below(5) != 0 => {
                    self.refer(&mut f, function, ty, local);
                    f.instruction(&match tail {
                        true => I::ReturnCallRef(ty),
                        false => I::CallRef(ty),
                    });
                }
                _ => drop(f.instruction(&original)),
            }
        }
        code.function(&f);
        Ok(())
    }
}
