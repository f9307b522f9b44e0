;; 1 GiB of memory that is filled again and again, or slept over.
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 16384 16384)
  (func (export "fill_loop")
    (loop $forever
      (memory.fill (i32.const 0) (i32.const 0xa5) (i32.const 0x40000000))
      (br $forever)))
  ;; A relative wait of an hour on the monotonic clock.
  (func (export "sleep") (result i32)
    (memory.fill (i32.const 0) (i32.const 0) (i32.const 48))
    (i32.store (i32.const 16) (i32.const 1))
    (i64.store (i32.const 24) (i64.const 3600000000000))
    (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128))))
