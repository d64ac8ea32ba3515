// Column kernels of wide blocks: rows are read as they lie.
// RUN: sinter-opt %s --sinter-emit-kernels --canonicalize --cse | FileCheck %s

#element = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
#column = affine_map<(i, j) -> (j)>
module attributes {sinter.batch = 5 : i64} {
  func.func @wide(%x: tensor<?x11xf32>, %mean: tensor<?xf32>, %e: tensor<11xf32>) -> tensor<11xf32> {
    %r = sinter.kernel "wide" schedule #sinter.schedule<column, tile = [8, 2], vector = 4, parallel = true>
        ins(%x, %mean : tensor<?x11xf32>, tensor<?xf32>) outs(%e : tensor<11xf32>) -> tensor<11xf32> {
    ^bb0(%a: tensor<?x11xf32>, %m: tensor<?xf32>, %o: tensor<11xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%o : tensor<11xf32>) -> tensor<11xf32>
      %y = linalg.generic {indexing_maps = [#element, #row, #column], iterator_types = ["reduction", "parallel"]}
          ins(%a, %m : tensor<?x11xf32>, tensor<?xf32>) outs(%init : tensor<11xf32>) {
      ^bb0(%v: f32, %w: f32, %u: f32):
        %d = arith.subf %v, %w : f32
        %z = arith.addf %u, %d : f32
        linalg.yield %z : f32
      } -> tensor<11xf32>
      sinter.yield %y : tensor<11xf32>
    }
    return %r : tensor<11xf32>
  }

  // Blocks of eight columns and one of three. Sums are in memory: two rows are added to each other, then to the sum of
  // their column; what belongs to a row is loaded in front of the loop over its columns.
  // CHECK-LABEL: func.func private @wide_0(
  // CHECK-SAME: %[[X:[^:]*]]: memref<5x11xf32>, %[[MEAN:[^:]*]]: memref<5xf32>, %[[E:[^:]*]]: memref<11xf32>, %[[ROWS:[^:]*]]: index
  // CHECK-DAG: %[[MASK:.*]] = arith.constant dense<[true, true, true, false]> : vector<4xi1>
  // CHECK-DAG: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<4xf32>
  // CHECK-DAG: %[[SUMS:.*]] = memref.alloca() {alignment = 64 : i64} : memref<8xf32>
  // CHECK: scf.for %[[FIRST:.*]] = %{{.*}} to %{{.*}} step %c8 {
  // CHECK-NEXT: scf.for %[[I:.*]] = %c0 to %c8 step %c4 {
  // CHECK-NEXT: vector.store %[[ZERO]], %[[SUMS]][%[[I]]]
  // CHECK-NEXT: }
  // CHECK-NEXT: arith.divsi %[[ROWS]], %c2
  // CHECK-NEXT: %[[WHOLE:.*]] = arith.muli
  // CHECK-NEXT: scf.for %[[ROW:.*]] = %c0 to %[[WHOLE]] step %c2 {
  // CHECK-NEXT: %[[NEXT:.*]] = arith.addi %[[ROW]], %c1
  // CHECK-NEXT: %[[M0:.*]] = memref.load %[[MEAN]][%[[ROW]]]
  // CHECK-NEXT: %[[M1:.*]] = memref.load %[[MEAN]][%[[NEXT]]]
  // CHECK-NEXT: scf.for %[[I:.*]] = %c0 to %c8 step %c4 {
  // CHECK-NEXT: %[[COLUMN:.*]] = arith.addi %[[FIRST]], %[[I]]
  // CHECK-NEXT: %[[X0:.*]] = vector.load %[[X]][%[[ROW]], %[[COLUMN]]]
  // CHECK-NEXT: %[[B0:.*]] = vector.broadcast %[[M0]]
  // CHECK-NEXT: %[[D0:.*]] = arith.subf %[[X0]], %[[B0]]
  // CHECK-NEXT: %[[X1:.*]] = vector.load %[[X]][%[[NEXT]], %[[COLUMN]]]
  // CHECK-NEXT: %[[B1:.*]] = vector.broadcast %[[M1]]
  // CHECK-NEXT: %[[D1:.*]] = arith.subf %[[X1]], %[[B1]]
  // CHECK-NEXT: %[[BEFORE:.*]] = vector.load %[[SUMS]][%[[I]]]
  // CHECK-NEXT: %[[PAIR:.*]] = arith.addf %[[D0]], %[[D1]]
  // CHECK-NEXT: %[[SUM:.*]] = arith.addf %[[BEFORE]], %[[PAIR]]
  // CHECK-NEXT: vector.store %[[SUM]], %[[SUMS]][%[[I]]]
  // CHECK: scf.for %{{.*}} = %[[WHOLE]] to %[[ROWS]] step %c1
  // CHECK: }
  // CHECK: }
  // CHECK: vector.load %[[SUMS]]
  // CHECK: vector.store %{{.*}}, %[[E]]
  // The narrower last block: one vector under a constant mask.
  // CHECK: scf.for %{{.*}} = %{{.*}} to %{{.*}} step %c8 {
  // CHECK: vector.maskedload %[[X]]{{.*}}, %[[MASK]]
  // CHECK: vector.maskedstore %[[E]]{{.*}}, %[[MASK]]
}
