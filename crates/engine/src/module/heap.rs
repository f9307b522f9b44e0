// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Reference types: what is referred to, and whether the reference may be null.

use alloc::boxed::Box;
use core::fmt;

/// What a reference refers to. Concrete types are told by `T`: in a module by index, in a store by canonical number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Heap<T> {
    /// Any function.
    Func,
    /// No function: the type of a null one.
    NoFunc,
    /// Anything of the embedder's.
    Extern,
    /// Nothing of the embedder's.
    NoExtern,
    /// Any exception.
    Exn,
    /// No exception.
    NoExn,
    /// A function of this type.
    Concrete(T),
}

/// What a reference refers to, in the words of a module.
pub type HeapType = Heap<TypeIndex>;

/// A type's index in its module.
pub type TypeIndex = u32;

/// A reference type, in three bytes: the type of a value stays as small as a word.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RefType([u8; 3]);

/// May be null.
const NULLABLE: u32 = 1 << 23;
/// The rest is a type index; else one of [`ABSTRACT`].
const CONCRETE: u32 = 1 << 22;

const ABSTRACT: [HeapType; 6] = [
    Heap::Func,
    Heap::NoFunc,
    Heap::Extern,
    Heap::NoExtern,
    Heap::Exn,
    Heap::NoExn,
];

// Every type index that is accepted fits.
const _: () = assert!(super::parse::limits::TYPES < CONCRETE as u64);

impl RefType {
    /// A reference to `heap`. Type indices are below 2^22.
    pub const fn new(nullable: bool, heap: HeapType) -> Self {
        let heap = match heap {
            Heap::Func => 0,
            Heap::NoFunc => 1,
            Heap::Extern => 2,
            Heap::NoExtern => 3,
            Heap::Exn => 4,
            Heap::NoExn => 5,
            Heap::Concrete(index) => CONCRETE | index & (CONCRETE - 1),
        };
        let [a, b, c, _] = (heap | if nullable { NULLABLE } else { 0 }).to_le_bytes();
        Self([a, b, c])
    }

    const fn bits(self) -> u32 {
        let [a, b, c] = self.0;
        u32::from_le_bytes([a, b, c, 0])
    }

    /// Whether it may be null.
    pub const fn nullable(self) -> bool {
        self.bits() & NULLABLE != 0
    }

    /// What it refers to.
    pub fn heap(self) -> HeapType {
        let bits = self.bits() & (NULLABLE - 1);
        match ABSTRACT.get(bits as usize) {
            Some(&heap) => heap,
            None => Heap::Concrete(bits & (CONCRETE - 1)),
        }
    }

    /// Whether it refers to functions.
    pub fn is_function(self) -> bool {
        self.heap().is_function()
    }

    /// Whether it refers to exceptions.
    pub fn is_exception(self) -> bool {
        self.heap().is_exception()
    }
}

impl fmt::Debug for RefType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let null = if self.nullable() { "null " } else { "" };
        write!(f, "(ref {null}{:?})", self.heap())
    }
}

impl<T: PartialEq> Heap<T> {
    /// Whether it is of the functions.
    pub const fn is_function(&self) -> bool {
        matches!(self, Self::Func | Self::NoFunc | Self::Concrete(_))
    }

    /// Whether it is of the exceptions.
    pub const fn is_exception(&self) -> bool {
        matches!(self, Self::Exn | Self::NoExn)
    }

    /// Whether all of `self` is of `other` (core specification, "Matching"). No declared subtypes of functions exist.
    pub fn is_subtype(&self, other: &Self) -> bool {
        self == other
            || matches!(
                (self, other),
                (Self::NoFunc, Self::Func | Self::Concrete(_))
                    | (Self::Concrete(_), Self::Func)
                    | (Self::NoExtern, Self::Extern)
                    | (Self::NoExn, Self::Exn)
            )
    }
}

/// Which types were defined together, in recursion groups. A type that no group has is alone.
#[derive(Clone, Debug, Default)]
pub struct TypeGroups(
    /// First type and number of types of each group of other than one type, by first type.
    pub Box<[(u32, u32)]>,
);

impl TypeGroups {
    /// First type and number of types of the group of type `index`.
    pub fn of(&self, index: u32) -> (u32, u32) {
        let next = self.0.partition_point(|&(start, _)| start <= index);
        next.checked_sub(1)
            .and_then(|at| self.0.get(at))
            .copied()
            .filter(|&(start, len)| index.wrapping_sub(start) < len)
            .unwrap_or((index, 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::ValType;

    #[test]
    fn three_bytes_hold_every_reference_type() {
        assert_eq!(core::mem::size_of::<ValType>(), 4);
        for nullable in [false, true] {
            let concrete = [0, 1, 5, 6, 1 << 21, (1 << 22) - 1].map(Heap::Concrete);
            for heap in ABSTRACT.into_iter().chain(concrete) {
                let ty = RefType::new(nullable, heap);
                assert_eq!((ty.nullable(), ty.heap()), (nullable, heap));
            }
        }
    }

    #[test]
    fn groups_are_found() {
        let groups = TypeGroups([(2, 3), (7, 2)].into());
        let of: [_; 10] = core::array::from_fn(|index| groups.of(index as u32));
        let (a, b) = ((2, 3), (7, 2));
        assert_eq!(of, [(0, 1), (1, 1), a, a, a, (5, 1), (6, 1), b, b, (9, 1)]);
    }
}
