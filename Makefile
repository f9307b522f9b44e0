# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
# Thin: every target is a script of scripts/. `make help` lists them.

.DEFAULT_GOAL := help
.NOTPARALLEL:

# A kernel build directory given by the user: build and install for that kernel.
comma := ,
JOBS ?= $(shell nproc)
ifneq ($(KDIR),)
.DEFAULT_GOAL := kmod
MODULE_OUT := $(abspath $(if $(MO),$(MO),build))
endif

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20
	@echo '  make KDIR=DIR       build wasmk.ko for the kernel whose headers (with Rust metadata) are in DIR'

demo: ## set up all, boot the guest, show a request through the proxy
	@./scripts/demo

test: ## every test: native, then inside the guest kernel
	@./scripts/test

shell: ## a shell in the guest with the module loaded
	@./scripts/vm --tty -- bash

bench: ## measures the engine against others; QUICK=1, KERNELS=fib,lz, ROWS=wasmk,liftoff, PARTS=run,compile,micro
	@./scripts/bench $(if $(QUICK),--quick) $(if $(KERNELS),--kernels $(KERNELS)) $(if $(ROWS),--rows $(ROWS)) \
		$(if $(PARTS),--parts $(PARTS)) $(if $(ROUNDS),--rounds $(ROUNDS))

bench-kernel: ## measures the kernel module against the engine's host build in the same guest; KERNELS=fib,lz
	@./scripts/bench-kernel $(subst $(comma), ,$(KERNELS))

conformance: ## the official suites natively and in the guest, into docs/conformance.md and target/conformance.json
	@./scripts/conformance $(PART)

fuzz: ## generated programs against other engines; SECONDS=60 SEED=0
	@./scripts/fuzz $(or $(SECONDS),60) $(or $(SEED),0)

lint: ## rustfmt, clippy, the fence around unsafe
	@./scripts/lint

fmt: ## formats all Rust sources
	@./scripts/fmt

ifneq ($(KDIR),)
# RUSTC and friends come from PATH here; the kernel's metadata must be theirs.
kmod:
	@test -e $(KDIR)/rust/libcore.rmeta || { echo "$(KDIR) has no Rust metadata (rust/libcore.rmeta): this kernel's headers package does not ship it, or it is built without Rust"; exit 1; }
	@mkdir -p $(MODULE_OUT)
	$(MAKE) -C $(KDIR) M=$(CURDIR) MO=$(MODULE_OUT) LDFLAGS_MODULE=$(MODULE_OUT)/kmod/arena.o \
		$(if $(OFFLINE),WASMK_OFFLINE=1) $(if $(WASMK_ARENA_MB),WASMK_ARENA_MB=$(WASMK_ARENA_MB)) -j$(JOBS) modules

install: kmod
	$(MAKE) -C $(KDIR) M=$(CURDIR) MO=$(MODULE_OUT) LDFLAGS_MODULE=$(MODULE_OUT)/kmod/arena.o modules_install
else
kmod: ## builds wasmk.ko for the guest's kernel
	@./scripts/kmod

install: ## with KDIR=DIR: installs wasmk.ko for that kernel
	@echo "say for which kernel: make install KDIR=/lib/modules/\$$(uname -r)/build"; exit 2
endif

clean: ## removes what was built from this clone
	@./scripts/clean

distclean: ## removes the whole cache directory too
	@./scripts/clean --all

.PHONY: help demo bench bench-kernel conformance fuzz test shell lint fmt kmod install clean distclean
