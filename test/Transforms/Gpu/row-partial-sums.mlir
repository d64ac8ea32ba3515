// Sums of columns that a kernel of rows begins: a block has the rows of a part, one after the other, and leaves a row of sums.
// RUN: sinter-opt %s --sinter-emit-device-kernels --canonicalize --cse | FileCheck %s

#element = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
#part32 = affine_map<(i, j) -> (i floordiv 32, j)>
#part8 = affine_map<(i, j) -> (i floordiv 8, j)>
module attributes {sinter.batch = 2001 : i64} {
  // Sixteen rows at a time. What the threads of a column have added up is combined in shared memory; the last part has less
  // than 32 rows, and threads without a row add zeros.
  // CHECK-LABEL: gpu.func @k_short_0(
  // CHECK-SAME: workgroup(%[[SHARED:.*]] : memref<16x6xf32
  // CHECK-SAME: sinter.grid = array<i64: 0, 63, 1, 1>
  // CHECK-DAG: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
  // CHECK-DAG: %[[BLOCK:.*]] = gpu.block_id
  // CHECK: %[[PART:.*]] = arith.minsi {{.*}}, %arg3
  // CHECK: %[[END:.*]] = arith.minsi {{.*}}, %arg3
  // CHECK: %[[BEGIN:.*]] = arith.addi %[[PART]]
  // CHECK: %[[SUM:.*]] = scf.for %{{.*}} = %[[BEGIN]] to %[[END]] step %c16 iter_args(%[[BEFORE:.*]] = %[[ZERO]])
  // CHECK: %[[IS_ROW:.*]] = arith.cmpi slt, %{{.*}}, %[[END]]
  // CHECK: %[[ELEMENT:.*]] = memref.load %arg0
  // CHECK: %[[EXISTS:.*]] = arith.andi %[[IS_ROW]]
  // CHECK: %[[ADDED:.*]] = arith.select %[[EXISTS]], %[[ELEMENT]], %[[ZERO]]
  // CHECK: arith.addf %[[BEFORE]], %[[ADDED]]
  // CHECK: memref.store {{.*}}, %arg1
  // CHECK: scf.yield
  // CHECK: memref.store %[[SUM]], %[[SHARED]]
  // CHECK: gpu.barrier
  // CHECK-COUNT-16: memref.load %[[SHARED]]
  // CHECK: memref.store {{.*}}, %arg2[%[[BLOCK]],
  func.func @short(%x: tensor<?x6xf32>, %e: tensor<?xf32>, %f: tensor<63x6xf32>) -> (tensor<?xf32>, tensor<63x6xf32>) {
    %r:2 = sinter.kernel "short" schedule #sinter.schedule<row, tile = [32, 1, 1], vector = 4, parallel = true>
        ins(%x : tensor<?x6xf32>) outs(%e, %f : tensor<?xf32>, tensor<63x6xf32>) -> tensor<?xf32>, tensor<63x6xf32> {
    ^bb0(%a: tensor<?x6xf32>, %m: tensor<?xf32>, %p: tensor<63x6xf32>):
      %zero = arith.constant 0.0 : f32
      %i = linalg.fill ins(%zero : f32) outs(%m : tensor<?xf32>) -> tensor<?xf32>
      %j = linalg.fill ins(%zero : f32) outs(%p : tensor<63x6xf32>) -> tensor<63x6xf32>
      %s = linalg.generic {indexing_maps = [#element, #row], iterator_types = ["parallel", "reduction"]}
          ins(%a : tensor<?x6xf32>) outs(%i : tensor<?xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.addf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<?xf32>
      %t = linalg.generic {indexing_maps = [#element, #part32], iterator_types = ["reduction", "parallel"]}
          ins(%a : tensor<?x6xf32>) outs(%j : tensor<63x6xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.addf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<63x6xf32>
      sinter.yield %s, %t : tensor<?xf32>, tensor<63x6xf32>
    }
    return %r#0, %r#1 : tensor<?xf32>, tensor<63x6xf32>
  }
  // A block for each row: the loop carries the sums of a thread's eight columns, and the elements of the next row, which is
  // this one if it is the last. The only reduction of a row needs a second barrier before the next row's.
  // CHECK-LABEL: gpu.func @k_block_1(
  // CHECK-SAME: sinter.grid = array<i64: 0, 251, 1, 1>
  // CHECK: %[[HAS_ROWS:.*]] = arith.cmpi slt, %[[BEGIN:.*]], %[[END:.*]] : index
  // CHECK: %[[AHEAD:.*]]:2 = scf.if %[[HAS_ROWS]]
  // CHECK: vector.load %arg0[%[[BEGIN]],
  // CHECK: vector.load %arg0[%[[BEGIN]],
  // CHECK: else
  // CHECK-NEXT: scf.yield %cst, %cst
  // CHECK: %[[SUMS:.*]]:4 = scf.for %[[ROW:.*]] = %[[BEGIN]] to %[[END]] step %c1
  // CHECK-SAME: iter_args(%[[LEFT:.*]] = %cst, %[[RIGHT:.*]] = %cst, %[[FIRST:.*]] = %[[AHEAD]]#0, %[[SECOND:.*]] = %[[AHEAD]]#1)
  // CHECK: %[[BEHIND:.*]] = arith.addi %[[ROW]], %c1
  // CHECK: %[[IS_THERE:.*]] = arith.cmpi slt, %[[BEHIND]], %[[END]]
  // CHECK: %[[NEXT:.*]] = arith.select %[[IS_THERE]], %[[BEHIND]], %[[ROW]]
  // CHECK: %[[NEXT_FIRST:.*]] = vector.load %arg0[%[[NEXT]],
  // CHECK: %[[NEXT_SECOND:.*]] = vector.load %arg0[%[[NEXT]],
  // CHECK: %[[NEW_LEFT:.*]] = arith.addf %[[LEFT]], %[[FIRST]]
  // CHECK: %[[NEW_RIGHT:.*]] = arith.addf %[[RIGHT]], %[[SECOND]]
  // CHECK: gpu.barrier
  // CHECK: gpu.barrier
  // CHECK-NEXT: scf.yield %[[NEW_LEFT]], %[[NEW_RIGHT]], %[[NEXT_FIRST]], %[[NEXT_SECOND]]
  // CHECK: vector.store %[[SUMS]]#0, %arg2[%block_id_x,
  // CHECK: vector.store %[[SUMS]]#1, %arg2[%block_id_x,
  func.func @block(%x: tensor<?x1024xf32>, %e: tensor<?xf32>, %f: tensor<251x1024xf32>) -> (tensor<?xf32>, tensor<251x1024xf32>) {
    %r:2 = sinter.kernel "block" schedule #sinter.schedule<row, tile = [8, 1, 1], vector = 4, parallel = true>
        ins(%x : tensor<?x1024xf32>) outs(%e, %f : tensor<?xf32>, tensor<251x1024xf32>) -> tensor<?xf32>, tensor<251x1024xf32> {
    ^bb0(%a: tensor<?x1024xf32>, %m: tensor<?xf32>, %p: tensor<251x1024xf32>):
      %zero = arith.constant 0.0 : f32
      %i = linalg.fill ins(%zero : f32) outs(%m : tensor<?xf32>) -> tensor<?xf32>
      %j = linalg.fill ins(%zero : f32) outs(%p : tensor<251x1024xf32>) -> tensor<251x1024xf32>
      %s = linalg.generic {indexing_maps = [#element, #row], iterator_types = ["parallel", "reduction"]}
          ins(%a : tensor<?x1024xf32>) outs(%i : tensor<?xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.addf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<?xf32>
      %t = linalg.generic {indexing_maps = [#element, #part8], iterator_types = ["reduction", "parallel"]}
          ins(%a : tensor<?x1024xf32>) outs(%j : tensor<251x1024xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.addf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<251x1024xf32>
      sinter.yield %s, %t : tensor<?xf32>, tensor<251x1024xf32>
    }
    return %r#0, %r#1 : tensor<?xf32>, tensor<251x1024xf32>
  }
  // Rows that do not stay in registers: sums are in memory, a thread's own, zeros at first.
  // CHECK-LABEL: gpu.func @k_long_2(
  // CHECK: scf.for
  // CHECK-NEXT: arith.muli
  // CHECK-NEXT: vector.store %{{.*}}, %arg2
  // CHECK: scf.for
  // CHECK: scf.for {{.*}} step %c1024
  // CHECK: %[[ELEMENTS:.*]] = vector.load %arg0
  // CHECK: %[[OLD:.*]] = vector.load %arg2[%block_id_x, %[[AT:.*]]]
  // CHECK: %[[NEW:.*]] = arith.addf %[[OLD]], %[[ELEMENTS]]
  // CHECK: vector.store %[[NEW]], %arg2[%block_id_x, %[[AT]]]
  func.func @long(%x: tensor<?x20000xf32>, %e: tensor<?xf32>, %f: tensor<251x20000xf32>) -> (tensor<?xf32>, tensor<251x20000xf32>) {
    %r:2 = sinter.kernel "long" schedule #sinter.schedule<row, tile = [8, 1, 1], vector = 4, parallel = true>
        ins(%x : tensor<?x20000xf32>) outs(%e, %f : tensor<?xf32>, tensor<251x20000xf32>) -> tensor<?xf32>, tensor<251x20000xf32> {
    ^bb0(%a: tensor<?x20000xf32>, %m: tensor<?xf32>, %p: tensor<251x20000xf32>):
      %zero = arith.constant 0.0 : f32
      %i = linalg.fill ins(%zero : f32) outs(%m : tensor<?xf32>) -> tensor<?xf32>
      %j = linalg.fill ins(%zero : f32) outs(%p : tensor<251x20000xf32>) -> tensor<251x20000xf32>
      %s = linalg.generic {indexing_maps = [#element, #row], iterator_types = ["parallel", "reduction"]}
          ins(%a : tensor<?x20000xf32>) outs(%i : tensor<?xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.addf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<?xf32>
      %t = linalg.generic {indexing_maps = [#element, #part8], iterator_types = ["reduction", "parallel"]}
          ins(%a : tensor<?x20000xf32>) outs(%j : tensor<251x20000xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.addf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<251x20000xf32>
      sinter.yield %s, %t : tensor<?xf32>, tensor<251x20000xf32>
    }
    return %r#0, %r#1 : tensor<?xf32>, tensor<251x20000xf32>
  }
}
