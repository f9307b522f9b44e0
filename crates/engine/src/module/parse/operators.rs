// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The loop over the operators of a body: each is decoded, validated, and handed on.
//!
//! An operator is told apart once: the decoder calls the method of [`Step`] that is named after it, which calls the
//! validator's method of the same name, inlined.

use alloc::vec::Vec;
use core::mem::ManuallyDrop;

use wasmparser::{
    BinaryReader, BinaryReaderError, BlockType, FrameKind, FrameStack, FuncValidator, FunctionBody,
    Operator, ValidatorResources, VisitOperator,
};

use super::limits::{check, BR_TABLE_VALUES};
use crate::{
    compile::Poll,
    error::{CompileError, CompileErrorKind},
    module::FuncType,
};

/// Operators between two polls.
const POLL_EVERY: u32 = 4096;
/// The prefix of vector operators.
const VECTOR: u8 = 0xfd;

/// The validator let an operator pass that is of no proposal in [`super::features`].
const UNSUPPORTED: CompileErrorKind =
    CompileErrorKind::Internal("operator outside the supported set");

/// What is done with valid operators.
pub trait Sink {
    /// One operator, just validated: where it begins in the binary, and its first byte; itself. False if it is refused.
    fn operator(
        &mut self,
        place: (u64, u8),
        operator: &Operator<'_>,
        validator: &FuncValidator<ValidatorResources>,
    ) -> bool;

    /// Why the last operator was refused; the caller adds where.
    fn refusal(&self) -> CompileErrorKind;
}

/// Validation only.
impl Sink for () {
    #[inline(always)]
    fn operator(
        &mut self,
        _: (u64, u8),
        _: &Operator<'_>,
        _: &FuncValidator<ValidatorResources>,
    ) -> bool {
        true
    }

    fn refusal(&self) -> CompileErrorKind {
        UNSUPPORTED
    }
}

/// Counts operators over all bodies of a module, so that the embedder is asked regularly.
#[derive(Debug)]
pub struct PollCounter(u32);

impl PollCounter {
    /// At the first operator.
    pub const fn new() -> Self {
        Self(POLL_EVERY)
    }
}

/// Validates the operators of `body`, which `reader` stands before, and hands them to `sink`.
///
/// # Errors
///
/// What is wrong, with its offset: by the validator, by our limits, by the sink; or the embedder asked to stop.
pub fn each_operator<S: Sink>(
    body: &FunctionBody<'_>,
    mut reader: BinaryReader<'_>,
    validator: &mut FuncValidator<ValidatorResources>,
    types: &[FuncType],
    sink: &mut S,
    (polls, poll): (&mut PollCounter, &mut dyn Poll),
) -> Result<(), CompileError> {
    reader.set_features(*validator.features());
    let (bytes, start) = (body.as_bytes(), body.range().start);
    let mut step = Step {
        validator,
        types,
        sink,
        at: start,
        opcode: 0,
        cost: 1,
        error: None,
    };
    while !reader.eof() {
        step.at = reader.original_position();
        let opcode = bytes.get(step.at.wrapping_sub(start) as usize);
        step.opcode = opcode.copied().unwrap_or(0);
        if step.opcode == VECTOR {
            return Err(vector(reader, step.validator));
        }
        if reader.visit_operator(&mut step)?.is_err() {
            let internal = CompileErrorKind::Internal("a refusal without a reason");
            return Err(step.error.take().unwrap_or(CompileError::new(internal)));
        }
        polls.0 = polls.0.saturating_sub(step.cost);
        if polls.0 == 0 {
            polls.0 = POLL_EVERY;
            poll.poll()
                .map_err(|stop| CompileError::from(stop).placed(start as usize))?;
        }
        step.cost = 1;
    }
    let end = reader.original_position();
    Ok(reader.finish_expression(&validator.visitor(end))?)
}

/// Why the vector operator that comes next is refused.
#[cold]
fn vector(
    mut reader: BinaryReader<'_>,
    validator: &mut FuncValidator<ValidatorResources>,
) -> CompileError {
    let at = reader.original_position();
    match reader.visit_operator(&mut validator.visitor(at)) {
        Err(error) | Ok(Err(error)) => error.into(),
        Ok(Ok(())) => CompileError::at(UNSUPPORTED, at as usize),
    }
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
    /// How many ordinary operators it counts for.
    cost: u32,
    error: Option<CompileError>,
}

impl<S: Sink> Step<'_, S> {
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
        check(
            "values of a br_table, over all targets",
            total,
            BR_TABLE_VALUES,
        )
        .map_err(|error| self.refuse(error))?;
        // The validator pops and pushes each value once; an operator of average cost does some sixteen times that.
        self.cost = 1 + (total / 16) as u32;
        Ok(())
    }

    /// Hands a valid operator on.
    #[inline]
    fn accept(&mut self, operator: &Operator<'_>) -> Result<(), Refused> {
        let place = (self.at, self.opcode);
        if self.sink.operator(place, operator, self.validator) {
            return Ok(());
        }
        Err(self.refuse(CompileError::new(self.sink.refusal())))
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

/// One method for each operator. Those of proposals that are off go to the validator, which knows how to say so; so does
/// `select` of several types, which no proposal has yet.
macro_rules! steps {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
        $(
            #[inline]
            fn $visit(&mut self $($(, $arg: $argty)*)?) -> Self::Output {
                steps!(@$proposal self $op ($($($arg)*)?) $visit)
            }
        )*
    };
    (@mvp $($rest:tt)*) => { steps!(supported $($rest)*) };
    (@sign_extension $($rest:tt)*) => { steps!(supported $($rest)*) };
    (@saturating_float_to_int $($rest:tt)*) => { steps!(supported $($rest)*) };
    (@bulk_memory $($rest:tt)*) => { steps!(supported $($rest)*) };
    (@reference_types $($rest:tt)*) => { steps!(supported $($rest)*) };
    (supported $self:ident BrTable ($targets:ident) $visit:ident) => {{
        $self.branch_table(&$targets)?;
        steps!(checked $self BrTable ($targets) $visit)
    }};
    (supported $self:ident TypedSelectMulti $($rest:tt)*) => { steps!(@off $self TypedSelectMulti $($rest)*) };
    (supported $($rest:tt)*) => { steps!(checked $($rest)*) };
    (checked $self:ident $op:ident ($($arg:ident)*) $visit:ident) => {{
        // None of these owns anything: nothing is there to drop.
        let operator = ManuallyDrop::new(Operator::$op { $($arg: $arg.clone()),* });
        let valid = $self.validator.visitor($self.at).$visit($($arg),*);
        match valid {
            Ok(()) => $self.accept(&operator),
            Err(error) => Err($self.invalid(error)),
        }
    }};
    (@$proposal:ident $self:ident $op:ident ($($arg:ident)*) $visit:ident) => {{
        let valid = $self.validator.visitor($self.at).$visit($($arg),*);
        Err(match valid {
            Ok(()) => $self.refuse(CompileError::new(UNSUPPORTED)),
            Err(error) => $self.invalid(error),
        })
    }};
}

#[allow(clippy::clone_on_copy, reason = "some operands are not")]
impl<'a, S: Sink> VisitOperator<'a> for Step<'_, S> {
    type Output = Result<(), Refused>;

    wasmparser::for_each_visit_operator!(steps);
}
