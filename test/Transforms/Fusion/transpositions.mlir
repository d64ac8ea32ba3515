// Products write their results, and read operands, in the order of dimensions that a transposition behind or before
// them would give these.
// RUN: sinter-opt %s --sinter-fuse-kernels | FileCheck %s
// RUN: sinter-opt %s --sinter-fuse-kernels --remark-policy=all --remarks-filter=fusion -o /dev/null 2>&1 \
// RUN:   | FileCheck %s --check-prefix=REMARK
// RUN: sinter-opt %s --sinter-fuse-kernels=without=transpositions | FileCheck %s --check-prefix=APART

// REMARK: [Passed] transposition {{.*}} Function=result | Cycles={{[0-9]+}}, CyclesApart={{[0-9]+}}, Remark="a product reads or writes a tensor as it lies instead of a transposed copy"
// REMARK-NOT: transposition {{.*}} Function=read_by_others
// REMARK-NOT: transposition {{.*}} Function=no_neighbours

#lhs = affine_map<(b, h, t, d, s) -> (b, h, t, s)>
#rhs = affine_map<(b, h, t, d, s) -> (b, h, d, s)>
#out = affine_map<(b, h, t, d, s) -> (b, h, t, d)>
#swapped = affine_map<(b, t, h, d) -> (b, h, t, d)>
#last = affine_map<(t, d, b, h) -> (b, h, t, d)>
#all = affine_map<(a, b, c, d) -> (a, b, c, d)>
// CHECK-DAG: #[[LHS:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d2, d1, d4)>
// CHECK-DAG: #[[RHS:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d2, d3, d4)>
// CHECK-DAG: #[[OUT:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>
!heads = tensor<?x6x64x64xf32>
!times = tensor<?x64x6x64xf32>
module attributes {sinter.batch = 8 : i64} {
  // The loops of the product are in the order of its new result, so what follows may be its epilogue.
  // CHECK-LABEL: func.func @result(
  // CHECK: sinter.kernel
  // CHECK: linalg.generic {indexing_maps = [#[[LHS]], #[[RHS]], #[[OUT]]], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]}
  // CHECK-SAME: outs({{.*}} : tensor<?x64x6x64xf32>)
  // CHECK: math.tanh
  // CHECK-NOT: sinter.kernel
  // CHECK: return
  // APART-LABEL: func.func @result(
  // APART-COUNT-3: sinter.kernel
  // APART: return
  func.func @result(%x: !heads, %y: !heads) -> !times {
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0.0 : f32
    %rows = tensor.dim %x, %c0 : !heads
    %e = tensor.empty(%rows) : !heads
    %init = linalg.fill ins(%zero : f32) outs(%e : !heads) -> !heads
    %p = linalg.generic {indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]}
        ins(%x, %y : !heads, !heads) outs(%init : !heads) {
    ^bb0(%l: f32, %r: f32, %c: f32):
      %m = arith.mulf %l, %r : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> !heads
    %f = tensor.empty(%rows) : !times
    %t = linalg.generic {indexing_maps = [#swapped, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
        ins(%p : !heads) outs(%f : !times) {
    ^bb0(%in: f32, %o: f32):
      linalg.yield %in : f32
    } -> !times
    %g = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
        ins(%t : !times) outs(%f : !times) {
    ^bb0(%in: f32, %o: f32):
      %h = math.tanh %in : f32
      linalg.yield %h : f32
    } -> !times
    return %g : !times
  }

  // Both products read the tensor as it lies.
  // CHECK-LABEL: func.func @operands(
  // CHECK-SAME: %[[X:[^:]*]]: tensor<?x64x6x64xf32>
  // CHECK: sinter.kernel {{.*}} ins(%[[X]] :
  // CHECK: linalg.generic {indexing_maps = [#[[LHS]],
  // CHECK: sinter.kernel {{.*}} ins(%[[X]], %{{.*}} :
  // CHECK: linalg.generic {indexing_maps = [#[[LHS]],
  // CHECK-NOT: sinter.kernel
  // CHECK: return
  func.func @operands(%x: !times, %y: !heads) -> (!heads, !heads) {
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0.0 : f32
    %rows = tensor.dim %x, %c0 : !times
    %e = tensor.empty(%rows) : !heads
    %t = linalg.generic {indexing_maps = [affine_map<(b, h, t, d) -> (b, t, h, d)>, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
        ins(%x : !times) outs(%e : !heads) {
    ^bb0(%in: f32, %o: f32):
      linalg.yield %in : f32
    } -> !heads
    %init = linalg.fill ins(%zero : f32) outs(%e : !heads) -> !heads
    %p = linalg.generic {indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]}
        ins(%t, %t : !heads, !heads) outs(%init : !heads) {
    ^bb0(%l: f32, %r: f32, %c: f32):
      %m = arith.mulf %l, %r : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> !heads
    %q = linalg.generic {indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]}
        ins(%t, %y : !heads, !heads) outs(%init : !heads) {
    ^bb0(%l: f32, %r: f32, %c: f32):
      %m = arith.mulf %l, %r : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> !heads
    return %p, %q : !heads, !heads
  }

  // The product's own result is needed too.
  // CHECK-LABEL: func.func @read_by_others(
  // CHECK-COUNT-2: sinter.kernel
  // CHECK: return
  func.func @read_by_others(%x: !heads, %y: !heads) -> (!heads, !times) {
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0.0 : f32
    %rows = tensor.dim %x, %c0 : !heads
    %e = tensor.empty(%rows) : !heads
    %init = linalg.fill ins(%zero : f32) outs(%e : !heads) -> !heads
    %p = linalg.generic {indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]}
        ins(%x, %y : !heads, !heads) outs(%init : !heads) {
    ^bb0(%l: f32, %r: f32, %c: f32):
      %m = arith.mulf %l, %r : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> !heads
    %f = tensor.empty(%rows) : !times
    %t = linalg.generic {indexing_maps = [#swapped, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
        ins(%p : !heads) outs(%f : !times) {
    ^bb0(%in: f32, %o: f32):
      linalg.yield %in : f32
    } -> !times
    return %p, %t : !heads, !times
  }

  // Neighbours of the transposed tensor belong to different products: each element would be stored alone.
  // CHECK-LABEL: func.func @no_neighbours(
  // CHECK-COUNT-2: sinter.kernel
  // CHECK: return
  func.func @no_neighbours(%x: tensor<8x6x64x64xf32>, %y: tensor<8x6x64x64xf32>) -> tensor<64x64x8x6xf32> {
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<8x6x64x64xf32>
    %init = linalg.fill ins(%zero : f32) outs(%e : tensor<8x6x64x64xf32>) -> tensor<8x6x64x64xf32>
    %p = linalg.generic {indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]}
        ins(%x, %y : tensor<8x6x64x64xf32>, tensor<8x6x64x64xf32>) outs(%init : tensor<8x6x64x64xf32>) {
    ^bb0(%l: f32, %r: f32, %c: f32):
      %m = arith.mulf %l, %r : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> tensor<8x6x64x64xf32>
    %f = tensor.empty() : tensor<64x64x8x6xf32>
    %t = linalg.generic {indexing_maps = [#last, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
        ins(%p : tensor<8x6x64x64xf32>) outs(%f : tensor<64x64x8x6xf32>) {
    ^bb0(%in: f32, %o: f32):
      linalg.yield %in : f32
    } -> tensor<64x64x8x6xf32>
    return %t : tensor<64x64x8x6xf32>
  }
}
