;; SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
;; Threads that grow the memory by nearly all that it may have, again and again. Where there is less, each attempt fails late.
(module
  (import "env" "memory" (memory 1 16384 shared))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (export "memory" (memory 0))
  (func (export "wasi_thread_start") (param i32 i32)
    (loop $again
      (drop (memory.grow (i32.const 16000)))
      (br $again)))
  (func (export "grow") (param $n i32)
    (loop $again
      (if (local.get $n) (then
        (drop (call $spawn (i32.const 0)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $again))))
    (loop $forever
      (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
      (br $forever))))
