// One skeleton per strategy, with the kernel's region in it.
// RUN: sinter-opt %s --sinter-emit-device-kernels --canonicalize --cse | FileCheck %s

#element = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
#column = affine_map<(i, j) -> (j)>
#transposed = affine_map<(i, j) -> (j, i)>
// Kernels keep their places, and get the names of their device functions. What `init` launches stays on the host.
// CHECK-DAG: sinter.kernel "one_run" {{.*}}
// CHECK-DAG: {sinter.device = [@device::@k_one_run_0]}
// CHECK-DAG: {sinter.device = [@device::@k_sums_2, @device::@k_sums_2_combine]}
module attributes {sinter.batch = 2001 : i64} {
  func.func @one_run(%x: tensor<?x6xf32>, %e: tensor<?x6xf32>) -> tensor<?x6xf32> {
    %r = sinter.kernel "one_run" schedule #sinter.schedule<map, tile = [16, 2], vector = 4, parallel = true>
        ins(%x : tensor<?x6xf32>) outs(%e : tensor<?x6xf32>) -> tensor<?x6xf32> {
    ^bb0(%a: tensor<?x6xf32>, %o: tensor<?x6xf32>):
      %two = arith.constant 2.0 : f32
      %y = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
          ins(%a : tensor<?x6xf32>) outs(%o : tensor<?x6xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.mulf %v, %two : f32
        linalg.yield %z : f32
      } -> tensor<?x6xf32>
      sinter.yield %y : tensor<?x6xf32>
    }
    return %r : tensor<?x6xf32>
  }
  func.func @centered(%x: tensor<?x6xf32>, %e: tensor<?x6xf32>) -> tensor<?x6xf32> {
    %r = sinter.kernel "centered" schedule #sinter.schedule<row, tile = [4, 2, 1], vector = 4, parallel = true>
        ins(%x : tensor<?x6xf32>) outs(%e : tensor<?x6xf32>) -> tensor<?x6xf32> {
    ^bb0(%a: tensor<?x6xf32>, %o: tensor<?x6xf32>):
      %c0 = arith.constant 0 : index
      %rows = tensor.dim %a, %c0 : tensor<?x6xf32>
      %e0 = tensor.empty(%rows) : tensor<?xf32>
      %low = arith.constant 0xFF800000 : f32
      %init = linalg.fill ins(%low : f32) outs(%e0 : tensor<?xf32>) -> tensor<?xf32>
      %m = linalg.generic {indexing_maps = [#element, #row], iterator_types = ["parallel", "reduction"]}
          ins(%a : tensor<?x6xf32>) outs(%init : tensor<?xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.maximumf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<?xf32>
      %y = linalg.generic {indexing_maps = [#element, #row, #element], iterator_types = ["parallel", "parallel"]}
          ins(%a, %m : tensor<?x6xf32>, tensor<?xf32>) outs(%o : tensor<?x6xf32>) {
      ^bb0(%v: f32, %w: f32, %u: f32):
        %z = arith.subf %v, %w : f32
        linalg.yield %z : f32
      } -> tensor<?x6xf32>
      sinter.yield %y : tensor<?x6xf32>
    }
    return %r : tensor<?x6xf32>
  }
  func.func @sums(%x: tensor<?x11xf32>, %e: tensor<11xf32>) -> tensor<11xf32> {
    %r = sinter.kernel "sums" schedule #sinter.schedule<column, tile = [8, 0], vector = 4, parallel = true>
        ins(%x : tensor<?x11xf32>) outs(%e : tensor<11xf32>) -> tensor<11xf32> {
    ^bb0(%a: tensor<?x11xf32>, %o: tensor<11xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%o : tensor<11xf32>) -> tensor<11xf32>
      %y = linalg.generic {indexing_maps = [#element, #column], iterator_types = ["reduction", "parallel"]}
          ins(%a : tensor<?x11xf32>) outs(%init : tensor<11xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.addf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<11xf32>
      sinter.yield %y : tensor<11xf32>
    }
    return %r : tensor<11xf32>
  }
  func.func @transpose(%x: tensor<?x6xf32>, %e: tensor<6x?xf32>) -> tensor<6x?xf32> {
    %r = sinter.kernel "transpose" schedule #sinter.schedule<loops, tile = [2], vector = 1, parallel = true>
        ins(%x : tensor<?x6xf32>) outs(%e : tensor<6x?xf32>) -> tensor<6x?xf32> {
    ^bb0(%a: tensor<?x6xf32>, %o: tensor<6x?xf32>):
      %y = linalg.generic {indexing_maps = [#element, #transposed], iterator_types = ["parallel", "parallel"]}
          ins(%a : tensor<?x6xf32>) outs(%o : tensor<6x?xf32>) {
      ^bb0(%v: f32, %u: f32):
        linalg.yield %v : f32
      } -> tensor<6x?xf32>
      sinter.yield %y : tensor<6x?xf32>
    }
    return %r : tensor<6x?xf32>
  }
  func.func @remainders(%x: tensor<?x6xf32>, %w: tensor<6x11xf32>, %y: tensor<?x11xf32>) -> tensor<?x11xf32> {
    %r = sinter.kernel "remainders" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 6, 0, 0, 0, 0], vector = 4, parallel = true>
        ins(%x, %w : tensor<?x6xf32>, tensor<6x11xf32>) outs(%y : tensor<?x11xf32>) -> tensor<?x11xf32> {
    ^bb0(%a: tensor<?x6xf32>, %b: tensor<6x11xf32>, %out: tensor<?x11xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<?x11xf32>) -> tensor<?x11xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<?x6xf32>, tensor<6x11xf32>) outs(%init : tensor<?x11xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<?x11xf32>
      sinter.yield %p : tensor<?x11xf32>
    }
    return %r : tensor<?x11xf32>
  }
  func.func @init(%x: tensor<?x6xf32>, %e: tensor<?x6xf32>) -> tensor<?x6xf32> {
    %r = sinter.kernel "initial" schedule #sinter.schedule<map, tile = [16, 2], vector = 4, parallel = true>
        ins(%x : tensor<?x6xf32>) outs(%e : tensor<?x6xf32>) -> tensor<?x6xf32> {
    ^bb0(%a: tensor<?x6xf32>, %o: tensor<?x6xf32>):
      %two = arith.constant 3.0 : f32
      %y = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
          ins(%a : tensor<?x6xf32>) outs(%o : tensor<?x6xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.mulf %v, %two : f32
        linalg.yield %z : f32
      } -> tensor<?x6xf32>
      sinter.yield %y : tensor<?x6xf32>
    }
    return %r : tensor<?x6xf32>
  }

  // A vector of 16 bytes per thread; the last elements singly.
  // CHECK-LABEL: gpu.func @k_one_run_0(
  // CHECK-SAME: %[[X:.*]]: memref<2001x6xf32>, %[[Y:.*]]: memref<2001x6xf32>, %[[ROWS:.*]]: index) kernel
  // CHECK-SAME: known_block_size = array<i32: 256, 1, 1>, sinter.grid = array<i64: 6, 0, 1024, 1>
  // CHECK: arith.cmpi sle, %[[LAST:.*]], %[[END:.*]] : index
  // CHECK: scf.if
  // CHECK: vector.load {{.*}} {alignment = 16 : i64} : memref<12006xf32>, vector<4xf32>
  // CHECK: arith.mulf {{.*}} : vector<4xf32>
  // CHECK: vector.store {{.*}} {alignment = 16 : i64}
  // CHECK: arith.cmpi sgt, %[[LAST]], %[[END]]
  // CHECK: scf.for
  // CHECK: memref.load
  // CHECK: memref.store

  // Eight threads per row, two of which have no element: what they read counts as nothing, and they write nothing. A warp
  // without rows does nothing. The row is read once, exchanges make the maximum known to all threads.
  // CHECK-LABEL: gpu.func @k_centered_1(
  // CHECK-SAME: known_block_size = array<i32: 128, 1, 1>, sinter.grid = array<i64: 1, 0, 16, 1>
  // CHECK-DAG: %[[LOWEST:.*]] = arith.constant 0xFF800000 : f32
  // CHECK: %[[LANE:.*]] = arith.remui {{.*}}, %c8
  // CHECK: %[[FIRST:.*]] = arith.addi
  // CHECK-NEXT: %[[HAS_ROWS:.*]] = arith.cmpi slt, %[[FIRST]], %arg2
  // CHECK-NEXT: scf.if %[[HAS_ROWS]]
  // CHECK-NEXT: %[[ROW:.*]] = arith.addi %[[FIRST]]
  // CHECK-NEXT: %[[IS_ROW:.*]] = arith.cmpi slt, %[[ROW]], %arg2
  // CHECK: %[[IS_ELEMENT:.*]] = arith.cmpi slt, %[[LANE]], %c6
  // CHECK: %[[PLACE:.*]] = arith.select %[[IS_ELEMENT]], %[[LANE]], %c5
  // CHECK: %[[ELEMENT:.*]] = memref.load %arg0[%{{.*}}, %[[PLACE]]]
  // CHECK: arith.select %[[IS_ELEMENT]], %[[ELEMENT]], %[[LOWEST]]
  // CHECK-COUNT-3: gpu.shuffle xor
  // CHECK-NOT: gpu.shuffle
  // CHECK-NOT: memref.load
  // CHECK: %[[WRITES:.*]] = arith.andi %[[IS_ROW]], %[[IS_ELEMENT]]
  // CHECK: arith.subf %[[ELEMENT]]
  // CHECK: scf.if %[[WRITES]]
  // CHECK: memref.store

  // 2001 rows of 11 columns: 16 threads side by side and 16 below each other, which read eight rows at once, so that a
  // part has 128 rows. A second function combines the 16 parts in the same way.
  // CHECK-LABEL: gpu.func @k_sums_2(
  // CHECK-SAME: %[[X:.*]]: memref<2001x11xf32>, %{{.*}}: memref<11xf32>, %{{.*}}: index, %[[SPACE:.*]]: memref<704xi8>)
  // CHECK-SAME: workgroup(%[[SHARED:.*]] : memref<16x16xf32, #gpu.address_space<workgroup>>
  // CHECK-SAME: sinter.grid = array<i64: 0, 11, 16, 16>, sinter.workspace = 704 : i64
  // CHECK: scf.for {{.*}} step %c128 iter_args
  // CHECK-COUNT-8: memref.load %[[X]]
  // CHECK-COUNT-8: arith.addf
  // CHECK: scf.for {{.*}} step %c16 iter_args
  // CHECK-NEXT: memref.load %[[X]]
  // CHECK-NEXT: arith.addf
  // CHECK: memref.store {{.*}}, %[[SHARED]]
  // CHECK: gpu.barrier
  // CHECK-COUNT-16: memref.load %[[SHARED]]
  // CHECK: memref.store {{.*}} : memref<16x11xf32>
  // CHECK-LABEL: gpu.func @k_sums_2_combine(
  // CHECK-SAME: workgroup(%[[SHARED:.*]] : memref<16x16xf32, #gpu.address_space<workgroup>>
  // CHECK: scf.for {{.*}} step %c16 iter_args
  // CHECK: memref.load {{.*}} : memref<16x11xf32>
  // CHECK: gpu.barrier
  // CHECK-COUNT-16: memref.load %[[SHARED]]
  // CHECK: memref.store {{.*}} : memref<11xf32>

  // A thread for each point.
  // CHECK-LABEL: gpu.func @k_transpose_3(
  // CHECK-SAME: sinter.grid = array<i64: 6, 0, 128, 1>
  // CHECK: scf.if
  // CHECK-NEXT: memref.load
  // CHECK-NEXT: memref.store

  // Tiles of 16 by 16 in shared memory, two of each operand, with rows that are 16 bytes longer, of which this k needs one.
  // The left one is transposed on the way, in pieces of 8 bytes, and all of it is loaded before any is stored; rows of the
  // right one have 44 bytes: pieces of 4, past registers. The result goes through shared memory to the epilogue.
  // CHECK-LABEL: gpu.func @k_remainders_4(
  // CHECK-SAME: workgroup(%[[BYTES:.*]] : memref<20480xi8, #gpu.address_space<workgroup>> {llvm.align = 16 : i64})
  // CHECK-SAME: sinter.grid = array<i64: 1, 0, 16, 1>
  // CHECK-DAG: %[[A:.*]] = memref.view %[[BYTES]][%c0]{{.*}} to memref<2x64x20xf32
  // CHECK-DAG: %[[B:.*]] = memref.view %[[BYTES]][%c10240]{{.*}} to memref<2x64x20xf32
  // CHECK: scf.if
  // CHECK-COUNT-2: vector.load {{.*}} : memref<12006xf32>, vector<2xf32>
  // CHECK-COUNT-4: nvgpu.device_async_copy {{.*}}, %[[B]]{{.*}}, 1, %{{.*}} : memref<66xf32>
  // CHECK-COUNT-4: memref.store {{.*}}, %[[A]]
  // CHECK: gpu.barrier
  // CHECK-COUNT-64: math.fma
  // CHECK: %[[C:.*]] = memref.view %[[BYTES]]{{.*}} to memref<16x16xf32
  // CHECK: gpu.barrier
  // CHECK: memref.store {{.*}}, %[[C]]
  // CHECK: gpu.barrier
  // CHECK: memref.load %[[C]]
  // CHECK: memref.store {{.*}} : memref<22011xf32>

  // CHECK-NOT: gpu.func
}
