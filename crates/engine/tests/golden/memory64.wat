(module
  (memory i64 1)
  (func $load (param i64) (result i64) (i64.load offset=8 (local.get 0)))
  (func $store (param i64 i32) (i32.store8 (local.get 0) (local.get 1)))
  (func $size (result i64) (memory.size)))
