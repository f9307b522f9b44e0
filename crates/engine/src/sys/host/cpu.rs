// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! This machine's CPU.

use crate::config::CpuFeatures;

/// The instructions that generated code may use here.
pub fn cpu_features() -> CpuFeatures {
    CpuFeatures::all()
        .iter_names()
        .filter(|(name, _)| match *name {
            "SSE41" => std::is_x86_feature_detected!("sse4.1"),
            "POPCNT" => std::is_x86_feature_detected!("popcnt"),
            "LZCNT" => std::is_x86_feature_detected!("lzcnt"),
            "BMI1" => std::is_x86_feature_detected!("bmi1"),
            "AVX" => std::is_x86_feature_detected!("avx"),
            "AVX2" => std::is_x86_feature_detected!("avx2"),
            _ => false,
        })
        .fold(CpuFeatures::empty(), |all, (_, feature)| all | feature)
}
