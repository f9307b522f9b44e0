;; SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
;; Asks for threads, each of which would have a memory that the others cannot see.
(module
  (import "env" "memory" (memory 1 1 shared))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (memory 1)
  (export "memory" (memory 0))
  (func (export "wasi_thread_start") (param i32 i32))
  (func (export "one") (result i32) (call $spawn (i32.const 0))))
