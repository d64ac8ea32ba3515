// Accumulators in registers, vectors of the right operand where they lie, scalars of the left one broadcast.
// RUN: sinter-opt %s --sinter-emit-kernels --canonicalize --cse | FileCheck %s

module attributes {sinter.batch = 5 : i64} {
  func.func @remainders(%x: tensor<?x6xf32>, %w: tensor<6x11xf32>, %y: tensor<?x11xf32>) -> tensor<?x11xf32> {
    %r = sinter.kernel "remainders" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 6, 0, 0, 0, 0], vector = 4, parallel = true>
        ins(%x, %w : tensor<?x6xf32>, tensor<6x11xf32>) outs(%y : tensor<?x11xf32>) -> tensor<?x11xf32> {
    ^bb0(%a: tensor<?x6xf32>, %b: tensor<6x11xf32>, %out: tensor<?x11xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<?x11xf32>) -> tensor<?x11xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<?x6xf32>, tensor<6x11xf32>) outs(%init : tensor<?x11xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<?x11xf32>
      sinter.yield %p : tensor<?x11xf32>
    }
    return %r : tensor<?x11xf32>
  }

  // Two row tiles of 2 by one panel of 8 columns per item; the last panel is 3 wide, under a constant mask.
  // CHECK: sinter.launch @remainders_0 items #[[ITEMS:.*]] parallel
  // CHECK-LABEL: func.func private @remainders_0(
  // CHECK-SAME: %[[X:.*]]: memref<5x6xf32>, %[[W:.*]]: memref<6x11xf32>, %[[Y:.*]]: memref<5x11xf32>, %[[ROWS:.*]]: index, %[[LO:.*]]: index, %[[HI:.*]]: index)
  // CHECK: %[[LAST:.*]] = arith.constant dense<[true, true, true, false]>
  // CHECK: scf.for %{{.*}} = %[[LO]] to %[[HI]]
  // CHECK: scf.for {{.*}} iter_args({{.*}}) -> (vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>)
  // CHECK-COUNT-2: vector.load {{.*}}, vector<4xf32>
  // CHECK: memref.load
  // CHECK: vector.broadcast
  // CHECK-COUNT-2: vector.fma
  // CHECK: memref.load
  // CHECK-COUNT-2: vector.fma
  // CHECK: scf.yield
  // CHECK-COUNT-4: vector.store
  // CHECK: vector.maskedload {{.*}}%[[LAST]]
  // CHECK: vector.maskedstore {{.*}}%[[LAST]]
}
