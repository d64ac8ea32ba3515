// Rows of several dimensions: where everything keeps them together they are walked as rows of a matrix; where something is read
// by one of their dimensions, the coordinates of a row are found once for the row.
// RUN: sinter-opt %s --sinter-emit-kernels --canonicalize --cse | FileCheck %s

// CHECK-LABEL: func.func private @places_0(
// CHECK-SAME: %[[X:[^:]*]]: memref<5x3x8xf32>, %[[Y:[^:]*]]: memref<5x3xf32>, %[[E:[^:]*]]: memref<8xf32>, %[[ROWS:[^:]*]]: index
// CHECK-DAG: %[[Y1:.*]] = memref.collapse_shape %[[Y]] {{\[\[}}0, 1]] : memref<5x3xf32> into memref<15xf32>
// CHECK-DAG: %[[X1:.*]] = memref.collapse_shape %[[X]] {{\[\[}}0, 1], [2]] : memref<5x3x8xf32> into memref<15x8xf32>
// CHECK: %[[COUNT:.*]] = arith.muli %[[ROWS]], %c3
// CHECK: scf.for %[[ROW:.*]] = %c0 to %{{.*}} step %c2
// CHECK-NEXT: vector.load %[[X1]][%[[ROW]], %{{.*}}]
// CHECK-NEXT: memref.load %[[Y1]][%[[ROW]]]
// CHECK-NOT: arith.divui
// CHECK: vector.store %{{.*}}, %[[E]]

// CHECK-LABEL: func.func private @by_place_1(
// CHECK-SAME: %[[X:[^:]*]]: memref<5x3x8xf32>, %[[Y:[^:]*]]: memref<3x8xf32>
// CHECK: scf.for %[[ROW:.*]] = %c0 to %{{.*}} step %c2
// CHECK-NEXT: %[[PLACE:.*]] = arith.remui %[[ROW]], %c3
// CHECK-NEXT: %[[BATCH:.*]] = arith.divui %[[ROW]], %c3
// CHECK: scf.for
// CHECK: vector.load %[[X]][%[[BATCH]], %[[PLACE]], %[[COLUMN:.*]]]
// CHECK-NEXT: vector.load %[[Y]][%[[PLACE]], %[[COLUMN]]]
#element = affine_map<(i, j, k) -> (i, j, k)>
#ofRow = affine_map<(i, j, k) -> (i, j)>
#ofPlace = affine_map<(i, j, k) -> (j, k)>
#column = affine_map<(i, j, k) -> (k)>
module attributes {sinter.batch = 5 : i64} {
  func.func @places(%x: tensor<?x3x8xf32>, %y: tensor<?x3xf32>, %e: tensor<8xf32>) -> tensor<8xf32> {
    %r = sinter.kernel "places" schedule #sinter.schedule<column, tile = [8, 0], vector = 4, parallel = true>
        ins(%x, %y : tensor<?x3x8xf32>, tensor<?x3xf32>) outs(%e : tensor<8xf32>) -> tensor<8xf32> {
    ^bb0(%a: tensor<?x3x8xf32>, %b: tensor<?x3xf32>, %o: tensor<8xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%o : tensor<8xf32>) -> tensor<8xf32>
      %s = linalg.generic {indexing_maps = [#element, #ofRow, #column], iterator_types = ["reduction", "reduction", "parallel"]}
          ins(%a, %b : tensor<?x3x8xf32>, tensor<?x3xf32>) outs(%init : tensor<8xf32>) {
      ^bb0(%v: f32, %w: f32, %u: f32):
        %m = arith.mulf %v, %w : f32
        %z = arith.addf %u, %m : f32
        linalg.yield %z : f32
      } -> tensor<8xf32>
      sinter.yield %s : tensor<8xf32>
    }
    return %r : tensor<8xf32>
  }
  func.func @by_place(%x: tensor<?x3x8xf32>, %y: tensor<3x8xf32>, %e: tensor<8xf32>) -> tensor<8xf32> {
    %r = sinter.kernel "by_place" schedule #sinter.schedule<column, tile = [8, 2], vector = 4, parallel = true>
        ins(%x, %y : tensor<?x3x8xf32>, tensor<3x8xf32>) outs(%e : tensor<8xf32>) -> tensor<8xf32> {
    ^bb0(%a: tensor<?x3x8xf32>, %b: tensor<3x8xf32>, %o: tensor<8xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%o : tensor<8xf32>) -> tensor<8xf32>
      %s = linalg.generic {indexing_maps = [#element, #ofPlace, #column], iterator_types = ["reduction", "reduction", "parallel"]}
          ins(%a, %b : tensor<?x3x8xf32>, tensor<3x8xf32>) outs(%init : tensor<8xf32>) {
      ^bb0(%v: f32, %w: f32, %u: f32):
        %m = arith.mulf %v, %w : f32
        %z = arith.addf %u, %m : f32
        linalg.yield %z : f32
      } -> tensor<8xf32>
      sinter.yield %s : tensor<8xf32>
    }
    return %r : tensor<8xf32>
  }
}
