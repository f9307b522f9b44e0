;; A computation over integers, floats and memory whose result depends on every step.
(module
  (memory (export "memory") 1)
  (func $step (param $state i64) (result i64)
    (i64.add (i64.mul (local.get $state) (i64.const 6364136223846793005)) (i64.const 1442695040888963407)))
  (func (export "checksum") (param $rounds i32) (result i64)
    (local $state i64) (local $x f64) (local $at i32)
    (local.set $state (i64.const 42))
    (local.set $x (f64.const 1))
    (block $end
      (loop $next
        (br_if $end (i32.eqz (local.get $rounds)))
        (local.set $state (call $step (local.get $state)))
        (local.set $x (f64.sqrt (f64.add
          (f64.mul (local.get $x) (f64.const 1.25))
          (f64.convert_i32_u (i32.and (i32.wrap_i64 (local.get $state)) (i32.const 0xff))))))
        (local.set $at (i32.and (i32.wrap_i64 (i64.shr_u (local.get $state) (i64.const 40))) (i32.const 0xfff8)))
        (i64.store (local.get $at) (i64.xor (i64.load (local.get $at)) (i64.reinterpret_f64 (local.get $x))))
        (local.set $state (i64.xor (local.get $state) (i64.rotl (i64.load (local.get $at)) (i64.const 17))))
        (local.set $rounds (i32.sub (local.get $rounds) (i32.const 1)))
        (br $next)))
    (i64.xor (local.get $state) (i64.reinterpret_f64 (local.get $x)))))
