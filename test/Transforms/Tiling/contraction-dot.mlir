// Vectors along k; every accumulator is added up at the end.
// RUN: sinter-opt %s --sinter-emit-kernels --canonicalize --cse | FileCheck %s

module {
  func.func @one_row(%x: tensor<1x10xf32>, %w: tensor<6x10xf32>, %y: tensor<1x6xf32>) -> tensor<1x6xf32> {
    %r = sinter.kernel "one_row" schedule #sinter.schedule<contraction, tile = [1, 1, 1, 2, 1, 10, 2, 0, 0, 0], vector = 4, parallel = true>
        ins(%x, %w : tensor<1x10xf32>, tensor<6x10xf32>) outs(%y : tensor<1x6xf32>) -> tensor<1x6xf32> {
    ^bb0(%a: tensor<1x10xf32>, %b: tensor<6x10xf32>, %out: tensor<1x6xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<1x6xf32>) -> tensor<1x6xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<1x10xf32>, tensor<6x10xf32>) outs(%init : tensor<1x6xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<1x6xf32>
      sinter.yield %p : tensor<1x6xf32>
    }
    return %r : tensor<1x6xf32>
  }

  // CHECK-LABEL: func.func private @one_row_0(
  // CHECK-DAG: %[[TAIL:.*]] = arith.constant dense<[true, true, false, false]>
  // CHECK: scf.for {{.*}} iter_args({{.*}}) -> (vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>)
  // CHECK-COUNT-5: vector.load
  // CHECK: vector.maskedload {{.*}}%[[TAIL]]
  // CHECK-COUNT-2: vector.shuffle
  // CHECK-NEXT: arith.addf
  // CHECK-COUNT-2: vector.shuffle
  // CHECK-NEXT: arith.addf
  // CHECK-COUNT-2: vector.shuffle
  // CHECK-NEXT: arith.addf
  // CHECK: vector.store

  // Four rows meet each vector of the other operand, and two lanes at a time are all that the registers of 16 bytes hold
  // beside them: two loops over k for four lanes, then the pairs that each leaves for a row become one vector.
  func.func @four_rows(%x: tensor<4x16xf32>, %w: tensor<4x16xf32>, %y: tensor<4x4xf32>) -> tensor<4x4xf32> {
    %r = sinter.kernel "four_rows" schedule #sinter.schedule<contraction, tile = [4, 1, 0, 0, 1, 16, 2, 0, 0, 0], vector = 4, parallel = false>
        ins(%x, %w : tensor<4x16xf32>, tensor<4x16xf32>) outs(%y : tensor<4x4xf32>) -> tensor<4x4xf32> {
    ^bb0(%a: tensor<4x16xf32>, %b: tensor<4x16xf32>, %out: tensor<4x4xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<4x4xf32>) -> tensor<4x4xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<4x16xf32>, tensor<4x16xf32>) outs(%init : tensor<4x4xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<4x4xf32>
      sinter.yield %p : tensor<4x4xf32>
    }
    return %r : tensor<4x4xf32>
  }

  // CHECK-LABEL: func.func private @four_rows_1(
  // CHECK: scf.for
  // CHECK-COUNT-8: vector.fma
  // CHECK-NOT: vector.fma
  // CHECK: scf.yield
  // CHECK: scf.for
  // CHECK-COUNT-8: vector.fma
  // CHECK-NOT: vector.fma
  // CHECK: scf.yield
  // CHECK-COUNT-4: vector.store
  // CHECK-NOT: vector.store
}
