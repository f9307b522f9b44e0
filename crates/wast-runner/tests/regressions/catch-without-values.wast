;; SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
;; A clause without values, below operands that are all constants: the slots that its values would have are beyond the frame, and
;; near the end of the stack the handler was not entered ("host function failed").
(module
  (tag $e)
  (func (export "f") (result i64)
    i64.const 0
    i64.const 1
    i64.const 2
    i64.const 3
    i64.const 4
    i64.const 5
    i64.const 6
    i64.const 7
    i64.const 8
    i64.const 9
    i64.const 10
    i64.const 11
    i64.const 12
    i64.const 13
    i64.const 14
    i64.const 15
    i64.const 16
    i64.const 17
    i64.const 18
    i64.const 19
    i64.const 20
    i64.const 21
    i64.const 22
    i64.const 23
    i64.const 24
    i64.const 25
    i64.const 26
    i64.const 27
    i64.const 28
    i64.const 29
    i64.const 30
    i64.const 31
    i64.const 32
    i64.const 33
    i64.const 34
    i64.const 35
    i64.const 36
    i64.const 37
    i64.const 38
    i64.const 39
    block $h
      try_table (catch $e $h)
        throw $e
      end
    end
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add
    i64.add))
(assert_return (invoke "f") (i64.const 780))
