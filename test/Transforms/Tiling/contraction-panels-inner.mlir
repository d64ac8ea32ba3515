// All panels of a work item are packed together, block of k by block, and every row tile passes over them.
// RUN: sinter-opt %s --sinter-emit-kernels --canonicalize --cse | FileCheck %s

module attributes {sinter.batch = 5 : i64} {
  func.func @panels(%x: tensor<6x16xf32>, %w: tensor<16x16xf32>, %y: tensor<6x16xf32>) -> tensor<6x16xf32> {
    %r = sinter.kernel "panels" schedule #sinter.schedule<contraction, tile = [3, 1, 2, 2, 1, 8, 1, 0, 1, 0], vector = 4, parallel = true>
        ins(%x, %w : tensor<6x16xf32>, tensor<16x16xf32>) outs(%y : tensor<6x16xf32>) -> tensor<6x16xf32> {
    ^bb0(%a: tensor<6x16xf32>, %b: tensor<16x16xf32>, %out: tensor<6x16xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<6x16xf32>) -> tensor<6x16xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<6x16xf32>, tensor<16x16xf32>) outs(%init : tensor<6x16xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<6x16xf32>
      %n = linalg.generic {indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m, n)>], iterator_types = ["parallel", "parallel"]}
          ins(%p : tensor<6x16xf32>) outs(%out : tensor<6x16xf32>) {
      ^bb0(%l: f32, %o: f32):
        %g = arith.negf %l : f32
        linalg.yield %g : f32
      } -> tensor<6x16xf32>
      sinter.yield %n : tensor<6x16xf32>
    }
    return %r : tensor<6x16xf32>
  }

  // Two panels of 4 lanes and 12 rows (the block of k and room for one more square); accumulators of 2 row tiles x 2 panels.
  // CHECK-LABEL: func.func private @panels_0(
  // CHECK-DAG: %[[REST:.*]] = memref.alloca() {alignment = 64 : i64} : memref<4x3x4xf32>
  // CHECK-DAG: %[[PANELS:.*]] = memref.alloca() {alignment = 64 : i64} : memref<24x4xf32>
  // CHECK: scf.for %[[K:.*]] = %c0{{.*}} to %c16{{.*}} step %c8
  // The packing of a panel at its slot.
  // CHECK: scf.for
  // CHECK: memref.reinterpret_cast %[[PANELS]] to offset: [%{{.*}}], {{.*}} strides: [4, 1]
  // CHECK: vector.shuffle
  // Row tiles outside, panels inside.
  // CHECK: scf.for %[[TILE:.*]] =
  // CHECK: scf.for %[[PANEL:.*]] =
  // CHECK: vector.load %[[REST]]
  // CHECK: scf.for {{.*}} iter_args
  // CHECK: vector.fma
}
