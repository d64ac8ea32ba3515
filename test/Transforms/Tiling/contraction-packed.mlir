// The lane operand is transposed into an aligned panel; accumulators rest between blocks of k.
// RUN: sinter-opt %s --sinter-emit-kernels --canonicalize --cse --split-input-file | FileCheck %s

module attributes {sinter.batch = 5 : i64} {
  func.func @blocks_of_k(%x: tensor<6x16xf32>, %w: tensor<8x16xf32>, %y: tensor<6x8xf32>) -> tensor<6x8xf32> {
    %r = sinter.kernel "blocks_of_k" schedule #sinter.schedule<contraction, tile = [3, 1, 2, 1, 1, 8, 1, 0, 0, 0], vector = 4, parallel = true>
        ins(%x, %w : tensor<6x16xf32>, tensor<8x16xf32>) outs(%y : tensor<6x8xf32>) -> tensor<6x8xf32> {
    ^bb0(%a: tensor<6x16xf32>, %b: tensor<8x16xf32>, %out: tensor<6x8xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<6x8xf32>) -> tensor<6x8xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<6x16xf32>, tensor<8x16xf32>) outs(%init : tensor<6x8xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<6x8xf32>
      sinter.yield %p : tensor<6x8xf32>
    }
    return %r : tensor<6x8xf32>
  }

  // CHECK-LABEL: func.func private @blocks_of_k_0(
  // CHECK-DAG: %[[REST:.*]] = memref.alloca() {alignment = 64 : i64} : memref<2x3x4xf32>
  // CHECK-DAG: %[[PANEL:.*]] = memref.alloca() {alignment = 64 : i64} : memref<12x4xf32>
  // A square of four loads, four stores, and log2(4) shuffles per vector.
  // CHECK-COUNT-4: vector.load
  // CHECK-COUNT-8: vector.shuffle
  // CHECK-COUNT-4: vector.store {{.*}}%[[PANEL]]
  // CHECK: vector.load %[[REST]]
  // CHECK: vector.load %[[PANEL]]
  // CHECK: scf.if
  // CHECK: else
  // CHECK-COUNT-3: vector.store {{.*}}%[[REST]]
}

// -----

module attributes {sinter.batch = 5 : i64} {
  func.func @lanes_along_the_batch(%x: tensor<?x16xf32>, %w: tensor<8x16xf32>, %y: tensor<?x8xf32>) -> tensor<?x8xf32> {
    %r = sinter.kernel "lanes_along_the_batch" schedule #sinter.schedule<contraction, tile = [4, 1, 2, 1, 1, 16, 1, 1, 0, 0], vector = 4, parallel = true>
        ins(%x, %w : tensor<?x16xf32>, tensor<8x16xf32>) outs(%y : tensor<?x8xf32>) -> tensor<?x8xf32> {
    ^bb0(%a: tensor<?x16xf32>, %b: tensor<8x16xf32>, %out: tensor<?x8xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<?x8xf32>) -> tensor<?x8xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<?x16xf32>, tensor<8x16xf32>) outs(%init : tensor<?x8xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<?x8xf32>
      sinter.yield %p : tensor<?x8xf32>
    }
    return %r : tensor<?x8xf32>
  }

  // The tile is transposed before it is stored; beyond the last row nothing is.
  // CHECK-LABEL: func.func private @lanes_along_the_batch_0(
  // CHECK: scf.for {{.*}} iter_args
  // CHECK-COUNT-8: vector.shuffle
  // CHECK-COUNT-4: vector.store
  // CHECK: arith.minui
  // CHECK: scf.for
  // CHECK: vector.store
}
