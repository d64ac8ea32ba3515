// Rows that lie far apart along k: a work item copies its rows too, a buffer [k][rows] for each tile, reading both operands
// in the order of memory.
// RUN: sinter-opt %s --sinter-emit-kernels --canonicalize --cse | FileCheck %s

module attributes {sinter.batch = 5 : i64} {
  func.func @both(%x: tensor<16x6xf32>, %w: tensor<16x16xf32>, %y: tensor<6x16xf32>) -> tensor<6x16xf32> {
    %r = sinter.kernel "both" schedule #sinter.schedule<contraction, tile = [3, 1, 2, 2, 1, 8, 3, 0, 1, 0], vector = 4, parallel = true>
        ins(%x, %w : tensor<16x6xf32>, tensor<16x16xf32>) outs(%y : tensor<6x16xf32>) -> tensor<6x16xf32> {
    ^bb0(%a: tensor<16x6xf32>, %b: tensor<16x16xf32>, %out: tensor<6x16xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<6x16xf32>) -> tensor<6x16xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (k, m)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<16x6xf32>, tensor<16x16xf32>) outs(%init : tensor<6x16xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<6x16xf32>
      sinter.yield %p : tensor<6x16xf32>
    }
    return %r : tensor<6x16xf32>
  }

  // Two tiles of 8 x 3 elements, with room for the rest of the last vector.
  // CHECK-LABEL: func.func private @both_0(
  // CHECK-SAME: %[[X:[^:]*]]: memref<16x6xf32>, %[[W:[^:]*]]: memref<16x16xf32>
  // CHECK-DAG: %[[ROWS:.*]] = memref.alloca() {alignment = 64 : i64} : memref<2x28xf32>
  // CHECK-DAG: %[[PANELS:.*]] = memref.alloca() {alignment = 64 : i64} : memref<24x4xf32>
  // CHECK: scf.for %{{.*}} = %c0{{.*}} to %c16{{.*}} step %c8
  // Panels: k outside, so that rows of the operand are read from their start to their end.
  // CHECK: memref.reinterpret_cast %[[W]]
  // CHECK: scf.for %{{.*}} = %c0{{.*}} to %c8{{.*}} step %c1
  // CHECK: scf.for
  // CHECK: memref.reinterpret_cast %[[PANELS]]
  // CHECK: vector.load
  // CHECK: vector.store
  // Rows: three of four lanes are used; what is stored beyond them is written again.
  // CHECK: memref.reinterpret_cast %[[X]]
  // CHECK: scf.for %{{.*}} = %c0{{.*}} to %c8{{.*}} step %c1
  // CHECK: scf.for
  // CHECK: %[[THREE:.*]] = vector.maskedload
  // CHECK: vector.store %[[THREE]], %[[ROWS]]
  // Tiles: scalars of one row come from the copy.
  // CHECK: memref.reinterpret_cast %[[ROWS]] to offset: [%{{.*}}], {{.*}} strides: [1, 3]
  // CHECK: vector.broadcast
  // CHECK: vector.fma
}
