// RUN: sinter-opt %s --sinter-emit-device-kernels=hopper=true --canonicalize --cse | FileCheck %s
// RUN: sinter-opt %s --sinter-emit-device-kernels --canonicalize --cse | FileCheck %s --check-prefix=OTHERS --implicit-check-not=sm_90a
// RUN: sinter-opt %s --sinter-emit-device-kernels=hopper=true --remark-policy=all --remarks-filter=schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK
// RUN: sed -e 's/20001/8192/g' %s | sinter-opt - --sinter-emit-device-kernels=hopper=true --remark-policy=all --remarks-filter=schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=SHORT
// RUN: sed -e 's/20001/1024/g' %s | sinter-opt - --sinter-emit-device-kernels=hopper=true --remark-policy=all --remarks-filter=schedule -o /dev/null 2>&1 | count 0

// Few long rows: on sm_90a eight blocks of 512 threads share one, each thread has up to five elements of it, and what blocks have found
// goes to the shared memory of all of them. Elsewhere, one block reads it twice.
// REMARK: [Passed] clusters {{.*}}Function=centered | Blocks=8, Kernel=centered, NanosecondsOfBlocks={{[0-9]+}}, NanosecondsOfClusters={{[0-9]+}}, Remark="rows of 'centered' belong to clusters of blocks on sm_90a"
// SHORT: [Missed] clusters {{.*}}Function=centered | {{.*}}Remark="rows of 'centered' belong to blocks on sm_90a"

// OTHERS: gpu.func @k_centered_0(
// CHECK-LABEL: gpu.func @k_centered_0(
// CHECK-SAME: known_block_size = array<i32: 1024, 1, 1>
// CHECK-SAME: sinter.grid = array<i64: 1, 0, 1, 1>, sinter.on_sm_90a = @k_centered_0_sm_90a
// CHECK-LABEL: gpu.func @k_centered_0_sm_90a(
// CHECK-SAME: workgroup(%[[OF_WARPS:.*]] : memref<16xf32, #gpu.address_space<workgroup>> {{.*}}, %[[OF_BLOCKS:.*]] : memref<8xf32, #gpu.address_space<workgroup>>
// CHECK-SAME: known_block_size = array<i32: 512, 1, 1>, sinter.cluster = 8 : i32, sinter.grid = array<i64: 1, 0, 1, 8>, sinter.only_sm_90a
// CHECK: %[[RANK:.*]] = arith.remui %[[BLOCK:.*]], %c8
// CHECK: %[[BEFORE:.*]] = arith.muli %[[RANK]], %c512
// CHECK: %[[LANE:.*]] = arith.addi %[[BEFORE]], %[[THREAD:.*]] : index
// CHECK-NEXT: nvvm.cluster.arrive {aligned}
// CHECK-NEXT: %[[ROW:.*]] = arith.divui %[[BLOCK]], %c8
// CHECK: %[[FIRST:.*]] = memref.load %arg0[%[[ROW]], %[[LANE]]]
// CHECK: %[[SECOND:.*]] = arith.addi %[[LANE]], %c4096
// CHECK: memref.load %arg0[%[[ROW]], %[[SECOND]]]
// CHECK: memref.store %{{.*}}, %[[OF_WARPS]]
// CHECK: gpu.barrier
// CHECK: nvvm.cluster.wait {aligned}
// CHECK: %[[SENDS:.*]] = arith.cmpi slt, %[[THREAD]], %c8
// CHECK: scf.if %[[SENDS]]
// CHECK: memref.extract_aligned_pointer_as_index %[[OF_BLOCKS]]
// CHECK: arith.muli %[[RANK]], %c4
// CHECK: %[[TO:.*]] = nvvm.mapa %{{.*}}, %{{.*}} : !llvm.ptr<3> -> !llvm.ptr<7>
// CHECK-NEXT: llvm.store %{{.*}}, %[[TO]] : f32, !llvm.ptr<7>
// CHECK: nvvm.cluster.arrive {aligned}
// CHECK-NEXT: nvvm.cluster.wait {aligned}
// CHECK-COUNT-8: memref.load %[[OF_BLOCKS]]
// CHECK-NOT: nvvm.cluster
// CHECK-NOT: memref.load %arg0
// CHECK: %[[CENTERED:.*]] = arith.subf %[[FIRST]],
// CHECK: memref.store %[[CENTERED]], %arg1[%[[ROW]], %[[LANE]]]
#element = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
module attributes {sinter.batch = 5 : i64} {
  func.func @centered(%x: tensor<?x20001xf32>, %e: tensor<?x20001xf32>) -> tensor<?x20001xf32> {
    %r = sinter.kernel "centered" schedule #sinter.schedule<row, tile = [4, 2, 1], vector = 4, parallel = true>
        ins(%x : tensor<?x20001xf32>) outs(%e : tensor<?x20001xf32>) -> tensor<?x20001xf32> {
    ^bb0(%a: tensor<?x20001xf32>, %o: tensor<?x20001xf32>):
      %c0 = arith.constant 0 : index
      %rows = tensor.dim %a, %c0 : tensor<?x20001xf32>
      %e0 = tensor.empty(%rows) : tensor<?xf32>
      %low = arith.constant 0xFF800000 : f32
      %init = linalg.fill ins(%low : f32) outs(%e0 : tensor<?xf32>) -> tensor<?xf32>
      %m = linalg.generic {indexing_maps = [#element, #row], iterator_types = ["parallel", "reduction"]}
          ins(%a : tensor<?x20001xf32>) outs(%init : tensor<?xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.maximumf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<?xf32>
      %y = linalg.generic {indexing_maps = [#element, #row, #element], iterator_types = ["parallel", "parallel"]}
          ins(%a, %m : tensor<?x20001xf32>, tensor<?xf32>) outs(%o : tensor<?x20001xf32>) {
      ^bb0(%v: f32, %w: f32, %u: f32):
        %z = arith.subf %v, %w : f32
        linalg.yield %z : f32
      } -> tensor<?x20001xf32>
      sinter.yield %y : tensor<?x20001xf32>
    }
    return %r : tensor<?x20001xf32>
  }
}
