// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Measures the kernel module against the engine's host build in the same guest: `kernel-bench [--modules FILE…] [--kernels FILE…]`.
//! Prints `kernel.json` (bench/README.md). Both do the same in turns, on one thread; `scripts/bench-kernel` gives the guest a clock that
//! counts instructions.
#![deny(unsafe_code)]

use std::{path::Path, process::ExitCode, sync::Arc, time::Instant};

use anyhow::{bail, Context, Result};
use libwasmk::{Call, Device, LoadOptions, MemoryModel, Outcome, StoreOptions};
use serde_json::{json, Value as Json};
use wasmk_engine::{
    compile::compile,
    config::{BranchForm, Config},
    runtime::{
        Caller, Exports, Extern, Host, HostOutcome, Interruption, Resolver, RunExit, Store,
        StoreLimits,
    },
    sys::host::HostPlatform,
};
use wasmk_uapi::device::mitigation;

type Module = wasmk_engine::runtime::Module<HostPlatform>;

/// Rounds that count; one before them does not.
const ROUNDS: usize = 3;
/// How long a run of a kernel shall take, nanoseconds.
const RUN_NS: u64 = 20_000_000;

/// Kernels import nothing.
struct Nothing;

impl Host for Nothing {
    fn call(&mut self, _: u32, _: &mut Caller<'_>, _: &mut [u64]) -> HostOutcome {
        HostOutcome::Done
    }

    fn interrupted(&mut self) -> Interruption {
        Interruption::Continue
    }
}

impl Resolver for Nothing {
    fn resolve(
        &mut self,
        _: &dyn Exports,
        _: &wasmk_engine::module::Import,
        _: wasmk_engine::runtime::ItemType<'_>,
    ) -> Option<Extern> {
        None
    }
}

/// Nanoseconds that `work` takes, and what it answers.
fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<(u64, T)> {
    let begin = Instant::now();
    let answer = work()?;
    Ok((begin.elapsed().as_nanos() as u64, answer))
}

fn median(mut samples: Vec<u64>) -> u64 {
    samples.sort_unstable();
    samples.get(samples.len() / 2).copied().unwrap_or(0)
}

fn ratio(kernel: u64, native: u64) -> f64 {
    kernel as f64 / native.max(1) as f64
}

struct Bench {
    device: Device,
    config: Config,
}

impl Bench {
    fn new() -> Result<(Self, Json)> {
        let device = Device::open()?;
        let version = device.version()?;
        let has = |bit| version.mitigations & bit != 0;
        let config = Config {
            endbr: has(mitigation::IBT),
            returns: BranchForm::Plain,
            ..Config::default()
        };
        let facts = json!({
            "return_thunk": has(mitigation::RETURN_THUNK),
            "retpoline": has(mitigation::RETPOLINE),
            "ibt": has(mitigation::IBT),
        });
        Ok((Self { device, config }, facts))
    }

    fn options() -> LoadOptions<'static> {
        LoadOptions {
            memory: MemoryModel::Guard,
            ..LoadOptions::default()
        }
    }

    /// A load by the ioctl, and the same of the host build: compilation and publication.
    fn compile(&self, wasm: &[u8]) -> Result<(u64, u64)> {
        let (mut kernel, mut native) = (Vec::new(), Vec::new());
        for round in 0..=ROUNDS {
            let (kernel_ns, module) = timed(|| Ok(self.device.load(wasm, &Self::options())?))?;
            drop(module);
            let (native_ns, module) = timed(|| {
                let compiled = compile(wasm, &self.config, &mut ())?;
                Module::new(compiled).map_err(|error| anyhow::anyhow!("{error}"))
            })?;
            drop(module);
            if round != 0 {
                kernel.push(kernel_ns);
                native.push(native_ns);
            }
        }
        Ok((median(kernel), median(native)))
    }

    fn run(&self, wasm: &[u8]) -> Result<(u32, u64, u64)> {
        let module = self.device.load(wasm, &Self::options())?;
        let store = self.device.create_store(&StoreOptions::default())?;
        let instance = store.instantiate(&module, "")?;
        let in_kernel = |n: u32| match store.call(&Call::export(instance, "run", &[n.into()]))? {
            Outcome::Returned(values) => Ok(values.bits.first().copied().unwrap_or(0)),
            other => bail!("{other:?}"),
        };
        let compiled = compile(wasm, &self.config, &mut ())?;
        let module = Module::new(compiled).map_err(|error| anyhow::anyhow!("{error}"))?;
        let mut host = Store::<HostPlatform>::new(StoreLimits::default())
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        let instance = host
            .instantiate(Arc::new(module), &mut Nothing)
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        let Some(Extern::Function(function)) = host.export(instance, "run") else {
            bail!("no function `run`");
        };
        let mut natively = |n: u32| {
            host.begin(function, &[n.into()])
                .map_err(|error| anyhow::anyhow!("{error}"))?;
            match host.run(&mut Nothing) {
                RunExit::Returned => Ok(host.results().first().copied().unwrap_or(0)),
                other => bail!("{other:?}"),
            }
        };
        let mut n = 1;
        while timed(|| natively(n))?.0 < RUN_NS && n < 1 << 30 {
            n *= 2;
        }
        let (mut kernel, mut native) = (Vec::new(), Vec::new());
        for round in 0..=ROUNDS {
            let (kernel_ns, result) = timed(|| in_kernel(n))?;
            let (native_ns, expected) = timed(|| natively(n))?;
            if result != expected {
                bail!("run({n}) is {result} in the kernel, {expected} natively");
            }
            if round != 0 {
                kernel.push(kernel_ns);
                native.push(native_ns);
            }
        }
        Ok((n, median(kernel), median(native)))
    }
}

fn name(path: &str) -> String {
    let stem = Path::new(path).file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

fn measure() -> Result<Json> {
    let (bench, mitigations) = Bench::new()?;
    let (mut modules, mut kernels) = (Vec::new(), Vec::new());
    let (mut ratios, mut compile_max, mut run_max) = (Vec::new(), 0f64, 0f64);
    let mut as_kernel = false;
    for path in std::env::args().skip(1) {
        match path.as_str() {
            "--modules" => as_kernel = false,
            "--kernels" => as_kernel = true,
            path if as_kernel => {
                let wasm = std::fs::read(path).context(path.to_owned())?;
                let (n, kernel, native) = bench.run(&wasm).context(path.to_owned())?;
                let ratio = ratio(kernel, native);
                eprintln!(
                    "run {:<14} kernel {kernel:>12} ns  native {native:>12} ns  {ratio:.3}",
                    name(path)
                );
                run_max = run_max.max(ratio);
                ratios.push(ratio);
                kernels.push(json!({ "name": name(path), "n": n, "kernel_ns": kernel, "native_ns": native, "ratio": ratio }));
            }
            path => {
                let wasm = std::fs::read(path).context(path.to_owned())?;
                let (kernel, native) = bench.compile(&wasm).context(path.to_owned())?;
                let ratio = ratio(kernel, native);
                eprintln!(
                    "compile {:<10} kernel {kernel:>12} ns  native {native:>12} ns  {ratio:.3}",
                    name(path)
                );
                compile_max = compile_max.max(ratio);
                modules.push(json!({ "name": name(path), "bytes": wasm.len(), "kernel_ns": kernel, "native_ns": native, "ratio": ratio }));
            }
        }
    }
    let mean = ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / ratios.len().max(1) as f64;
    Ok(json!({
        "schema": 1,
        "mitigations": mitigations,
        "summary": {
            "compile_vs_native_max": compile_max,
            "run_vs_native_max": run_max,
            "run_vs_native_geomean": mean.exp(),
        },
        "modules": modules,
        "kernels": kernels,
    }))
}

fn main() -> ExitCode {
    match measure() {
        Ok(report) => {
            println!("{report:#}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("kernel-bench: {why:#}");
            ExitCode::FAILURE
        }
    }
}
