;; SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
;; What costs of calls, of growth and of instances are measured with: a module of one page.
(module
  (import "bench" "nothing" (func $nothing))
  (memory (export "memory") 1 1000)
  (data (i32.const 1024) "one page")
  ;; An empty call in and out.
  (func (export "empty"))
  ;; n calls of the host.
  (func (export "call_out") (param $n i32)
    (block $done
      (br_if $done (i32.eqz (local.get $n)))
      (loop $again
        (call $nothing)
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))
  ;; One page more.
  (func (export "grow") (result i32)
    (memory.grow (i32.const 1)))
  ;; What is called once an instance has been made.
  (func (export "run") (param i32) (result i32)
    (i32.load8_u offset=1024 (local.get 0))))
