;; Functions that never return, and short ones that show that an instance is well.
(module
  (memory (export "memory") 1)
  (global $float (mut f64) (f64.const 0))
  (func $integer_loop (export "integer_loop") (local i32)
    (loop $forever
      (local.set 0 (i32.add (local.get 0) (i32.const 1)))
      (br $forever)))
  (func (export "float_loop") (local f64)
    (loop $forever
      (local.set 0 (f64.sqrt (f64.add (local.get 0) (f64.const 1.5))))
      (global.set $float (local.get 0))
      (br $forever)))
  (func (export "float_caller") (result f64) (local f64)
    (local.set 0 (f64.add (global.get $float) (f64.const 0.5)))
    (call $integer_loop)
    (f64.mul (local.get 0) (f64.const 2)))
  (func (export "memory_loop") (local i32)
    (loop $forever
      (i32.store (i32.and (local.get 0) (i32.const 0xfffc)) (local.get 0))
      (local.set 0 (i32.add (local.get 0) (i32.const 4)))
      (br $forever))))
