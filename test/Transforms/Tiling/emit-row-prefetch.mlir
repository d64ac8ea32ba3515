// Long rows: while a pass computes with one, the next is asked for, which lies behind it. Not in the first pass, which waits
// for memory itself, and not for short rows.
// RUN: sinter-opt %s --sinter-emit-kernels --canonicalize --cse | FileCheck %s

#element = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
module attributes {sinter.batch = 8 : i64} {
  func.func @long(%x: tensor<?x64xf32>, %e: tensor<?x64xf32>) -> tensor<?x64xf32> {
    %r = sinter.kernel "long" schedule #sinter.schedule<row, tile = [2, 1, 1], vector = 4, parallel = true>
        ins(%x : tensor<?x64xf32>) outs(%e : tensor<?x64xf32>) -> tensor<?x64xf32> {
    ^bb0(%a: tensor<?x64xf32>, %o: tensor<?x64xf32>):
      %c0 = arith.constant 0 : index
      %rows = tensor.dim %a, %c0 : tensor<?x64xf32>
      %e0 = tensor.empty(%rows) : tensor<?xf32>
      %low = arith.constant 0xFF800000 : f32
      %init = linalg.fill ins(%low : f32) outs(%e0 : tensor<?xf32>) -> tensor<?xf32>
      %m = linalg.generic {indexing_maps = [#element, #row], iterator_types = ["parallel", "reduction"]}
          ins(%a : tensor<?x64xf32>) outs(%init : tensor<?xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.maximumf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<?xf32>
      %d = linalg.generic {indexing_maps = [#element, #row, #element], iterator_types = ["parallel", "parallel"]}
          ins(%a, %m : tensor<?x64xf32>, tensor<?xf32>) outs(%o : tensor<?x64xf32>) {
      ^bb0(%v: f32, %w: f32, %u: f32):
        %z = arith.subf %v, %w : f32
        linalg.yield %z : f32
      } -> tensor<?x64xf32>
      sinter.yield %d : tensor<?x64xf32>
    }
    return %r : tensor<?x64xf32>
  }
  func.func @short(%x: tensor<?x32xf32>, %e: tensor<?x32xf32>) -> tensor<?x32xf32> {
    %r = sinter.kernel "short" schedule #sinter.schedule<row, tile = [2, 1, 1], vector = 4, parallel = true>
        ins(%x : tensor<?x32xf32>) outs(%e : tensor<?x32xf32>) -> tensor<?x32xf32> {
    ^bb0(%a: tensor<?x32xf32>, %o: tensor<?x32xf32>):
      %c0 = arith.constant 0 : index
      %rows = tensor.dim %a, %c0 : tensor<?x32xf32>
      %e0 = tensor.empty(%rows) : tensor<?xf32>
      %low = arith.constant 0xFF800000 : f32
      %init = linalg.fill ins(%low : f32) outs(%e0 : tensor<?xf32>) -> tensor<?xf32>
      %m = linalg.generic {indexing_maps = [#element, #row], iterator_types = ["parallel", "reduction"]}
          ins(%a : tensor<?x32xf32>) outs(%init : tensor<?xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.maximumf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<?xf32>
      %d = linalg.generic {indexing_maps = [#element, #row, #element], iterator_types = ["parallel", "parallel"]}
          ins(%a, %m : tensor<?x32xf32>, tensor<?xf32>) outs(%o : tensor<?x32xf32>) {
      ^bb0(%v: f32, %w: f32, %u: f32):
        %z = arith.subf %v, %w : f32
        linalg.yield %z : f32
      } -> tensor<?x32xf32>
      sinter.yield %d : tensor<?x32xf32>
    }
    return %r : tensor<?x32xf32>
  }

  // CHECK-LABEL: func.func private @long_0(
  // CHECK-SAME: %[[X:[^:]*]]: memref<8x64xf32>
  // CHECK: scf.for %[[ROW:.*]] = %{{.*}} to
  // CHECK: scf.for
  // CHECK-NOT: memref.prefetch
  // CHECK: vector.reduction
  // CHECK: scf.for %[[J:.*]] = %{{.*}} to
  // CHECK: %[[NEXT:.*]] = arith.addi %[[J]], %c64
  // CHECK: memref.prefetch %[[X]][%[[ROW]], %[[NEXT]]], read, locality<3>, data : memref<8x64xf32>
  // CHECK-NOT: memref.prefetch
  // CHECK-LABEL: func.func private @short_1(
  // CHECK-NOT: memref.prefetch
}
