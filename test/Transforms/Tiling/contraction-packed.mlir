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
      %n = linalg.generic {indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m, n)>], iterator_types = ["parallel", "parallel"]}
          ins(%p : tensor<6x8xf32>) outs(%out : tensor<6x8xf32>) {
      ^bb0(%l: f32, %o: f32):
        %g = arith.negf %l : f32
        linalg.yield %g : f32
      } -> tensor<6x8xf32>
      sinter.yield %n : tensor<6x8xf32>
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
  func.func @rows_along_the_batch(%x: tensor<?x16xf32>, %w: tensor<8x16xf32>, %y: tensor<?x8xf32>) -> tensor<?x8xf32> {
    %r = sinter.kernel "rows_along_the_batch" schedule #sinter.schedule<contraction, tile = [2, 1, 1, 1, 1, 16, 1, 0, 0, 0], vector = 4, parallel = true>
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

  // Items of one panel follow each other, as many as the batch has groups of rows; a thread packs it once for all of them.
  // CHECK-LABEL: func.func private @rows_along_the_batch_0(
  // CHECK-SAME: %[[BATCH:[^:]*]]: index, %[[LO:.*]]: index, %[[HI:.*]]: index)
  // CHECK: %[[PAST:.*]] = arith.addi %[[BATCH]], %c1
  // CHECK: %[[GROUPS:.*]] = arith.divui %[[PAST]], %c2
  // CHECK: scf.for %[[SAME:.*]] =
  // CHECK: %[[FIRST:.*]] = arith.muli %[[SAME]], %[[GROUPS]]
  // CHECK: %[[FROM:.*]] = arith.subi %[[LO]], %[[FIRST]]
  // CHECK: %[[BEGIN:.*]] = arith.maxsi %[[FROM]], %c0
  // CHECK: %[[TO:.*]] = arith.subi %[[HI]], %[[FIRST]]
  // CHECK: %[[END:.*]] = arith.minsi %[[TO]], %[[GROUPS]]
  // CHECK-COUNT-8: vector.shuffle
  // CHECK-COUNT-4: vector.store
  // CHECK: scf.for %{{.*}} = %[[BEGIN]] to
  // CHECK: scf.for {{.*}} iter_args
}

// -----

module attributes {sinter.batch = 5 : i64} {
  func.func @lanes_along_the_batch(%x: tensor<?x16xf32>, %w: tensor<8x16xf32>, %y: tensor<?x8xf32>) -> tensor<?x8xf32> {
    %r = sinter.kernel "lanes_along_the_batch" schedule #sinter.schedule<contraction, tile = [4, 1, 1, 1, 1, 16, 1, 1, 0, 0], vector = 4, parallel = true>
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

  // One loop for full panels and the last one. The panel is packed once for all work items of it that a call has, lanes
  // beyond the last row from that row. The tile is transposed before it is stored, and only `valid` rows of it are.
  // CHECK-LABEL: func.func private @lanes_along_the_batch_0(
  // CHECK-SAME: %{{.*}}: index, %[[LO:.*]]: index, %[[HI:.*]]: index)
  // CHECK: scf.for %[[SAME:.*]] =
  // CHECK: %[[FIRST:.*]] = arith.muli %[[SAME]]
  // CHECK: %[[FROM:.*]] = arith.subi %[[LO]], %[[FIRST]]
  // CHECK: %[[TO:.*]] = arith.subi %[[HI]], %[[FIRST]]
  // CHECK: %[[VALID:.*]] = arith.minui %{{.*}}, %c4
  // CHECK: scf.for
  // CHECK: %[[LAST:.*]] = arith.addi %[[VALID]], %c-1
  // CHECK: vector.load
  // CHECK: arith.minui %[[LAST]]
  // CHECK-COUNT-3: vector.load
  // CHECK-COUNT-8: vector.shuffle
  // CHECK-COUNT-4: vector.store
  // CHECK: scf.for
  // CHECK: scf.for {{.*}} iter_args
  // CHECK-COUNT-8: vector.shuffle
  // CHECK-COUNT-4: vector.store
  // CHECK: scf.for %{{.*}} = %c0{{.*}} to %[[VALID]]
  // CHECK-NEXT: vector.load
  // CHECK-NEXT: vector.store
}

// -----

// Two vectors of lanes, and 19 steps of k: a loop over the vectors; the last square begins at 15, over a part of the one
// before. The tile goes through memory to be transposed vector by vector.
module attributes {sinter.batch = 5 : i64} {
  func.func @two_vectors(%x: tensor<?x19xf32>, %w: tensor<8x19xf32>, %y: tensor<?x8xf32>) -> tensor<?x8xf32> {
    %r = sinter.kernel "two_vectors" schedule #sinter.schedule<contraction, tile = [4, 2, 0, 1, 1, 19, 1, 1, 0, 0], vector = 4, parallel = true>
        ins(%x, %w : tensor<?x19xf32>, tensor<8x19xf32>) outs(%y : tensor<?x8xf32>) -> tensor<?x8xf32> {
    ^bb0(%a: tensor<?x19xf32>, %b: tensor<8x19xf32>, %out: tensor<?x8xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<?x8xf32>) -> tensor<?x8xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<?x19xf32>, tensor<8x19xf32>) outs(%init : tensor<?x8xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<?x8xf32>
      sinter.yield %p : tensor<?x8xf32>
    }
    return %r : tensor<?x8xf32>
  }

  // CHECK-LABEL: func.func private @two_vectors_0(
  // CHECK-DAG: %[[PANEL:.*]] = memref.alloca() {alignment = 64 : i64} : memref<24x8xf32>
  // CHECK-DAG: %[[ROWS:.*]] = memref.alloca() {alignment = 64 : i64} : memref<4x8xf32>
  // CHECK-DAG: %[[TILE:.*]] = memref.alloca() {alignment = 64 : i64} : memref<8x4xf32>
  // CHECK: scf.for %[[STEP:.*]] = %c0{{.*}} to %c19{{.*}} step %c4
  // CHECK: %[[K:.*]] = arith.minui %[[STEP]], %c15
  // CHECK: scf.for %[[V:.*]] = %c0{{.*}} to %c2
  // CHECK-COUNT-4: vector.load {{.*}}%[[K]]]
  // CHECK-COUNT-8: vector.shuffle
  // CHECK-COUNT-4: vector.store {{.*}}%[[PANEL]]
  // CHECK-NOT: vector.maskedload
  // CHECK: scf.for {{.*}} iter_args
  // CHECK-COUNT-8: vector.store {{.*}}%[[ROWS]]
  // CHECK: scf.for
  // CHECK-COUNT-4: vector.load %[[ROWS]]
  // CHECK-COUNT-8: vector.shuffle
  // CHECK-COUNT-4: vector.store {{.*}}%[[TILE]]
}
