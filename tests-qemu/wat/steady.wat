;; Serves: works for as long as it lives, and checks itself; exits with 9 when something is not as it was.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start") (local $i i32) (local $x f64)
    (loop $forever
      (local.set $i (i32.const 0))
      (local.set $x (f64.const 0))
      (loop $work
        (i32.store (i32.add (i32.const 1024) (i32.shl (i32.and (local.get $i) (i32.const 1023)) (i32.const 2))) (local.get $i))
        (local.set $x (f64.add (local.get $x) (f64.convert_i32_u (local.get $i))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $work (i32.lt_u (local.get $i) (i32.const 2048))))
      (if (f64.ne (local.get $x) (f64.const 2096128)) (then (call $proc_exit (i32.const 9))))
      (if (i32.ne (i32.load (i32.const 1024)) (i32.const 1024)) (then (call $proc_exit (i32.const 9))))
      (memory.fill (i32.const 0) (i32.const 0) (i32.const 48))
      (i32.store (i32.const 16) (i32.const 1))
      (i64.store (i32.const 24) (i64.const 5000000))
      (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))
      (br $forever))))
