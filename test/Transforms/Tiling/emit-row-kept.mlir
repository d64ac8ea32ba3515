// RUN: sinter-opt %s --sinter-emit-kernels --canonicalize --cse | FileCheck %s

// What a pass keeps for later ones lies in an output only if that has its type, and no one needs its old value.

#element = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
module attributes {sinter.batch = 5 : i64} {
  // CHECK-LABEL: func.func private @rounded_0(
  // CHECK-SAME: %[[X:[^:]*]]: memref<5x20xf32>, %[[E:[^:]*]]: memref<5x20xbf16>,
  // CHECK: %[[KEPT:.*]] = memref.alloca() {alignment = 64 : i64} : memref<20xf32>
  // CHECK: %[[EXP:.*]] = math.exp
  // CHECK: vector.store %[[EXP]], %[[KEPT]]
  // CHECK: vector.load %[[KEPT]]
  // CHECK: %[[Y:.*]] = arith.truncf
  // CHECK: vector.store %[[Y]], %[[E]]
  func.func @rounded(%x: tensor<?x20xf32>, %e: tensor<?x20xbf16>) -> tensor<?x20xbf16> {
    %r = sinter.kernel "rounded" schedule #sinter.schedule<row, tile = [3, 1, 2], vector = 4, parallel = true>
        ins(%x : tensor<?x20xf32>) outs(%e : tensor<?x20xbf16>) -> tensor<?x20xbf16> {
    ^bb0(%a: tensor<?x20xf32>, %o: tensor<?x20xbf16>):
      %c0 = arith.constant 0 : index
      %rows = tensor.dim %a, %c0 : tensor<?x20xf32>
      %e0 = tensor.empty(%rows) : tensor<?x20xf32>
      %t = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
          ins(%a : tensor<?x20xf32>) outs(%e0 : tensor<?x20xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = math.exp %v : f32
        linalg.yield %z : f32
      } -> tensor<?x20xf32>
      %zero = arith.constant 0.0 : f32
      %e1 = tensor.empty(%rows) : tensor<?xf32>
      %init = linalg.fill ins(%zero : f32) outs(%e1 : tensor<?xf32>) -> tensor<?xf32>
      %s = linalg.generic {indexing_maps = [#element, #row], iterator_types = ["parallel", "reduction"]}
          ins(%t : tensor<?x20xf32>) outs(%init : tensor<?xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.addf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<?xf32>
      %y = linalg.generic {indexing_maps = [#element, #row, #element], iterator_types = ["parallel", "parallel"]}
          ins(%t, %s : tensor<?x20xf32>, tensor<?xf32>) outs(%o : tensor<?x20xbf16>) {
      ^bb0(%v: f32, %w: f32, %u: bf16):
        %q = arith.divf %v, %w : f32
        %z = arith.truncf %q : f32 to bf16
        linalg.yield %z : bf16
      } -> tensor<?x20xbf16>
      sinter.yield %y : tensor<?x20xbf16>
    }
    return %r : tensor<?x20xbf16>
  }

  // CHECK-LABEL: func.func private @added_1(
  // CHECK-SAME: %[[X:[^:]*]]: memref<5x20xf32>, %[[E:[^:]*]]: memref<5x20xf32>,
  // CHECK: %[[KEPT:.*]] = memref.alloca() {alignment = 64 : i64} : memref<20xf32>
  // CHECK: %[[EXP:.*]] = math.exp
  // CHECK: vector.store %[[EXP]], %[[KEPT]]
  // CHECK: vector.load %[[KEPT]]
  // CHECK: vector.load %[[E]]
  func.func @added(%x: tensor<?x20xf32>, %e: tensor<?x20xf32>) -> tensor<?x20xf32> {
    %r = sinter.kernel "added" schedule #sinter.schedule<row, tile = [3, 1, 2], vector = 4, parallel = true>
        ins(%x : tensor<?x20xf32>) outs(%e : tensor<?x20xf32>) -> tensor<?x20xf32> {
    ^bb0(%a: tensor<?x20xf32>, %o: tensor<?x20xf32>):
      %c0 = arith.constant 0 : index
      %rows = tensor.dim %a, %c0 : tensor<?x20xf32>
      %e0 = tensor.empty(%rows) : tensor<?x20xf32>
      %t = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
          ins(%a : tensor<?x20xf32>) outs(%e0 : tensor<?x20xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = math.exp %v : f32
        linalg.yield %z : f32
      } -> tensor<?x20xf32>
      %zero = arith.constant 0.0 : f32
      %e1 = tensor.empty(%rows) : tensor<?xf32>
      %init = linalg.fill ins(%zero : f32) outs(%e1 : tensor<?xf32>) -> tensor<?xf32>
      %s = linalg.generic {indexing_maps = [#element, #row], iterator_types = ["parallel", "reduction"]}
          ins(%t : tensor<?x20xf32>) outs(%init : tensor<?xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.addf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<?xf32>
      %y = linalg.generic {indexing_maps = [#element, #row, #element], iterator_types = ["parallel", "parallel"]}
          ins(%t, %s : tensor<?x20xf32>, tensor<?xf32>) outs(%o : tensor<?x20xf32>) {
      ^bb0(%v: f32, %w: f32, %u: f32):
        %q = arith.divf %v, %w : f32
        %z = arith.addf %q, %u : f32
        linalg.yield %z : f32
      } -> tensor<?x20xf32>
      sinter.yield %y : tensor<?x20xf32>
    }
    return %r : tensor<?x20xf32>
  }
}
