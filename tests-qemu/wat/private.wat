;; SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
;; Asks for threads, and has no memory that these could share.
(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (func (export "wasi_thread_start") (param i32 i32))
  (func (export "trap") (drop (call $spawn (i32.const 0))) unreachable)
  (func (export "one") (result i32) (call $spawn (i32.const 0))))
