;; SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
;; Threads that do what the suite `threads` asks for. A thread's argument is the number of its job.
(module
  (import "env" "memory" (memory 1 64 shared))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (export "memory" (memory 0))

  ;; Words: 0 how many threads have done their job; 4 a mutex (0 free, 1 held, 2 held and waited for); 8 a counter; 12 rounds;
  ;; 16 a gate (0 shut); 20 a descriptor; 24 an error; 28 started threads; 32 sum of numbers. 64: buffers.
  ;; Once for all threads, as they all have instances of their own.
  (data $text "file")
  (func $texts (memory.init $text (i32.const 128) (i32.const 0) (i32.const 4)))

  (func $lock (local $old i32)
    (local.set $old (i32.atomic.rmw.cmpxchg (i32.const 4) (i32.const 0) (i32.const 1)))
    (block $held
      (br_if $held (i32.eqz (local.get $old)))
      (loop $again
        (if (i32.ne (local.get $old) (i32.const 2))
          (then (local.set $old (i32.atomic.rmw.xchg (i32.const 4) (i32.const 2)))))
        (br_if $held (i32.eqz (local.get $old)))
        (drop (memory.atomic.wait32 (i32.const 4) (i32.const 2) (i64.const -1)))
        (local.set $old (i32.atomic.rmw.xchg (i32.const 4) (i32.const 2)))
        (br_if $again (local.get $old)))))
  (func $unlock
    (if (i32.ne (i32.atomic.rmw.sub (i32.const 4) (i32.const 1)) (i32.const 1))
      (then
        (i32.atomic.store (i32.const 4) (i32.const 0))
        (drop (memory.atomic.notify (i32.const 4) (i32.const 1))))))

  (func $done
    (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
    (drop (memory.atomic.notify (i32.const 0) (i32.const -1))))
  ;; Until `n` threads have done their job.
  (func $join (param $n i32) (local $now i32)
    (loop $again
      (local.set $now (i32.atomic.load (i32.const 0)))
      (if (i32.lt_s (local.get $now) (local.get $n))
        (then
          (drop (memory.atomic.wait32 (i32.const 0) (local.get $now) (i64.const -1)))
          (br $again)))))
  (func $forever (loop $again
    (drop (memory.atomic.wait32 (i32.const 40) (i32.const 0) (i64.const -1)))
    (br $again)))
  (func $gate (loop $again
    (if (i32.eqz (i32.atomic.load (i32.const 16)))
      (then
        (drop (memory.atomic.wait32 (i32.const 16) (i32.const 0) (i64.const -1)))
        (br $again)))))
  (func $open_gate
    (i32.atomic.store (i32.const 16) (i32.const 1))
    (drop (memory.atomic.notify (i32.const 16) (i32.const -1))))
  (func $count (local $left i32)
    (local.set $left (i32.load (i32.const 12)))
    (loop $again
      (call $lock)
      ;; Not atomic: the mutex is.
      (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1)))
      (call $unlock)
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br_if $again (local.get $left))))
  (func $buffer (param $at i32) (param $length i32)
    (i32.store (i32.const 64) (local.get $at))
    (i32.store (i32.const 68) (local.get $length)))

  (func (export "wasi_thread_start") (param $number i32) (param $job i32)
    (drop (i32.atomic.rmw.add (i32.const 28) (i32.const 1)))
    (drop (i32.atomic.rmw.add (i32.const 32) (local.get $number)))
    (if (i32.ge_u (local.get $job) (i32.const 0x100)) (then (call $more (local.get $job))))
    (block $nothing (block $closed (block $file (block $input (block $grow (block $loop (block $trap (block $end (block $wait
      (block $gated (block $counting
        (br_table $nothing $counting $gated $wait $end $trap $loop $grow $input $file $closed $nothing (local.get $job)))
      ;; 1: counting
      (call $count) (br $nothing))
      ;; 2: gated
      (call $gate) (br $nothing))
      ;; 3: wait
      (call $forever) (br $nothing))
      ;; 4: end
      (call $exit (i32.const 7)) (br $nothing))
      ;; 5: trap
      (unreachable))
      ;; 6: loop
      (loop $again (br $again)) (br $nothing))
      ;; 7: grow
      (i32.store (i32.const 24) (memory.grow (i32.const 2)))
      (i32.store (i32.const 0x10000) (i32.const 0x1234)) (br $nothing))
      ;; 8: input
      (call $buffer (i32.const 256) (i32.const 64))
      (i32.store (i32.const 24) (call $read (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 72)))
      (br $nothing))
      ;; 9: file
      (call $texts)
      (i32.store (i32.const 24) (call $open (i32.const 3) (i32.const 0) (i32.const 128) (i32.const 4) (i32.const 1)
        (i64.const 0x40) (i64.const 0) (i32.const 0) (i32.const 20)))
      (br $nothing))
      ;; 10: closed
      (call $buffer (i32.const 128) (i32.const 4))
      (i32.store (i32.const 24) (call $write (i32.load (i32.const 20)) (i32.const 64) (i32.const 1) (i32.const 72)))
      (br $nothing))
    (call $done))

  ;; A thread that makes a thread, which makes a thread, as many times as the bits from 8 up of the job say.
  (func $more (param $job i32)
    (if (i32.lt_s (call $spawn (i32.sub (local.get $job) (i32.const 0x100))) (i32.const 0)) (then unreachable)))

  ;; `n` threads with this job; the last answer.
  (func $spawn_all (param $n i32) (param $job i32) (result i32) (local $answer i32)
    (loop $again
      (if (local.get $n) (then
        (local.set $answer (call $spawn (local.get $job)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $again))))
    (local.get $answer))

  ;; Threads that do nothing: how many began, and the sum of their numbers.
  (func (export "several") (param $n i32) (result i32 i32)
    (drop (call $spawn_all (local.get $n) (i32.const 0)))
    (call $join (local.get $n))
    (i32.atomic.load (i32.const 28)) (i32.atomic.load (i32.const 32)))
  ;; Each made by the one before it.
  (func (export "chain") (param $n i32) (result i32 i32)
    (drop (call $spawn (i32.shl (i32.sub (local.get $n) (i32.const 1)) (i32.const 8))))
    (call $join (local.get $n))
    (i32.atomic.load (i32.const 28)) (i32.atomic.load (i32.const 32)))
  ;; One after another.
  (func (export "turns") (param $n i32) (result i32) (local $at i32)
    (loop $again
      (if (i32.lt_s (call $spawn (i32.const 0)) (i32.const 0))
        ;; The one before it has done its job and is on its way out.
        (then (br $again)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (call $join (local.get $at))
      (br_if $again (i32.lt_s (local.get $at) (local.get $n))))
    (i32.atomic.load (i32.const 28)))
  ;; What `n` threads count to, and this one with them.
  (func (export "counted") (param $n i32) (param $rounds i32) (result i32)
    (i32.store (i32.const 12) (local.get $rounds))
    (drop (call $spawn_all (local.get $n) (i32.const 1)))
    (call $count)
    (call $join (local.get $n))
    (i32.load (i32.const 8)))
  ;; The answer to one thread too many, and to one when there is room again.
  (func (export "too_many") (param $n i32) (result i32 i32) (local $refused i32) (local $later i32)
    (local.set $refused (call $spawn_all (local.get $n) (i32.const 2)))
    (call $open_gate)
    (call $join (i32.sub (local.get $n) (i32.const 1)))
    (loop $again
      (local.set $later (call $spawn (i32.const 0)))
      (br_if $again (i32.lt_s (local.get $later) (i32.const 0))))
    (call $join (local.get $n))
    (local.get $refused) (local.get $later))
  (func (export "one") (param $job i32) (result i32)
    (call $spawn (local.get $job)))
  ;; Waits for ever, with threads that have this job.
  (func (export "with") (param $n i32) (param $job i32)
    (drop (call $spawn_all (local.get $n) (local.get $job)))
    (call $forever))
  ;; Loops for ever, with threads that have this job.
  (func (export "busy_with") (param $n i32) (param $job i32)
    (drop (call $spawn_all (local.get $n) (local.get $job)))
    (loop $again (br $again)))
  ;; Waits as many nanoseconds, with a thread that waits for ever: 2 is the answer of a wait whose time is over.
  (func (export "nap") (param $ns i64) (result i32)
    (drop (call $spawn (i32.const 3)))
    (memory.atomic.wait32 (i32.const 44) (i32.const 0) (local.get $ns)))
  ;; Pages before and after a thread grows the memory, and what it left there.
  (func (export "grown") (result i32 i32 i32)
    (memory.size)
    (drop (call $spawn (i32.const 7)))
    (call $join (i32.const 1))
    (memory.size) (i32.load (i32.const 0x10000)))
  ;; A file that one thread opens, this one writes to and closes: errors of opening, writing, closing, and of another thread's use then.
  (func (export "passed_on") (result i32 i32 i32 i32) (local $opened i32) (local $written i32) (local $closed i32)
    (drop (call $spawn (i32.const 9)))
    (call $join (i32.const 1))
    (local.set $opened (i32.load (i32.const 24)))
    (call $buffer (i32.const 128) (i32.const 4))
    (local.set $written (call $write (i32.load (i32.const 20)) (i32.const 64) (i32.const 1) (i32.const 72)))
    (local.set $closed (call $close (i32.load (i32.const 20))))
    (drop (call $spawn (i32.const 10)))
    (call $join (i32.const 2))
    (local.get $opened) (local.get $written) (local.get $closed) (i32.load (i32.const 24)))

  ;; Returns while a thread waits: with that the program ends.
  (func (export "_start") (drop (call $spawn (i32.const 3)))))
