;; SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
;; Asks for threads, and has no entry for them.
(module
  (import "env" "memory" (memory 1 1 shared))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (export "memory" (memory 0))
  (func (export "wasi_thread_start") (param i32))
  (func (export "one") (result i32) (call $spawn (i32.const 0))))
