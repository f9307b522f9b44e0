;; Asks descriptor 3, a directory, for a path that leads out of it and for a new directory; a hundred times more with an
;; argument; then serves.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 1024) "../secret\1bnew")
  (func $ask
    ;; PERM, then NOTCAPABLE.
    (if (i32.ne (i32.const 63) (call $path_open (i32.const 3) (i32.const 1) (i32.const 1024) (i32.const 10) (i32.const 0)
          (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 512)))
      (then (call $proc_exit (i32.const 11))))
    (if (i32.ne (i32.const 76) (call $mkdir (i32.const 3) (i32.const 1034) (i32.const 3)))
      (then (call $proc_exit (i32.const 12)))))
  (func (export "_start") (local $i i32)
    (call $ask)
    (drop (call $args_sizes (i32.const 0) (i32.const 8)))
    (if (i32.gt_u (i32.load (i32.const 0)) (i32.const 1))
      (then
        (loop $again
          (call $ask)
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $again (i32.lt_u (local.get $i) (i32.const 100))))
        (call $proc_exit (i32.const 0))))
    (loop $forever
      (memory.fill (i32.const 0) (i32.const 0) (i32.const 48))
      (i32.store (i32.const 16) (i32.const 1))
      (i64.store (i32.const 24) (i64.const 1000000000))
      (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))
      (br $forever))))
