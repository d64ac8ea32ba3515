// Between blocks of k accumulators rest in the result, if nothing else becomes of them: the first block stores its sums,
// others add theirs to what is there, which was asked for before they were computed.
// RUN: sinter-opt %s --sinter-emit-kernels --canonicalize --cse | FileCheck %s

#mk = affine_map<(m, n, k) -> (k, m)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
module attributes {sinter.batch = 5 : i64} {
  // Two blocks of k, and a panel of 7 = 4 + 3 lanes.
  // CHECK-LABEL: func.func private @sum_0(
  // CHECK-SAME: %{{.*}}: memref<16x6xf32>, %{{.*}}: memref<16x7xf32>, %[[OUT:.*]]: memref<6x7xf32>,
  // One buffer, for what is packed.
  // CHECK: memref.alloca() {{.*}} : memref<24x4xf32>
  // CHECK-NOT: memref.alloca()
  // CHECK: scf.for %[[K:.*]] = %c0{{.*}} to %c16{{.*}} step %c8
  // CHECK: %[[FIRST:.*]] = arith.cmpi eq, %[[K]], %c0
  // CHECK: %[[TILE:.*]] = memref.reinterpret_cast %[[OUT]]
  // CHECK-COUNT-3: memref.prefetch %[[TILE]]{{.*}}, write, locality<3>, data
  // CHECK: %[[SUMS:.*]]:3 = scf.for
  // CHECK: vector.fma
  // CHECK: scf.if %[[FIRST]] {
  // CHECK-NEXT: vector.store %[[SUMS]]#0, %[[TILE]]
  // CHECK: } else {
  // CHECK-NEXT: %[[BEFORE:.*]] = vector.load %[[TILE]]
  // CHECK-NEXT: %[[AFTER:.*]] = arith.addf %[[BEFORE]], %[[SUMS]]#0
  // CHECK-NEXT: vector.store %[[AFTER]], %[[TILE]]
  // The last panel's lanes under a mask.
  // CHECK: %[[REST:.*]]:3 = scf.for
  // CHECK: vector.maskedstore %{{.*}}, %{{.*}}, %[[REST]]#0
  // CHECK: %[[BEFORE:.*]] = vector.maskedload
  // CHECK-NEXT: %[[AFTER:.*]] = arith.addf %[[BEFORE]], %[[REST]]#0
  // CHECK-NEXT: vector.maskedstore %{{.*}}, %{{.*}}, %[[AFTER]]
  func.func @sum(%x: tensor<16x6xf32>, %w: tensor<16x7xf32>, %y: tensor<6x7xf32>) -> tensor<6x7xf32> {
    %r = sinter.kernel "sum" schedule #sinter.schedule<contraction, tile = [3, 1, 2, 2, 1, 8, 1, 0, 1, 0], vector = 4, parallel = true>
        ins(%x, %w : tensor<16x6xf32>, tensor<16x7xf32>) outs(%y : tensor<6x7xf32>) -> tensor<6x7xf32> {
    ^bb0(%a: tensor<16x6xf32>, %b: tensor<16x7xf32>, %out: tensor<6x7xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<6x7xf32>) -> tensor<6x7xf32>
      %p = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%a, %b : tensor<16x6xf32>, tensor<16x7xf32>) outs(%init : tensor<6x7xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<6x7xf32>
      sinter.yield %p : tensor<6x7xf32>
    }
    return %r : tensor<6x7xf32>
  }
}
