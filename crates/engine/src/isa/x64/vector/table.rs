// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The instructions, under their names of the Intel manual. SSE4.1 has all but the broadcasts and `pcmpgtq`, which AVX implies.

use super::{
    Map::{M0f, M0f38, M0f3a},
    Prefix::{None, F2, F3, P66},
    VectorOp,
};

/// A shift by an immediate: the value is the `/digit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ShiftOp {
    Right = 2,
    /// Signed; not of quadruple words.
    RightSigned = 4,
    Left = 6,
}

/// Predicates of `cmpps` and `cmppd`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Compare {
    Equal = 0,
    Less = 1,
    LessEqual = 2,
    Unordered = 3,
    NotEqual = 4,
}

const fn op(prefix: super::Prefix, map: super::Map, byte: u8) -> VectorOp {
    VectorOp::new(prefix, map, byte)
}

// Bytes, words, double and quadruple words.
pub const PADDB: VectorOp = op(P66, M0f, 0xfc);
pub const PADDW: VectorOp = op(P66, M0f, 0xfd);
pub const PADDD: VectorOp = op(P66, M0f, 0xfe);
pub const PADDQ: VectorOp = op(P66, M0f, 0xd4);
pub const PSUBB: VectorOp = op(P66, M0f, 0xf8);
pub const PSUBW: VectorOp = op(P66, M0f, 0xf9);
pub const PSUBD: VectorOp = op(P66, M0f, 0xfa);
pub const PSUBQ: VectorOp = op(P66, M0f, 0xfb);
pub const PADDSB: VectorOp = op(P66, M0f, 0xec);
pub const PADDSW: VectorOp = op(P66, M0f, 0xed);
pub const PADDUSB: VectorOp = op(P66, M0f, 0xdc);
pub const PADDUSW: VectorOp = op(P66, M0f, 0xdd);
pub const PSUBSB: VectorOp = op(P66, M0f, 0xe8);
pub const PSUBSW: VectorOp = op(P66, M0f, 0xe9);
pub const PSUBUSB: VectorOp = op(P66, M0f, 0xd8);
pub const PSUBUSW: VectorOp = op(P66, M0f, 0xd9);
pub const PMINUB: VectorOp = op(P66, M0f, 0xda);
pub const PMINSW: VectorOp = op(P66, M0f, 0xea);
pub const PMAXUB: VectorOp = op(P66, M0f, 0xde);
pub const PMAXSW: VectorOp = op(P66, M0f, 0xee);
pub const PAVGB: VectorOp = op(P66, M0f, 0xe0);
pub const PAVGW: VectorOp = op(P66, M0f, 0xe3);
pub const PCMPEQB: VectorOp = op(P66, M0f, 0x74);
pub const PCMPEQW: VectorOp = op(P66, M0f, 0x75);
pub const PCMPEQD: VectorOp = op(P66, M0f, 0x76);
pub const PCMPGTB: VectorOp = op(P66, M0f, 0x64);
pub const PCMPGTW: VectorOp = op(P66, M0f, 0x65);
pub const PCMPGTD: VectorOp = op(P66, M0f, 0x66);
pub const PMULLW: VectorOp = op(P66, M0f, 0xd5);
pub const PMULHW: VectorOp = op(P66, M0f, 0xe5);
pub const PMULHUW: VectorOp = op(P66, M0f, 0xe4);
pub const PMULUDQ: VectorOp = op(P66, M0f, 0xf4);
pub const PMADDWD: VectorOp = op(P66, M0f, 0xf5);
pub const PACKSSWB: VectorOp = op(P66, M0f, 0x63);
pub const PACKUSWB: VectorOp = op(P66, M0f, 0x67);
pub const PACKSSDW: VectorOp = op(P66, M0f, 0x6b);
pub const PUNPCKLBW: VectorOp = op(P66, M0f, 0x60);
pub const PUNPCKLWD: VectorOp = op(P66, M0f, 0x61);
pub const PUNPCKLDQ: VectorOp = op(P66, M0f, 0x62);
pub const PUNPCKLQDQ: VectorOp = op(P66, M0f, 0x6c);
pub const PUNPCKHBW: VectorOp = op(P66, M0f, 0x68);
pub const PUNPCKHWD: VectorOp = op(P66, M0f, 0x69);
pub const PUNPCKHDQ: VectorOp = op(P66, M0f, 0x6a);
pub const PUNPCKHQDQ: VectorOp = op(P66, M0f, 0x6d);
pub const PAND: VectorOp = op(P66, M0f, 0xdb);
pub const PANDN: VectorOp = op(P66, M0f, 0xdf);
pub const POR: VectorOp = op(P66, M0f, 0xeb);
pub const PXOR: VectorOp = op(P66, M0f, 0xef);
pub const PSHUFB: VectorOp = op(P66, M0f38, 0x00);
pub const PMADDUBSW: VectorOp = op(P66, M0f38, 0x04);
pub const PMULHRSW: VectorOp = op(P66, M0f38, 0x0b);
pub const PABSB: VectorOp = op(P66, M0f38, 0x1c);
pub const PABSW: VectorOp = op(P66, M0f38, 0x1d);
pub const PABSD: VectorOp = op(P66, M0f38, 0x1e);
pub const PTEST: VectorOp = op(P66, M0f38, 0x17);
pub const PMULDQ: VectorOp = op(P66, M0f38, 0x28);
pub const PCMPEQQ: VectorOp = op(P66, M0f38, 0x29);
pub const PACKUSDW: VectorOp = op(P66, M0f38, 0x2b);
pub const PCMPGTQ: VectorOp = op(P66, M0f38, 0x37);
pub const PMINSB: VectorOp = op(P66, M0f38, 0x38);
pub const PMINSD: VectorOp = op(P66, M0f38, 0x39);
pub const PMINUW: VectorOp = op(P66, M0f38, 0x3a);
pub const PMINUD: VectorOp = op(P66, M0f38, 0x3b);
pub const PMAXSB: VectorOp = op(P66, M0f38, 0x3c);
pub const PMAXSD: VectorOp = op(P66, M0f38, 0x3d);
pub const PMAXUW: VectorOp = op(P66, M0f38, 0x3e);
pub const PMAXUD: VectorOp = op(P66, M0f38, 0x3f);
pub const PMULLD: VectorOp = op(P66, M0f38, 0x40);
pub const PMOVSXBW: VectorOp = op(P66, M0f38, 0x20);
pub const PMOVSXWD: VectorOp = op(P66, M0f38, 0x23);
pub const PMOVSXDQ: VectorOp = op(P66, M0f38, 0x25);
pub const PMOVZXBW: VectorOp = op(P66, M0f38, 0x30);
pub const PMOVZXWD: VectorOp = op(P66, M0f38, 0x33);
pub const PMOVZXDQ: VectorOp = op(P66, M0f38, 0x35);

// Shifts of all lanes by the low quadruple word of a register.
pub const PSLLW: VectorOp = op(P66, M0f, 0xf1);
pub const PSLLD: VectorOp = op(P66, M0f, 0xf2);
pub const PSLLQ: VectorOp = op(P66, M0f, 0xf3);
pub const PSRLW: VectorOp = op(P66, M0f, 0xd1);
pub const PSRLD: VectorOp = op(P66, M0f, 0xd2);
pub const PSRLQ: VectorOp = op(P66, M0f, 0xd3);
pub const PSRAW: VectorOp = op(P66, M0f, 0xe1);
pub const PSRAD: VectorOp = op(P66, M0f, 0xe2);

// Shifts by an immediate; which one is in the register field, see [`ShiftOp`].
pub const SHIFT_W: VectorOp = op(P66, M0f, 0x71);
pub const SHIFT_D: VectorOp = op(P66, M0f, 0x72);
pub const SHIFT_Q: VectorOp = op(P66, M0f, 0x73);

// Moves within and between registers, with an immediate.
pub const PSHUFD: VectorOp = op(P66, M0f, 0x70);
pub const PSHUFLW: VectorOp = op(F2, M0f, 0x70);
pub const SHUFPS: VectorOp = op(None, M0f, 0xc6);
pub const PALIGNR: VectorOp = op(P66, M0f3a, 0x0f);
pub const PBLENDW: VectorOp = op(P66, M0f3a, 0x0e);
pub const INSERTPS: VectorOp = op(P66, M0f3a, 0x21);

// Lanes to and from integer registers and memory.
pub const PINSRB: VectorOp = op(P66, M0f3a, 0x20);
pub const PINSRW: VectorOp = op(P66, M0f, 0xc4);
pub const PINSRD: VectorOp = op(P66, M0f3a, 0x22);
pub const PINSRQ: VectorOp = op(P66, M0f3a, 0x22).wide();
pub const PEXTRB: VectorOp = op(P66, M0f3a, 0x14);
pub const PEXTRW: VectorOp = op(P66, M0f3a, 0x15);
pub const PEXTRD: VectorOp = op(P66, M0f3a, 0x16);
pub const PEXTRQ: VectorOp = op(P66, M0f3a, 0x16).wide();
pub const PMOVMSKB: VectorOp = op(P66, M0f, 0xd7);
pub const MOVMSKPS: VectorOp = op(None, M0f, 0x50);
pub const MOVMSKPD: VectorOp = op(P66, M0f, 0x50);
pub const MOVD: VectorOp = op(P66, M0f, 0x6e);
pub const MOVQ: VectorOp = op(P66, M0f, 0x6e).wide();

// Moves of floats.
pub const MOVSS: VectorOp = op(F3, M0f, 0x10);
pub const MOVSD: VectorOp = op(F2, M0f, 0x10);
pub const MOVDDUP: VectorOp = op(F2, M0f, 0x12);
pub const MOVLHPS: VectorOp = op(None, M0f, 0x16);

// One element to all lanes. AVX; all but the first AVX2.
pub const VBROADCASTSS: VectorOp = op(P66, M0f38, 0x18);
pub const VPBROADCASTB: VectorOp = op(P66, M0f38, 0x78);
pub const VPBROADCASTW: VectorOp = op(P66, M0f38, 0x79);

// Floats of both precisions.
pub const SQRTPS: VectorOp = op(None, M0f, 0x51);
pub const SQRTPD: VectorOp = op(P66, M0f, 0x51);
pub const ANDPS: VectorOp = op(None, M0f, 0x54);
pub const ANDPD: VectorOp = op(P66, M0f, 0x54);
pub const ANDNPS: VectorOp = op(None, M0f, 0x55);
pub const ANDNPD: VectorOp = op(P66, M0f, 0x55);
pub const ORPS: VectorOp = op(None, M0f, 0x56);
pub const ORPD: VectorOp = op(P66, M0f, 0x56);
pub const XORPS: VectorOp = op(None, M0f, 0x57);
pub const XORPD: VectorOp = op(P66, M0f, 0x57);
pub const ADDPS: VectorOp = op(None, M0f, 0x58);
pub const ADDPD: VectorOp = op(P66, M0f, 0x58);
pub const MULPS: VectorOp = op(None, M0f, 0x59);
pub const MULPD: VectorOp = op(P66, M0f, 0x59);
pub const SUBPS: VectorOp = op(None, M0f, 0x5c);
pub const SUBPD: VectorOp = op(P66, M0f, 0x5c);
pub const MINPS: VectorOp = op(None, M0f, 0x5d);
pub const MINPD: VectorOp = op(P66, M0f, 0x5d);
pub const DIVPS: VectorOp = op(None, M0f, 0x5e);
pub const DIVPD: VectorOp = op(P66, M0f, 0x5e);
pub const MAXPS: VectorOp = op(None, M0f, 0x5f);
pub const MAXPD: VectorOp = op(P66, M0f, 0x5f);
pub const CMPPS: VectorOp = op(None, M0f, 0xc2);
pub const CMPPD: VectorOp = op(P66, M0f, 0xc2);
pub const ROUNDPS: VectorOp = op(P66, M0f3a, 0x08);
pub const ROUNDPD: VectorOp = op(P66, M0f3a, 0x09);

// Conversions.
pub const CVTDQ2PS: VectorOp = op(None, M0f, 0x5b);
pub const CVTTPS2DQ: VectorOp = op(F3, M0f, 0x5b);
pub const CVTDQ2PD: VectorOp = op(F3, M0f, 0xe6);
pub const CVTTPD2DQ: VectorOp = op(P66, M0f, 0xe6);
pub const CVTPD2PS: VectorOp = op(P66, M0f, 0x5a);
pub const CVTPS2PD: VectorOp = op(None, M0f, 0x5a);
