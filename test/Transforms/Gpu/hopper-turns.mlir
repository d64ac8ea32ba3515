// Products on Hopper whose blocks stay for several tiles: how many blocks, and which tiles they have.
// RUN: sinter-opt %s --sinter-emit-device-kernels=hopper=true --canonicalize --cse | FileCheck %s

#left = affine_map<(m, n, k) -> (m, k)>
#right = affine_map<(m, n, k) -> (k, n)>
#result = affine_map<(m, n, k) -> (m, n)>
module attributes {sinter.batch = 4096 : i64} {
  // 512 tiles of 128 x 256, four for each block: numbers b, b + 128, ... Steps of the ring go on counting: 32 for a tile.
  // CHECK-LABEL: gpu.func @k_all_0_sm_90a(
  // CHECK-SAME: sinter.grid = array<i64: 0, 128, 1, 1>
  // CHECK: nvvm.elect.sync
  // CHECK: scf.for %[[TILE:.*]] = %block_id_x to %c512 step %c128 iter_args(%[[STEP:.*]] = %c0)
  // CHECK: scf.for %[[STRETCH:.*]] = %c0 to %c32 step %c1
  // CHECK: arith.addi %[[STEP]], %[[STRETCH]]
  // CHECK: %[[NEXT:.*]] = arith.addi %[[STEP]], %c32
  // CHECK-NEXT: scf.yield %[[NEXT]]
  // CHECK: } else {
  // CHECK: scf.for %{{.*}} = %block_id_x to %c512 step %c128 iter_args(%[[STEP2:.*]] = %c0)
  // The first product of a tile does not add to what was there before, and the last stage of a tile is given free, too.
  // CHECK: nvvm.wgmma.mma_async {{.*}} D[<f32>, <zero>]
  // CHECK: nvvm.wgmma.mma_async {{.*}} D[<f32>, <one>]
  // CHECK: nvvm.wgmma.wait.group.sync.aligned 0
  // CHECK: %[[LAST:.*]] = arith.addi %[[STEP2]], %c31
  // CHECK: nvvm.mbarrier.arrive
  // A warp writes its slab when all of its lanes have read what was there, and reads it when all have written.
  // CHECK: nvvm.bar.warp.sync
  // CHECK: vector.store
  // CHECK: nvvm.bar.warp.sync
  // CHECK: scf.for %{{.*}} = %[[LANE:.*]] to %c128 step %c32
  func.func @all(%x: tensor<4096x2048xbf16>, %w: tensor<2048x4096xbf16>, %y: tensor<4096x4096xf32>) -> tensor<4096x4096xf32> {
    %r = sinter.kernel "all" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 6, 0, 0, 0, 0], vector = 4, parallel = true>
        ins(%x, %w : tensor<4096x2048xbf16>, tensor<2048x4096xbf16>) outs(%y : tensor<4096x4096xf32>) -> tensor<4096x4096xf32> {
    ^bb0(%a: tensor<4096x2048xbf16>, %b: tensor<2048x4096xbf16>, %out: tensor<4096x4096xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<4096x4096xf32>) -> tensor<4096x4096xf32>
      %p = linalg.generic {indexing_maps = [#left, #right, #result], iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%a, %b : tensor<4096x2048xbf16>, tensor<2048x4096xbf16>) outs(%init : tensor<4096x4096xf32>) {
      ^bb0(%l: bf16, %q: bf16, %c: f32):
        %lw = arith.extf %l : bf16 to f32
        %qw = arith.extf %q : bf16 to f32
        %m = arith.mulf %lw, %qw : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<4096x4096xf32>
      sinter.yield %p : tensor<4096x4096xf32>
    }
    return %r : tensor<4096x4096xf32>
  }
  // Up to four rows of tiles for a block, of those that there are.
  // CHECK-LABEL: gpu.func @k_batch_1_sm_90a(
  // CHECK-SAME: sinter.grid = array<i64: 1, 0, 512, 16>
  // CHECK: nvvm.elect.sync
  // CHECK: %[[DOWN:.*]] = arith.divui %{{.*}}, %c128
  // CHECK-NEXT: %[[TILES:.*]] = arith.muli %[[DOWN]], %c16
  // CHECK: %[[PARTS:.*]] = arith.divui %{{.*}}, %c512
  // CHECK-NEXT: %[[BLOCKS:.*]] = arith.muli %[[PARTS]], %c16
  // CHECK: scf.for %{{.*}} = %block_id_x to %[[TILES]] step %[[BLOCKS]]
  func.func @batch(%x: tensor<?x2048xbf16>, %w: tensor<2048x4096xbf16>, %y: tensor<?x4096xf32>) -> tensor<?x4096xf32> {
    %r = sinter.kernel "batch" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 6, 0, 0, 0, 0], vector = 4, parallel = true>
        ins(%x, %w : tensor<?x2048xbf16>, tensor<2048x4096xbf16>) outs(%y : tensor<?x4096xf32>) -> tensor<?x4096xf32> {
    ^bb0(%a: tensor<?x2048xbf16>, %b: tensor<2048x4096xbf16>, %out: tensor<?x4096xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<?x4096xf32>) -> tensor<?x4096xf32>
      %p = linalg.generic {indexing_maps = [#left, #right, #result], iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%a, %b : tensor<?x2048xbf16>, tensor<2048x4096xbf16>) outs(%init : tensor<?x4096xf32>) {
      ^bb0(%l: bf16, %q: bf16, %c: f32):
        %lw = arith.extf %l : bf16 to f32
        %qw = arith.extf %q : bf16 to f32
        %m = arith.mulf %lw, %qw : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<?x4096xf32>
      sinter.yield %p : tensor<?x4096xf32>
    }
    return %r : tensor<?x4096xf32>
  }
  // A tile for each block: the last stage needs no sign.
  // CHECK-LABEL: gpu.func @k_few_2_sm_90a(
  // CHECK-SAME: sinter.grid = array<i64: 0, 128, 1, 1>
  // CHECK-NOT: step %c128
  // CHECK: nvvm.wgmma.wait.group.sync.aligned 0
  // CHECK-NOT: nvvm.mbarrier.arrive
  // CHECK: nvvm.bar.warp.sync
  func.func @few(%x: tensor<1024x2048xbf16>, %w: tensor<2048x4096xbf16>, %y: tensor<1024x4096xf32>) -> tensor<1024x4096xf32> {
    %r = sinter.kernel "few" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 6, 0, 0, 0, 0], vector = 4, parallel = true>
        ins(%x, %w : tensor<1024x2048xbf16>, tensor<2048x4096xbf16>) outs(%y : tensor<1024x4096xf32>) -> tensor<1024x4096xf32> {
    ^bb0(%a: tensor<1024x2048xbf16>, %b: tensor<2048x4096xbf16>, %out: tensor<1024x4096xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<1024x4096xf32>) -> tensor<1024x4096xf32>
      %p = linalg.generic {indexing_maps = [#left, #right, #result], iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%a, %b : tensor<1024x2048xbf16>, tensor<2048x4096xbf16>) outs(%init : tensor<1024x4096xf32>) {
      ^bb0(%l: bf16, %q: bf16, %c: f32):
        %lw = arith.extf %l : bf16 to f32
        %qw = arith.extf %q : bf16 to f32
        %m = arith.mulf %lw, %qw : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<1024x4096xf32>
      sinter.yield %p : tensor<1024x4096xf32>
    }
    return %r : tensor<1024x4096xf32>
  }
}
