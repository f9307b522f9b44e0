;; SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
;; Values of a `throw` were moved one by one, so a few bytes that name a tag of a thousand values became 16 KiB of code. Many are moved
;; by a loop now, and each takes two slots if one of them is a vector.
(module
  (tag $numbers (param i32 i64 f64 i32 i64 f32 i64 i32 i64 f64 i32 i64))
  (tag $vectors (param i32 v128 f64 i32 v128 f32 i64 i32 i64 f64 i32 v128))
  (tag $few (param i32 v128 i64))
  (func $numbers (param i32)
    i32.const 1 i64.const -2 f64.const 3.5 local.get 0 i64.const 5 f32.const 6.5 i64.const 7 i32.const -8 i64.const 9 f64.const 10.5
    i32.const 11 local.get 0 i64.extend_i32_s
    throw $numbers)
  (func $vectors (param i32)
    i32.const 1 v128.const i64x2 2 -2 f64.const 3.5 local.get 0 local.get 0 i32x4.splat f32.const 6.5 i64.const 7 i32.const -8 i64.const 9
    f64.const 10.5 i32.const 11 v128.const i64x2 12 -12
    throw $vectors)
  (func (export "numbers") (param i32) (result i32 i64 f64 i32 i64 f32 i64 i32 i64 f64 i32 i64)
    block $h (result i32 i64 f64 i32 i64 f32 i64 i32 i64 f64 i32 i64)
      try_table (catch $numbers $h)
        local.get 0
        call $numbers
      end
      unreachable
    end)
  (func (export "vectors") (param i32) (result i32 v128 f64 i32 v128 f32 i64 i32 i64 f64 i32 v128)
    block $h (result i32 v128 f64 i32 v128 f32 i64 i32 i64 f64 i32 v128)
      try_table (catch $vectors $h)
        local.get 0
        call $vectors
      end
      unreachable
    end)
  ;; The values are the parameters of a block, below them is another one.
  (func (export "block") (param i32) (result i32 i64)
    (local $sum i64)
    block $h (result i32 i64 f64 i32 i64 f32 i64 i32 i64 f64 i32 i64)
      try_table (catch $numbers $h)
        i64.const 99
        i32.const 1 i64.const -2 f64.const 3.5 local.get 0 i64.const 5 f32.const 6.5 i64.const 7 i32.const -8 i64.const 9 f64.const 10.5
        i32.const 11 i64.const 12
        local.get 0
        if (param i32 i64 f64 i32 i64 f32 i64 i32 i64 f64 i32 i64)
          throw $numbers
        else
          drop drop drop drop drop drop drop drop drop drop drop drop
        end
        drop
      end
      i32.const 0 i64.const 0
      return
    end
    local.set $sum
    drop drop drop drop drop drop drop drop drop drop
    local.get $sum)
  (func (export "few") (param i32) (result i32 v128 i64)
    block $h (result i32 v128 i64)
      try_table (catch $few $h)
        local.get 0
        v128.const i64x2 3 4
        i64.const 5
        throw $few
      end
      unreachable
    end))
(assert_return (invoke "numbers" (i32.const 4)) (i32.const 1) (i64.const -2) (f64.const 3.5) (i32.const 4) (i64.const 5) (f32.const 6.5)
  (i64.const 7) (i32.const -8) (i64.const 9) (f64.const 10.5) (i32.const 11) (i64.const 4))
(assert_return (invoke "vectors" (i32.const 4)) (i32.const 1) (v128.const i64x2 2 -2) (f64.const 3.5) (i32.const 4) (v128.const i32x4 4 4 4 4)
  (f32.const 6.5) (i64.const 7) (i32.const -8) (i64.const 9) (f64.const 10.5) (i32.const 11) (v128.const i64x2 12 -12))
(assert_return (invoke "block" (i32.const 4)) (i32.const 1) (i64.const 12))
(assert_return (invoke "block" (i32.const 0)) (i32.const 0) (i64.const 0))
(assert_return (invoke "few" (i32.const 4)) (i32.const 4) (v128.const i64x2 3 4) (i64.const 5))
