(module
  (func $add (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func $address (param i32) (result i32) (i32.add (local.get 0) (i32.const 12)))
  (func $scale (param i32) (result i32) (i32.mul (local.get 0) (i32.const 8)))
  (func $wide (param i64) (result i64) (i64.add (local.get 0) (i64.const 0x123456789a)))
  (func $in_place (param i32 i32) (result i32)
    (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
    (local.set 1 (i32.sub (local.get 0) (local.get 1)))
    (local.get 1))
  (func $kept (param i32) (result i32)
    ;; The first read must see the value before the write.
    local.get 0
    (local.set 0 (i32.const 7))
    local.get 0
    i32.sub)
  (func $shifts (param i32 i32) (result i32)
    (i32.shl (i32.shr_u (local.get 0) (i32.const 3)) (local.get 1)))
  (func $divide (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func $remainder (param i64 i64) (result i64) (i64.rem_s (local.get 0) (local.get 1)))
  (func $constant_divisors (param i32) (result i32)
    (i32.add (i32.div_u (local.get 0) (i32.const 16)) (i32.div_s (local.get 0) (i32.const 10))))
  (func $compare (param i32 i32) (result i32) (i32.lt_s (local.get 0) (local.get 1)))
  (func $choose (param i32 i32 i32) (result i32)
    (select (local.get 0) (local.get 1) (i32.gt_u (local.get 2) (i32.const 5))))
  (func $count (param i64) (result i64)
    (i64.add (i64.popcnt (local.get 0)) (i64.add (i64.clz (local.get 0)) (i64.ctz (local.get 0)))))
  ;; Only whether a conjunction is zero matters: no register for it, and the shortest immediate.
  (func $tested (param i32 i64) (result i32)
    (if (result i32) (i32.and (local.get 0) (i32.const 4))
      (then (i32.const 1))
      (else (i64.eqz (i64.and (local.get 1) (i64.const 0x12345))))))
  ;; What masks leave of a low byte or word.
  (func $masked (param i32 i64) (result i64)
    (i64.or (i64.extend_i32_u (i32.and (local.get 0) (i32.const 0xff)))
      (i64.and (local.get 1) (i64.const 0xffff))))
  ;; Base and scaled index.
  (func $scaled (param i32 i32) (result i32)
    (i32.add (local.get 0) (i32.shl (local.get 1) (i32.const 2))))
  ;; The larger of two, into a local that is one of them.
  (func $larger (param i32 i32) (result i32)
    (local.set 0 (select (local.get 0) (local.get 1) (i32.gt_s (local.get 0) (local.get 1))))
    (i32.mul (local.get 0) (local.get 0))))
