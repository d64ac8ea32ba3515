// Columns of a product's result are added up while its tiles are at hand, over parts of 4 of at most 7 rows, tile by tile in
// a buffer; the last tile of a part stores its row of sums. Work items are whole parts, also for rows that a call does not
// have: they leave zeros.
// RUN: sinter-opt %s --sinter-emit-kernels --canonicalize --cse | FileCheck %s
// RUN: sed 's/tile = .2, 1, 2, 1, 1, 5, 0, 0, 0, 0./tile = [3, 1, 1, 1, 1, 5, 1, 1, 0, 0]/' %s | sinter-opt --sinter-emit-kernels --canonicalize --cse | FileCheck %s --check-prefix=SWAPPED

// Parts without rows, under a mask for the columns of the item.
// CHECK: #[[ITEMS:.*]] = affine_map<(d0) -> (4)>
// CHECK: sinter.launch @sums_0 items #[[ITEMS]] parallel
// CHECK-LABEL: func.func private @sums_0(
// CHECK-SAME: %[[OUT:[^:]*]]: memref<7x6xf32>, %[[P:[^:]*]]: memref<2x6xf32>, %[[ROWS:[^:]*]]: index, %[[LO:[^:]*]]: index, %[[HI:[^:]*]]: index
// CHECK: %[[SUMS:.*]] = memref.alloca() {{.*}} : memref<8xf32>
// CHECK: scf.for %[[ITEM:.*]] = %[[LO]] to %[[HI]]
// CHECK:   %[[PART:.*]] = arith.remui %[[ITEM]], %c2
// CHECK:   %[[UP:.*]] = arith.addi %[[ROWS]], %c3
// CHECK:   %[[PARTS:.*]] = arith.divui %[[UP]], %c4
// CHECK:   %[[FIRST:.*]] = arith.maxui %[[PART]], %[[PARTS]]
// CHECK:   scf.for %[[EMPTY:.*]] = %[[FIRST]]
// CHECK:     scf.for %[[COLUMN:.*]] =
// CHECK:       vector.maskedstore %[[P]][%[[EMPTY]], %[[COLUMN]]], %{{.*}}, %[[ZERO:.*]] :
// CHECK:   %[[HAS:.*]] = arith.cmpi ult, %[[PART]], %[[PARTS]]
// CHECK:   scf.if %[[HAS]] {
// A tile of two rows: both are stored and added up.
// CHECK:         %[[A:.*]] = arith.addf %[[ROW:.*]], %[[ZERO]]
// CHECK-NEXT:    vector.store %[[ROW]],
// CHECK-NEXT:    %[[B:.*]] = arith.addf %[[A]], %[[ROW:.*]] :
// CHECK-NEXT:    vector.store %[[ROW]],
// CHECK:         %[[IN:.*]] = arith.remui %[[M:.*]], %c4
// CHECK:         %[[BEGINS:.*]] = arith.cmpi eq, %[[IN]], %c0
// CHECK:         %[[WHOLE:.*]] = arith.cmpi eq, %{{.*}}, %c0
// CHECK:         %[[END:.*]] = arith.cmpi eq, %{{.*}}, %[[ROWS]]
// CHECK:         %[[ENDS:.*]] = arith.ori %[[WHOLE]], %[[END]]
// CHECK:         %[[PLACE:.*]] = memref.reinterpret_cast %[[SUMS]]
// CHECK:         %[[LAST:.*]] = vector.load %[[PLACE]]
// CHECK:         %[[BEFORE:.*]] = arith.select %[[BEGINS]], %[[ZERO]], %[[LAST]]
// CHECK:         %[[AFTER:.*]] = arith.addf %[[BEFORE]], %[[B]]
// CHECK:         vector.store %[[AFTER]], %[[PLACE]]
// CHECK:         scf.if %[[ENDS]] {
// CHECK:           %[[AT:.*]] = arith.divui %[[M]], %c4
// CHECK:           vector.store %[[AFTER]], %[[P]][%[[AT]],
// The second panel has two lanes: only what becomes of the sums is under a mask.
// CHECK:         vector.load %{{.*}} : memref<8x8xf32, strided<[4, 1], offset: 4>>
// CHECK:         vector.store %[[AFTER:[^,]*]], %{{.*}} : memref<8x8xf32, strided<[4, 1], offset: 4>>
// CHECK:           vector.maskedstore %[[P]][%{{.*}}, %{{.*}}], %{{.*}}, %[[AFTER]]

// Where lanes run along the rows, the tile of 4 x 3 is transposed first; rows that are not there are not added.
// SWAPPED-LABEL: func.func private @sums_0(
// SWAPPED-SAME: %[[OUT:[^:]*]]: memref<7x6xf32>, %[[P:[^:]*]]: memref<2x6xf32>, %[[ROWS:[^:]*]]: index
// SWAPPED: %[[VALID:.*]] = arith.minui %{{.*}}, %c4
// SWAPPED: %[[SUM:.*]] = scf.for %[[ROW:.*]] = %c0 to %[[VALID]] step %c1 iter_args(%[[SOFAR:.*]] = %[[ZERO:.*]]) -> (vector<4xf32>) {
// SWAPPED:   %[[ELEMENTS:.*]] = vector.load %{{.*}}[%[[ROW]], %c0]
// SWAPPED:   %[[NEXT:.*]] = arith.addf %[[SOFAR]], %[[ELEMENTS]]
// SWAPPED:   vector.maskedstore %{{.*}}[%[[ROW]], %c0], %[[MASK:.*]], %[[ELEMENTS]]
// SWAPPED:   scf.yield %[[NEXT]]
// SWAPPED: %[[AFTER:.*]] = arith.addf %{{.*}}, %[[SUM]]
// SWAPPED: scf.if
// SWAPPED:   vector.maskedstore %[[P]][%{{.*}}, %{{.*}}], %[[MASK]], %[[AFTER]]

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
#element = affine_map<(i, j) -> (i, j)>
#part = affine_map<(i, j) -> (i floordiv 4, j)>
module attributes {sinter.batch = 7 : i64} {
func.func @sums(%x: tensor<?x5xf32>, %w: tensor<5x6xf32>, %y: tensor<?x6xf32>, %e: tensor<2x6xf32>) -> (tensor<?x6xf32>, tensor<2x6xf32>) {
  %r:2 = sinter.kernel "sums" schedule #sinter.schedule<contraction, tile = [2, 1, 2, 1, 1, 5, 0, 0, 0, 0], vector = 4, parallel = true>
      ins(%x, %w : tensor<?x5xf32>, tensor<5x6xf32>) outs(%y, %e : tensor<?x6xf32>, tensor<2x6xf32>) -> tensor<?x6xf32>, tensor<2x6xf32> {
  ^bb0(%a: tensor<?x5xf32>, %b: tensor<5x6xf32>, %out: tensor<?x6xf32>, %o: tensor<2x6xf32>):
    %zero = arith.constant 0.0 : f32
    %init = linalg.fill ins(%zero : f32) outs(%out : tensor<?x6xf32>) -> tensor<?x6xf32>
    %p = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%a, %b : tensor<?x5xf32>, tensor<5x6xf32>) outs(%init : tensor<?x6xf32>) {
    ^bb0(%l: f32, %q: f32, %c: f32):
      %m = arith.mulf %l, %q : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> tensor<?x6xf32>
    %start = linalg.fill ins(%zero : f32) outs(%o : tensor<2x6xf32>) -> tensor<2x6xf32>
    %t = linalg.generic {indexing_maps = [#element, #part], iterator_types = ["reduction", "parallel"]}
        ins(%p : tensor<?x6xf32>) outs(%start : tensor<2x6xf32>) {
    ^bb0(%v: f32, %u: f32):
      %z = arith.addf %u, %v : f32
      linalg.yield %z : f32
    } -> tensor<2x6xf32>
    sinter.yield %p, %t : tensor<?x6xf32>, tensor<2x6xf32>
  }
  return %r#0, %r#1 : tensor<?x6xf32>, tensor<2x6xf32>
}
}
