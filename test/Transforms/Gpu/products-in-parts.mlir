// Products with few tiles and a long k are cut into parts, whose sums a second function adds up.
// RUN: sinter-opt %s --sinter-emit-device-kernels --canonicalize --cse | FileCheck %s

#left = affine_map<(m, n, k) -> (m, k)>
#right = affine_map<(m, n, k) -> (k, n)>
#result = affine_map<(m, n, k) -> (m, n)>
#rows = affine_map<(m, n, k) -> (k, m)>
#element = affine_map<(m, n) -> (m, n)>
#column = affine_map<(m, n) -> (n)>

// CHECK-DAG: {sinter.device = [@device::@k_hidden_0, @device::@k_hidden_0_combine]}
// CHECK-DAG: {sinter.device = [@device::@k_short_1]}
// CHECK-DAG: {sinter.device = [@device::@k_gradient_2, @device::@k_gradient_2_combine]}
module attributes {sinter.batch = 1024 : i64} {
  func.func @hidden(%x: tensor<64x1000xf32>, %w: tensor<1000x500xf32>, %b: tensor<500xf32>, %e: tensor<64x500xf32>) -> tensor<64x500xf32> {
    %r = sinter.kernel "hidden" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 6, 0, 0, 0, 0], vector = 4, parallel = true>
        ins(%x, %w, %b : tensor<64x1000xf32>, tensor<1000x500xf32>, tensor<500xf32>) outs(%e : tensor<64x500xf32>) -> tensor<64x500xf32> {
    ^bb0(%l: tensor<64x1000xf32>, %q: tensor<1000x500xf32>, %bias: tensor<500xf32>, %out: tensor<64x500xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<64x500xf32>) -> tensor<64x500xf32>
      %p = linalg.generic {indexing_maps = [#left, #right, #result], iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%l, %q : tensor<64x1000xf32>, tensor<1000x500xf32>) outs(%init : tensor<64x500xf32>) {
      ^bb0(%a: f32, %c: f32, %s: f32):
        %m = arith.mulf %a, %c : f32
        %t = arith.addf %s, %m : f32
        linalg.yield %t : f32
      } -> tensor<64x500xf32>
      %y = linalg.generic {indexing_maps = [#element, #column, #element], iterator_types = ["parallel", "parallel"]}
          ins(%p, %bias : tensor<64x500xf32>, tensor<500xf32>) outs(%out : tensor<64x500xf32>) {
      ^bb0(%a: f32, %c: f32, %s: f32):
        %t = arith.addf %a, %c : f32
        linalg.yield %t : f32
      } -> tensor<64x500xf32>
      sinter.yield %y : tensor<64x500xf32>
    }
    return %r : tensor<64x500xf32>
  }
  func.func @short(%x: tensor<64x200xf32>, %w: tensor<200x500xf32>, %e: tensor<64x500xf32>) -> tensor<64x500xf32> {
    %r = sinter.kernel "short" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 6, 0, 0, 0, 0], vector = 4, parallel = true>
        ins(%x, %w : tensor<64x200xf32>, tensor<200x500xf32>) outs(%e : tensor<64x500xf32>) -> tensor<64x500xf32> {
    ^bb0(%l: tensor<64x200xf32>, %q: tensor<200x500xf32>, %out: tensor<64x500xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<64x500xf32>) -> tensor<64x500xf32>
      %p = linalg.generic {indexing_maps = [#left, #right, #result], iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%l, %q : tensor<64x200xf32>, tensor<200x500xf32>) outs(%init : tensor<64x500xf32>) {
      ^bb0(%a: f32, %c: f32, %s: f32):
        %m = arith.mulf %a, %c : f32
        %t = arith.addf %s, %m : f32
        linalg.yield %t : f32
      } -> tensor<64x500xf32>
      sinter.yield %p : tensor<64x500xf32>
    }
    return %r : tensor<64x500xf32>
  }
  func.func @gradient(%x: tensor<?x40xf32>, %g: tensor<?x40xf32>, %e: tensor<40x40xf32>) -> tensor<40x40xf32> {
    %r = sinter.kernel "gradient" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 6, 0, 0, 0, 0], vector = 4, parallel = true>
        ins(%x, %g : tensor<?x40xf32>, tensor<?x40xf32>) outs(%e : tensor<40x40xf32>) -> tensor<40x40xf32> {
    ^bb0(%l: tensor<?x40xf32>, %q: tensor<?x40xf32>, %out: tensor<40x40xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<40x40xf32>) -> tensor<40x40xf32>
      %p = linalg.generic {indexing_maps = [#rows, #right, #result], iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%l, %q : tensor<?x40xf32>, tensor<?x40xf32>) outs(%init : tensor<40x40xf32>) {
      ^bb0(%a: f32, %c: f32, %s: f32):
        %m = arith.mulf %a, %c : f32
        %t = arith.addf %s, %m : f32
        linalg.yield %t : f32
      } -> tensor<40x40xf32>
      sinter.yield %p : tensor<40x40xf32>
    }
    return %r : tensor<40x40xf32>
  }

  // 2 x 16 tiles of 32 x 32, 32 stretches of k: eight parts of four stretches. A block writes its sums, and no result.
  // CHECK-LABEL: gpu.func @k_hidden_0(
  // CHECK-SAME: memref<1048576xi8>)
  // CHECK-SAME: sinter.grid = array<i64: 0, 32, 1, 8>, sinter.workspace = 1048576 : i64
  // CHECK-DAG: %[[PART:.*]] = arith.remui %block_id_x, %c8
  // CHECK-DAG: %[[BEGIN:.*]] = arith.muli %[[PART]], %c4
  // CHECK: %[[NEXT:.*]] = arith.addi %[[BEGIN]], %c4
  // CHECK: %[[END:.*]] = arith.minsi %[[NEXT]], %c32
  // CHECK: scf.for {{.*}} = %[[BEGIN]] to %[[END]] step %c1 iter_args
  // CHECK-NOT: addf
  // CHECK-COUNT-2: vector.store {{.*}}[%[[PART]], {{.*}} : memref<8x32x32x32xf32>, vector<2xf32>
  // CHECK-NOT: addf
  // CHECK-LABEL: gpu.func @k_hidden_0_combine(
  // CHECK-SAME: known_block_size = array<i32: 256, 1, 1>, sinter.grid = array<i64: 0, 32, 1, 1>, sinter.workspace = 1048576 : i64
  // CHECK-COUNT-8: vector.load {{.*}} : memref<8x32x32x32xf32>, vector<4xf32>
  // CHECK-COUNT-7: arith.addf
  // CHECK: vector.load {{.*}} : memref<500xf32>
  // CHECK: arith.addf
  // CHECK: vector.store {{.*}} : memref<32000xf32>

  // A short k is not worth a second function.
  // CHECK-LABEL: gpu.func @k_short_1(
  // CHECK-NOT: gpu.func @k_short_1_combine

  // The parts of a batch are those of the largest one; blocks of a smaller batch may have none of it.
  // CHECK-LABEL: gpu.func @k_gradient_2(
  // CHECK-SAME: %[[ROWS:[a-z0-9]*]]: index, %{{.*}}: memref<131072xi8>)
  // CHECK-SAME: sinter.grid = array<i64: 0, 4, 1, 8>
  // CHECK-DAG: %[[UP:.*]] = arith.addi %[[ROWS]], %c31
  // CHECK-DAG: %[[COUNT:.*]] = arith.divui %[[UP]], %c32
  // CHECK-DAG: %[[SHARE:.*]] = arith.remui %block_id_x, %c8
  // CHECK-DAG: %[[FIRST:.*]] = arith.muli %[[SHARE]], %c4
  // CHECK: %[[LAST:.*]] = arith.minsi {{.*}}, %[[COUNT]]
  // CHECK: %[[HAS:.*]] = arith.cmpi slt, %[[FIRST]], %[[LAST]]
  // CHECK: scf.if %[[HAS]]
  // CHECK: scf.for {{.*}} = %[[FIRST]] to %[[LAST]]
}
