;; Moves bytes between connections without seeing them.
(module
  (import "wasmk" "sock_splice" (func $splice (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_shutdown" (func $shutdown (param i32 i32) (result i32)))
  (memory (export "memory") 1 1)
  ;; At 0 how many bytes the last call moved, at 8 how many all of them (i64), at 16 how many calls there were.
  (func $once (export "once") (param $from i32) (param $to i32) (param $max i32) (param $flags i32) (result i32)
    (local $errno i32)
    (i32.store (i32.const 0) (i32.const 0))
    (local.set $errno
      (call $splice (local.get $from) (local.get $to) (local.get $max) (local.get $flags) (i32.const 0)))
    ;; With an error it is not a count: which side to wait for.
    (if (i32.eqz (local.get $errno))
      (then (i64.store (i32.const 8) (i64.add (i64.load (i32.const 8)) (i64.load32_u (i32.const 0))))))
    (i32.store (i32.const 16) (i32.add (i32.load (i32.const 16)) (i32.const 1)))
    (local.get $errno))
  ;; Until the end of the stream, which is passed on; answers the first error.
  (func (export "relay") (param $from i32) (param $to i32) (param $max i32) (result i32)
    (local $errno i32)
    (loop $more
      (local.set $errno (call $once (local.get $from) (local.get $to) (local.get $max) (i32.const 0)))
      (br_if $more (i32.and (i32.eqz (local.get $errno)) (i32.ne (i32.load (i32.const 0)) (i32.const 0)))))
    (if (i32.eqz (local.get $errno))
      (then (local.set $errno (call $shutdown (local.get $to) (i32.const 2)))))
    (local.get $errno)))
