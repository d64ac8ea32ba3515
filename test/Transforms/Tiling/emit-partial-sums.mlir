// A work item adds up columns in its own row of the output, cleared before: rows together first, which are loaded and stored
// once; then rows that are left over. There are as many items as parts, however many rows a call has.
// RUN: sinter-opt %s --sinter-emit-kernels --canonicalize --cse | FileCheck %s

#element = affine_map<(i, j) -> (i, j)>
#part = affine_map<(i, j) -> (i floordiv 4, j)>
// CHECK: #[[ITEMS:.*]] = affine_map<(d0) -> (2)>
// CHECK: sinter.launch @sums_0 items #[[ITEMS]] parallel
// CHECK-LABEL: func.func private @sums_0(
// CHECK-SAME: %[[X:[^:]*]]: memref<7x6xf32>, %[[P:[^:]*]]: memref<2x6xf32>, %[[ROWS:[^:]*]]: index, %[[LO:[^:]*]]: index, %[[HI:[^:]*]]: index
// CHECK: scf.for %[[ITEM:.*]] = %[[LO]] to %[[HI]]
// CHECK:   vector.store %[[ZERO:[^,]*]], %[[P]][%[[ITEM]], %{{.*}}]
// CHECK:   vector.maskedstore %[[P]][%[[ITEM]], %{{.*}}], %[[MASK:[^,]*]], %[[ZERO]]
// CHECK:   arith.minsi %{{.*}}, %[[ROWS]]
// CHECK:   arith.minsi %{{.*}}, %[[ROWS]]
// CHECK:   scf.for %[[ROW:.*]] =
// CHECK:     %[[A:.*]] = vector.load %[[X]][%[[ROW]],
// CHECK:     %[[B:.*]] = vector.load %[[X]][
// CHECK:     %[[BEFORE:.*]] = vector.load %[[P]][%[[ITEM]],
// CHECK:     %[[BOTH:.*]] = arith.addf %[[A]], %[[B]]
// CHECK:     %[[SUM:.*]] = arith.addf %[[BEFORE]], %[[BOTH]]
// CHECK:     vector.store %[[SUM]], %[[P]][%[[ITEM]],
// CHECK:     vector.maskedload %[[P]][%[[ITEM]], %{{.*}}], %[[MASK]]
// CHECK:     vector.maskedstore %[[P]][%[[ITEM]],
// CHECK:   scf.for
// CHECK:     vector.load %[[X]]
// CHECK:     vector.load %[[P]]
// CHECK:     vector.store %{{.*}}, %[[P]]
module attributes {sinter.batch = 7 : i64} {
func.func @sums(%x: tensor<?x6xf32>, %e: tensor<2x6xf32>) -> tensor<2x6xf32> {
  %r = sinter.kernel "sums" schedule #sinter.schedule<row, tile = [4, 2, 1], vector = 4, parallel = true>
      ins(%x : tensor<?x6xf32>) outs(%e : tensor<2x6xf32>) -> tensor<2x6xf32> {
  ^bb0(%a: tensor<?x6xf32>, %o: tensor<2x6xf32>):
    %start = arith.constant 0.0 : f32
    %init = linalg.fill ins(%start : f32) outs(%o : tensor<2x6xf32>) -> tensor<2x6xf32>
    %p = linalg.generic {indexing_maps = [#element, #part], iterator_types = ["reduction", "parallel"]}
        ins(%a : tensor<?x6xf32>) outs(%init : tensor<2x6xf32>) {
    ^bb0(%v: f32, %u: f32):
      %z = arith.addf %u, %v : f32
      linalg.yield %z : f32
    } -> tensor<2x6xf32>
    sinter.yield %p : tensor<2x6xf32>
  }
  return %r : tensor<2x6xf32>
}
}
