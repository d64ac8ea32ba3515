// RUN: sinter-opt %s --sinter-emit-device-kernels --canonicalize --cse | FileCheck %s

// 1030 elements in a block of 512 threads: six of them have a third element, the others read their second one again. The
// last of the row belongs to another warp, which may have overwritten it.
#element = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
module attributes {sinter.batch = 5 : i64} {
  // CHECK-LABEL: gpu.func @k_centered_0(
  // CHECK-SAME: known_block_size = array<i32: 512, 1, 1>
  // CHECK: memref.load %arg0[%[[ROW:.*]], %[[LANE:.*]]]
  // CHECK: %[[SECOND:.*]] = arith.addi %[[LANE]], %c512
  // CHECK: memref.load %arg0[%[[ROW]], %[[SECOND]]]
  // CHECK: %[[THIRD:.*]] = arith.addi %[[LANE]], %c1024
  // CHECK: %[[IS_ELEMENT:.*]] = arith.cmpi slt, %[[THIRD]], %c1030
  // CHECK: %[[PLACE:.*]] = arith.select %[[IS_ELEMENT]], %[[THIRD]], %[[SECOND]]
  // CHECK: memref.load %arg0[%[[ROW]], %[[PLACE]]]
  // CHECK-NOT: memref.load %arg0
  // CHECK: scf.if %[[IS_ELEMENT]]
  // CHECK-NEXT: memref.store %{{.*}}, %arg1[%[[ROW]], %[[PLACE]]]
  func.func @centered(%x: tensor<?x1030xf32>, %e: tensor<?x1030xf32>) -> tensor<?x1030xf32> {
    %r = sinter.kernel "centered" schedule #sinter.schedule<row, tile = [4, 2, 1], vector = 4, parallel = true>
        ins(%x : tensor<?x1030xf32>) outs(%e : tensor<?x1030xf32>) -> tensor<?x1030xf32> {
    ^bb0(%a: tensor<?x1030xf32>, %o: tensor<?x1030xf32>):
      %c0 = arith.constant 0 : index
      %rows = tensor.dim %a, %c0 : tensor<?x1030xf32>
      %e0 = tensor.empty(%rows) : tensor<?xf32>
      %low = arith.constant 0xFF800000 : f32
      %init = linalg.fill ins(%low : f32) outs(%e0 : tensor<?xf32>) -> tensor<?xf32>
      %m = linalg.generic {indexing_maps = [#element, #row], iterator_types = ["parallel", "reduction"]}
          ins(%a : tensor<?x1030xf32>) outs(%init : tensor<?xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.maximumf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<?xf32>
      %y = linalg.generic {indexing_maps = [#element, #row, #element], iterator_types = ["parallel", "parallel"]}
          ins(%a, %m : tensor<?x1030xf32>, tensor<?xf32>) outs(%o : tensor<?x1030xf32>) {
      ^bb0(%v: f32, %w: f32, %u: f32):
        %z = arith.subf %v, %w : f32
        linalg.yield %z : f32
      } -> tensor<?x1030xf32>
      sinter.yield %y : tensor<?x1030xf32>
    }
    return %r : tensor<?x1030xf32>
  }
}
