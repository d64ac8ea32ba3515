// Which form does a weight gradient get that takes its parameter's update, where parameter and moments come from far
// away? Packing rows costs more than reading them where they lie, as they come from far away too; and up to 512 steps
// are not cut, so that accumulators need not rest while the state is waited for.
// RUN: sinter-opt %s --sinter-plan-schedules='cpu=x86-64-v4 l2-bytes=2097152' | FileCheck %s --check-prefixes=CHECK,FAR
// RUN: sinter-opt %s --sinter-plan-schedules='cpu=x86-64-v4 l2-bytes=8388608' | FileCheck %s --check-prefixes=CHECK,NEAR

#km = affine_map<(m, n, k) -> (k, m)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
#all = affine_map<(m, n) -> (m, n)>
!rows = tensor<?x384xf32>
!matrix = tensor<384x384xf32>
module attributes {sinter.batch = 512 : i64} {
  // CHECK-LABEL: @update
  // FAR: schedule <contraction, tile = [13, 2, {{[0-9]+, [0-9]+}}, 1, 512, 1, 0, 1, 1], vector = 16, parallel = true>
  // NEAR: schedule <contraction, tile = [{{.*}}, 256, 3, 0, 1, 0], vector = 16, parallel = true>
  func.func @update(%x: !rows, %y: !rows, %w: !matrix, %m: !matrix, %v: !matrix) -> (!matrix, !matrix, !matrix) {
    %r:3 = sinter.kernel "update" ins(%x, %y : !rows, !rows) outs(%w, %m, %v : !matrix, !matrix, !matrix) -> !matrix, !matrix, !matrix {
    ^bb0(%a: !rows, %b: !rows, %wo: !matrix, %mo: !matrix, %vo: !matrix):
      %e = tensor.empty() : !matrix
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%e : !matrix) -> !matrix
      %p = linalg.generic {indexing_maps = [#km, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%a, %b : !rows, !rows) outs(%init : !matrix) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %f = arith.mulf %l, %q : f32
        %s = arith.addf %c, %f : f32
        linalg.yield %s : f32
      } -> !matrix
      %u:3 = linalg.generic {indexing_maps = [#all, #all, #all, #all, #all, #all, #all], iterator_types = ["parallel", "parallel"]}
          ins(%p, %wo, %mo, %vo : !matrix, !matrix, !matrix, !matrix) outs(%wo, %mo, %vo : !matrix, !matrix, !matrix) {
      ^bb0(%g: f32, %w0: f32, %m0: f32, %v0: f32, %o0: f32, %o1: f32, %o2: f32):
        %m1 = arith.addf %m0, %g : f32
        %gg = arith.mulf %g, %g : f32
        %v1 = arith.addf %v0, %gg : f32
        %w1 = arith.subf %w0, %m1 : f32
        linalg.yield %w1, %m1, %v1 : f32, f32, f32
      } -> (!matrix, !matrix, !matrix)
      sinter.yield %u#0, %u#1, %u#2 : !matrix, !matrix, !matrix
    }
    return %r#0, %r#1, %r#2 : !matrix, !matrix, !matrix
  }
}
