// Transpositions move squares of vectors. What the first loop has beyond whole squares is copied element by element, as
// squares may not reach into other work items; in other loops the last square overlaps the one before it.
// RUN: sinter-opt %s --sinter-plan-schedules --sinter-emit-kernels --canonicalize --cse | FileCheck %s

#ij = affine_map<(i, j) -> (i, j)>
#ji = affine_map<(i, j) -> (j, i)>
#ijk = affine_map<(i, j, k) -> (i, j, k)>
#ikj = affine_map<(i, j, k) -> (i, k, j)>
#ijkl = affine_map<(i, j, k, l) -> (i, j, k, l)>
#ikjl = affine_map<(i, j, k, l) -> (i, k, j, l)>
module attributes {sinter.batch = 20 : i64} {
  // CHECK-LABEL: func.func private @matrix_0(
  // CHECK-SAME: %[[X:[^:]*]]: memref<40x20xf32>, %[[Y:[^:]*]]: memref<20x40xf32>, %[[ROWS:[^:]*]]: index,
  // CHECK-SAME: #sinter.schedule<loops, tile = [104], vector = 8
  // CHECK: %[[REST:.*]] = arith.remui
  // CHECK: scf.for %[[I:.*]] = %{{.*}} to %[[WHOLE:.*]] step %c8
  // CHECK: scf.for %[[J:.*]] = %c0 to %c40 step %c8
  // CHECK: memref.prefetch %[[X]]
  // CHECK: vector.load %[[X]][%[[J]], %[[I]]] : memref<40x20xf32>, vector<8xf32>
  // CHECK: vector.shuffle
  // CHECK: vector.store %{{.*}}, %[[Y]][%[[I]], %[[J]]] : memref<20x40xf32>, vector<8xf32>
  // CHECK: scf.for %[[R:.*]] = %[[WHOLE]] to
  // CHECK: scf.for %[[S:.*]] = %c0 to %c40 step %c1
  // CHECK: %[[E:.*]] = memref.load %[[X]][%[[S]], %[[R]]]
  // CHECK: memref.store %[[E]], %[[Y]][%[[R]], %[[S]]]
  func.func @matrix(%x: tensor<40x?xf32>, %y: tensor<?x40xf32>) -> tensor<?x40xf32> {
    %r = sinter.kernel "matrix" ins(%x : tensor<40x?xf32>) outs(%y : tensor<?x40xf32>) -> tensor<?x40xf32> {
    ^bb0(%a: tensor<40x?xf32>, %o: tensor<?x40xf32>):
      %t = linalg.generic {indexing_maps = [#ji, #ij], iterator_types = ["parallel", "parallel"]}
          ins(%a : tensor<40x?xf32>) outs(%o : tensor<?x40xf32>) {
      ^bb0(%v: f32, %u: f32):
        linalg.yield %v : f32
      } -> tensor<?x40xf32>
      sinter.yield %t : tensor<?x40xf32>
    }
    return %r : tensor<?x40xf32>
  }

  // CHECK-LABEL: func.func private @inner_1(
  // CHECK-NOT: arith.remui
  // CHECK: scf.for %{{.*}} = %{{.*}} to %{{.*}} step %c1
  // CHECK: scf.for %[[J:.*]] = %c0 to %c12 step %c8
  // CHECK: %[[LAST:.*]] = arith.minui %[[J]], %c4
  // CHECK: vector.load
  // CHECK-NOT: memref.load
  func.func @inner(%x: tensor<?x16x12xf32>, %y: tensor<?x12x16xf32>) -> tensor<?x12x16xf32> {
    %r = sinter.kernel "inner" ins(%x : tensor<?x16x12xf32>) outs(%y : tensor<?x12x16xf32>) -> tensor<?x12x16xf32> {
    ^bb0(%a: tensor<?x16x12xf32>, %o: tensor<?x12x16xf32>):
      %t = linalg.generic {indexing_maps = [#ikj, #ijk], iterator_types = ["parallel", "parallel", "parallel"]}
          ins(%a : tensor<?x16x12xf32>) outs(%o : tensor<?x12x16xf32>) {
      ^bb0(%v: f32, %u: f32):
        linalg.yield %v : f32
      } -> tensor<?x12x16xf32>
      sinter.yield %t : tensor<?x12x16xf32>
    }
    return %r : tensor<?x12x16xf32>
  }

  // Shorter than a vector: plain loops.
  // CHECK-LABEL: func.func private @narrow_2(
  // CHECK-SAME: #sinter.schedule<loops, tile = [819], vector = 1,
  // CHECK-NOT: vector.load
  func.func @narrow(%x: tensor<5x?xf32>, %y: tensor<?x5xf32>) -> tensor<?x5xf32> {
    %r = sinter.kernel "narrow" ins(%x : tensor<5x?xf32>) outs(%y : tensor<?x5xf32>) -> tensor<?x5xf32> {
    ^bb0(%a: tensor<5x?xf32>, %o: tensor<?x5xf32>):
      %t = linalg.generic {indexing_maps = [#ji, #ij], iterator_types = ["parallel", "parallel"]}
          ins(%a : tensor<5x?xf32>) outs(%o : tensor<?x5xf32>) {
      ^bb0(%v: f32, %u: f32):
        linalg.yield %v : f32
      } -> tensor<?x5xf32>
      sinter.yield %t : tensor<?x5xf32>
    }
    return %r : tensor<?x5xf32>
  }

  // The last dimension stays: rows are copied by vectors, those of 16 bytes at least.
  // CHECK-LABEL: func.func private @rows_3(
  // CHECK-SAME: %[[X:[^:]*]]: memref<20x6x3x12xf32>, %[[Y:[^:]*]]: memref<20x3x6x12xf32>,
  // CHECK-SAME: #sinter.schedule<map, tile = [
  // CHECK: scf.for %[[ROW:.*]] =
  // CHECK: %[[K:.*]] = arith.remui %[[ROW]], %c6
  // CHECK: %[[J:.*]] = arith.remui %{{.*}}, %c3
  // CHECK: %[[I:.*]] = arith.divui %{{.*}}, %c3
  // CHECK: %[[V:.*]] = vector.load %[[X]][%[[I]], %[[K]], %[[J]], %[[AT:.*]]] : memref<20x6x3x12xf32>, vector<8xf32>
  // CHECK: vector.store %[[V]], %[[Y]][%[[I]], %[[J]], %[[K]], %[[AT]]]
  // CHECK-NOT: memref.load
  // CHECK-LABEL: func.func private @pairs_4(
  // CHECK-SAME: #sinter.schedule<loops,
  func.func @rows(%x: tensor<?x6x3x12xf32>, %y: tensor<?x3x6x12xf32>) -> tensor<?x3x6x12xf32> {
    %r = sinter.kernel "rows" ins(%x : tensor<?x6x3x12xf32>) outs(%y : tensor<?x3x6x12xf32>) -> tensor<?x3x6x12xf32> {
    ^bb0(%a: tensor<?x6x3x12xf32>, %o: tensor<?x3x6x12xf32>):
      %t = linalg.generic {indexing_maps = [#ikjl, #ijkl], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
          ins(%a : tensor<?x6x3x12xf32>) outs(%o : tensor<?x3x6x12xf32>) {
      ^bb0(%v: f32, %u: f32):
        linalg.yield %v : f32
      } -> tensor<?x3x6x12xf32>
      sinter.yield %t : tensor<?x3x6x12xf32>
    }
    return %r : tensor<?x3x6x12xf32>
  }
  func.func @pairs(%x: tensor<?x6x3x2xf32>, %y: tensor<?x3x6x2xf32>) -> tensor<?x3x6x2xf32> {
    %r = sinter.kernel "pairs" ins(%x : tensor<?x6x3x2xf32>) outs(%y : tensor<?x3x6x2xf32>) -> tensor<?x3x6x2xf32> {
    ^bb0(%a: tensor<?x6x3x2xf32>, %o: tensor<?x3x6x2xf32>):
      %t = linalg.generic {indexing_maps = [#ikjl, #ijkl], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
          ins(%a : tensor<?x6x3x2xf32>) outs(%o : tensor<?x3x6x2xf32>) {
      ^bb0(%v: f32, %u: f32):
        linalg.yield %v : f32
      } -> tensor<?x3x6x2xf32>
      sinter.yield %t : tensor<?x3x6x2xf32>
    }
    return %r : tensor<?x3x6x2xf32>
  }

  // Halves are moved as integers.
  // CHECK-LABEL: func.func private @halves_5(
  // CHECK-SAME: #sinter.schedule<loops, tile = [{{[0-9]+}}], vector = 8
  // CHECK: %[[V:.*]] = vector.load %{{.*}} : memref<40x24xbf16>, vector<8xbf16>
  // CHECK: vector.bitcast %[[V]] : vector<8xbf16> to vector<8xi16>
  // CHECK-COUNT-24: vector.shuffle {{.*}} : vector<8xi16>, vector<8xi16>
  // CHECK-NOT: vector.shuffle
  // CHECK: vector.bitcast %{{.*}} : vector<8xi16> to vector<8xbf16>
  // CHECK: vector.store
  func.func @halves(%x: tensor<40x24xbf16>, %y: tensor<24x40xbf16>) -> tensor<24x40xbf16> {
    %r = sinter.kernel "halves" ins(%x : tensor<40x24xbf16>) outs(%y : tensor<24x40xbf16>) -> tensor<24x40xbf16> {
    ^bb0(%a: tensor<40x24xbf16>, %o: tensor<24x40xbf16>):
      %t = linalg.generic {indexing_maps = [#ji, #ij], iterator_types = ["parallel", "parallel"]}
          ins(%a : tensor<40x24xbf16>) outs(%o : tensor<24x40xbf16>) {
      ^bb0(%v: bf16, %u: bf16):
        linalg.yield %v : bf16
      } -> tensor<24x40xbf16>
      sinter.yield %t : tensor<24x40xbf16>
    }
    return %r : tensor<24x40xbf16>
  }
}
