// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The loop over the operators of a body: each is decoded, validated, and handed on.
//!
//! An operator is told apart once: a decoder, [`quick`] or wasmparser's, calls the method of [`Step`] that is named after it, which
//! calls the validator's method of the same name, inlined.

mod quick;

use alloc::vec::Vec;

use wasmparser::{
    BinaryReader, BinaryReaderError, BlockType, Catch, FrameKind, FrameStack, FuncValidator,
    FunctionBody, TryTable, ValidatorResources, VisitOperator, VisitSimdOperator, WasmFeatures,
    WasmModuleResources,
};

use super::limits::{check, OPERATOR_VALUES};
use crate::{
    compile::Poll,
    error::{CompileError, CompileErrorKind},
    module::FuncType,
};

/// Operators between two polls.
const POLL_EVERY: u32 = 4096;

/// The validator let an operator pass that is of no proposal in [`super::features`].
const UNSUPPORTED: CompileErrorKind =
    CompileErrorKind::Internal("operator outside the supported set");

/// What is done with valid operators: the method that is named after one is called when it has been validated; false if it is
/// refused.
pub trait Sink<'a>: VisitOperator<'a, Output = bool> + VisitSimdOperator<'a> {
    /// The next operator begins at `at` in the binary, with the byte `opcode`.
    fn begin(&mut self, at: u64, opcode: u8);

    /// It has `len` bytes; `None` if that is not known before it is read.
    fn length(&mut self, len: Option<u32>);

    /// Why the last operator was refused; the caller adds where.
    fn refusal(&self) -> CompileErrorKind;
}

/// Validation only.
pub struct Nothing;

impl Sink<'_> for Nothing {
    #[inline]
    fn begin(&mut self, _: u64, _: u8) {}

    #[inline]
    fn length(&mut self, _: Option<u32>) {}

    fn refusal(&self) -> CompileErrorKind {
        UNSUPPORTED
    }
}

macro_rules! nothing {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
        $(
            #[inline]
            fn $visit(&mut self $($(, _: $argty)*)?) -> bool {
                true
            }
        )*
    };
}

impl<'a> VisitOperator<'a> for Nothing {
    type Output = bool;

    fn simd_visitor(&mut self) -> Option<&mut dyn VisitSimdOperator<'a, Output = bool>> {
        Some(self)
    }

    wasmparser::for_each_visit_operator!(nothing);
}

impl VisitSimdOperator<'_> for Nothing {
    wasmparser::for_each_visit_simd_operator!(nothing);
}

/// Counts operators over all bodies of a module, so that the embedder is asked regularly.
#[derive(Debug)]
pub struct PollCounter(u32);

impl PollCounter {
    /// At the first operator.
    pub const fn new() -> Self {
        Self(POLL_EVERY)
    }

    /// Counts so many operators; true if a poll is due.
    #[inline]
    fn spend(&mut self, operators: u32) -> bool {
        self.0 = self.0.saturating_sub(operators);
        self.0 == 0
    }
}

/// Validates the operators of `body`, which `reader` stands before, and hands them to `sink`.
///
/// # Errors
///
/// What is wrong, with its offset: by the validator, by our limits, by the sink; or the embedder asked to stop.
pub fn each_operator<'a, S: Sink<'a>>(
    body: &FunctionBody<'a>,
    reader: BinaryReader<'a>,
    validator: &mut FuncValidator<ValidatorResources>,
    types: &[FuncType],
    sink: &mut S,
    (polls, poll): (&mut PollCounter, &mut dyn Poll),
) -> Result<(), CompileError> {
    let features = *validator.features();
    let (bytes, start) = (body.as_bytes(), body.range().start);
    let mut at = reader.original_position().wrapping_sub(start) as usize;
    let mut step = Step {
        validator,
        types,
        sink,
        at: start,
        opcode: 0,
        polls,
        error: None,
    };
    while let Some((&opcode, rest)) = bytes.get(at..).and_then(<[u8]>::split_first) {
        step.at = start.wrapping_add(at as u64);
        step.opcode = opcode;
        step.sink.begin(step.at, opcode);
        let quick = if step.validator.control_stack_height() == 0 {
            None
        } else {
            quick::visit(&mut step, opcode, rest)
        };
        let (len, result) = match quick {
            Some(done) => done,
            None => step.general(bytes.get(at..).unwrap_or(&[]), features)?,
        };
        if result.is_err() {
            let internal = CompileErrorKind::Internal("a refusal without a reason");
            return Err(step.error.take().unwrap_or(CompileError::new(internal)));
        }
        at = at.wrapping_add(len as usize);
        if step.polls.spend(1) {
            *step.polls = PollCounter::new();
            poll.poll()
                .map_err(|stop| CompileError::from(stop).placed(start as usize))?;
        }
    }
    let end = start.wrapping_add(at as u64);
    let rest = BinaryReader::new(bytes.get(at..).unwrap_or(&[]), end);
    Ok(rest.finish_expression(&validator.visitor(end))?)
}

/// The operator is refused; why is in [`Step::error`].
struct Refused;

/// One operator on its way through validator and sink.
struct Step<'s, S> {
    validator: &'s mut FuncValidator<ValidatorResources>,
    types: &'s [FuncType],
    sink: &'s mut S,
    /// Where it begins in the binary.
    at: u64,
    /// Its first byte.
    opcode: u8,
    polls: &'s mut PollCounter,
    error: Option<CompileError>,
}

impl<'a, S: Sink<'a>> Step<'_, S> {
    #[cold]
    fn refuse(&mut self, error: impl Into<CompileError>) -> Refused {
        let error = error.into();
        let offset = error.offset.unwrap_or(self.at as usize);
        self.error = Some(error.placed(offset));
        Refused
    }

    #[cold]
    fn invalid(&mut self, error: BinaryReaderError) -> Refused {
        self.refuse(error)
    }

    /// Refuses a branch table that would keep the validator busy too long between two polls.
    fn branch_table(&mut self, targets: &wasmparser::BrTable<'_>) -> Result<(), Refused> {
        let block = self
            .validator
            .get_control_frame(targets.default() as usize)
            .map(|frame| frame.block_type);
        let values = match block {
            None | Some(BlockType::Empty) => 0,
            Some(BlockType::Type(_)) => 1,
            Some(BlockType::FuncType(index)) => self
                .types
                .get(index as usize)
                .map_or(0, |ty| ty.params.len().max(ty.results.len())),
        };
        let total = u64::from(targets.len()).saturating_mul(values as u64 + 1);
        self.values("values of a br_table, over all targets", total)
    }

    /// Refuses clauses of a `try_table` that would keep validator and compiler busy too long between two polls.
    fn clauses(&mut self, table: &TryTable) -> Result<(), Refused> {
        let resources = self.validator.resources();
        let values = |clause: &Catch| match *clause {
            Catch::One { tag, .. } | Catch::OneRef { tag, .. } => {
                resources.tag_at(tag).map_or(0, |ty| ty.params().len())
            }
            Catch::All { .. } | Catch::AllRef { .. } => 0,
        };
        let total = table
            .catches
            .iter()
            .map(|clause| values(clause) as u64 + 1)
            .sum();
        self.values("values of a try_table, over all clauses", total)
    }

    /// An operator looks at so many values.
    fn values(&mut self, what: &'static str, total: u64) -> Result<(), Refused> {
        check(what, total, OPERATOR_VALUES).map_err(|error| self.refuse(error))?;
        // The validator pops and pushes each value once; an operator of average cost does some sixteen times that.
        self.polls.spend((total / 16) as u32);
        Ok(())
    }

    /// The operator at the start of `code`, by wasmparser's decoder: its length, and whether it was refused.
    #[inline(never)]
    fn general(
        &mut self,
        code: &'a [u8],
        features: WasmFeatures,
    ) -> wasmparser::Result<(u32, Result<(), Refused>)> {
        self.sink.length(None);
        let mut reader = BinaryReader::new_features(code, self.at, features);
        let result = reader.visit_operator(self)?;
        let len = reader.original_position().wrapping_sub(self.at);
        Ok((len as u32, result))
    }

    /// The sink has refused the operator.
    #[cold]
    fn refused(&mut self) -> Refused {
        let refusal = self.sink.refusal();
        self.refuse(CompileError::new(refusal))
    }
}

impl<'a, S: Sink<'a>> quick::Lengths for Step<'_, S> {
    #[inline]
    fn length(&mut self, len: u32) {
        self.sink.length(Some(len));
    }
}

impl<S> FrameStack for Step<'_, S> {
    /// Which kind it is matters only to `else`, `catch`, `delegate` and `catch_all`.
    #[inline]
    fn current_frame(&self) -> Option<FrameKind> {
        if matches!(self.opcode, 0x05 | 0x07 | 0x18 | 0x19) {
            return self.validator.get_control_frame(0).map(|frame| frame.kind);
        }
        (self.validator.control_stack_height() != 0).then_some(FrameKind::Block)
    }
}

/// One method for each operator. Which proposals are off is the validator's business.
macro_rules! steps {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
        $(
            #[inline]
            fn $visit(&mut self $($(, $arg: $argty)*)?) -> Self::Output {
                steps!(limit self $op $($($arg)*)?);
                // The validator's copy: only vectors of proposals that are off cost anything to copy.
                let valid = self.validator.visitor(self.at).$visit($($($arg.clone()),*)?);
                if let Err(error) = valid {
                    return Err(self.invalid(error));
                }
                if self.sink.$visit($($($arg),*)?) {
                    return Ok(());
                }
                Err(self.refused())
            }
        )*
    };
    (limit $self:ident BrTable $targets:ident) => {
        $self.branch_table(&$targets)?;
    };
    (limit $self:ident TryTable $table:ident) => {
        $self.clauses(&$table)?;
    };
    (limit $($rest:tt)*) => {};
}

#[allow(clippy::clone_on_copy, reason = "some operands are not")]
impl<'a, S: Sink<'a>> VisitOperator<'a> for Step<'_, S> {
    type Output = Result<(), Refused>;

    fn simd_visitor(&mut self) -> Option<&mut dyn VisitSimdOperator<'a, Output = Self::Output>> {
        Some(self)
    }

    wasmparser::for_each_visit_operator!(steps);
}

/// Likewise for vectors. These are reached through a table of methods, so they do not stand in the way of the others.
macro_rules! vector_steps {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
        $(
            fn $visit(&mut self $($(, $arg: $argty)*)?) -> Self::Output {
                let valid = self.validator.simd_visitor(self.at).$visit($($($arg),*)?);
                if let Err(error) = valid {
                    return Err(self.invalid(error));
                }
                if self.sink.$visit($($($arg),*)?) {
                    return Ok(());
                }
                Err(self.refused())
            }
        )*
    };
}

impl<'a, S: Sink<'a>> VisitSimdOperator<'a> for Step<'_, S> {
    wasmparser::for_each_visit_simd_operator!(vector_steps);
}
