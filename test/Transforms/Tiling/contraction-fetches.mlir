// While a tile is multiplied, what its epilogue needs is fetched.
// RUN: sinter-opt %s --sinter-emit-kernels --canonicalize --cse | FileCheck %s
// RUN: sed '/schedule/s/0, 1\]/0, 0]/' %s | sinter-opt --sinter-emit-kernels --canonicalize --cse | FileCheck %s --check-prefix=NONE
// RUN: sed '/schedule/s/ 64, 0, 0, 0, 1\]/ 32, 0, 0, 0, 1]/' %s | sinter-opt --sinter-emit-kernels --canonicalize --cse | FileCheck %s --check-prefix=CUT

module attributes {sinter.batch = 64 : i64} {
  // w - x^T y while the tile is in registers: k in as many segments as the tile has rows, each of which asks for one row of w,
  // at both ends of its cache lines.
  func.func @update(%x: tensor<64x32xf32>, %y: tensor<64x40xf32>, %w: tensor<32x40xf32>) -> tensor<32x40xf32> {
    %r = sinter.kernel "update" schedule #sinter.schedule<contraction, tile = [4, 2, 2, 1, 1, 64, 0, 0, 0, 1], vector = 8, parallel = true>
        ins(%x, %y : tensor<64x32xf32>, tensor<64x40xf32>) outs(%w : tensor<32x40xf32>) -> tensor<32x40xf32> {
    ^bb0(%a: tensor<64x32xf32>, %b: tensor<64x40xf32>, %out: tensor<32x40xf32>):
      %e = tensor.empty() : tensor<32x40xf32>
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%e : tensor<32x40xf32>) -> tensor<32x40xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (k, m)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<64x32xf32>, tensor<64x40xf32>) outs(%init : tensor<32x40xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<32x40xf32>
      %u = linalg.generic {indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m, n)>],
          iterator_types = ["parallel", "parallel"]} ins(%p, %out : tensor<32x40xf32>, tensor<32x40xf32>) outs(%out : tensor<32x40xf32>) {
      ^bb0(%g: f32, %old: f32, %o: f32):
        %d = arith.subf %old, %g : f32
        linalg.yield %d : f32
      } -> tensor<32x40xf32>
      sinter.yield %u : tensor<32x40xf32>
    }
    return %r : tensor<32x40xf32>
  }

  // CHECK-LABEL: func.func private @update_0(
  // CHECK: scf.for %[[ROW:.*]] = %c0{{.*}} to %c4{{.*}} step %c1{{.*}} iter_args
  // CHECK: memref.prefetch %[[W:.*]][%[[ROW]], %c0{{[^]]*}}], read, locality<3>, data
  // CHECK-NEXT: memref.prefetch %[[W]][%[[ROW]], %c15{{[^]]*}}], read, locality<3>, data
  // CHECK-NOT: memref.prefetch
  // CHECK: scf.for {{.*}} step %c4
  // CHECK-COUNT-32: vector.fma
  // CHECK: arith.subf
  // NONE-NOT: memref.prefetch

  // Between blocks of k accumulators rest: the last block alone asks for what is needed behind it.
  // CUT-LABEL: func.func private @update_0(
  // CUT: %[[LEFT:.*]] = arith.subi %c64{{.*}}, %{{.*}} : index
  // CUT: %[[LAST:.*]] = arith.cmpi ule, %[[LEFT]], %c32
  // CUT: scf.for %[[ROW:.*]] = %c0{{.*}} to %c4{{.*}} step %c1{{.*}} iter_args
  // CUT: scf.if %[[LAST]] {
  // CUT-NEXT: memref.prefetch %{{.*}}[%[[ROW]], %c0{{[^]]*}}], read, locality<3>, data
  // CUT-NEXT: memref.prefetch
  // CUT-NEXT: }
}
