// Schedules that do not fit are refused, whoever wrote them.
// RUN: sinter-opt %s --sinter-emit-kernels --split-input-file --verify-diagnostics

  func.func @too_short(%x: tensor<4x6xf32>, %w: tensor<6x8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
    // expected-error @+1 {{cannot be emitted with #sinter.schedule<contraction}}
    %r = sinter.kernel "too_short" schedule #sinter.schedule<contraction, tile = [2, 2, 1, 1], vector = 4, parallel = true>
        ins(%x, %w : tensor<4x6xf32>, tensor<6x8xf32>) outs(%y : tensor<4x8xf32>) -> tensor<4x8xf32> {
    ^bb0(%a: tensor<4x6xf32>, %b: tensor<6x8xf32>, %out: tensor<4x8xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<4x8xf32>) -> tensor<4x8xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<4x6xf32>, tensor<6x8xf32>) outs(%init : tensor<4x8xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<4x8xf32>
      sinter.yield %p : tensor<4x8xf32>
    }
    return %r : tensor<4x8xf32>
  }

// -----

  func.func @lanes_are_not_contiguous(%x: tensor<4x6xf32>, %w: tensor<8x6xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
    // expected-error @+1 {{cannot be emitted with #sinter.schedule<contraction}}
    %r = sinter.kernel "lanes_are_not_contiguous" schedule #sinter.schedule<contraction, tile = [2, 2, 1, 1, 1, 6, 0, 0, 0, 0], vector = 4, parallel = true>
        ins(%x, %w : tensor<4x6xf32>, tensor<8x6xf32>) outs(%y : tensor<4x8xf32>) -> tensor<4x8xf32> {
    ^bb0(%a: tensor<4x6xf32>, %b: tensor<8x6xf32>, %out: tensor<4x8xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<4x8xf32>) -> tensor<4x8xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<4x6xf32>, tensor<8x6xf32>) outs(%init : tensor<4x8xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<4x8xf32>
      sinter.yield %p : tensor<4x8xf32>
    }
    return %r : tensor<4x8xf32>
  }

// -----

  // Wider than any vector register.
  func.func @wide_vectors(%x: tensor<4x6xf32>, %w: tensor<6x8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
    // expected-error @+1 {{cannot be emitted with #sinter.schedule<contraction}}
    %r = sinter.kernel "wide_vectors" schedule #sinter.schedule<contraction, tile = [2, 2, 1, 1, 1, 6, 1, 0, 0, 0], vector = 32, parallel = true>
        ins(%x, %w : tensor<4x6xf32>, tensor<6x8xf32>) outs(%y : tensor<4x8xf32>) -> tensor<4x8xf32> {
    ^bb0(%a: tensor<4x6xf32>, %b: tensor<6x8xf32>, %out: tensor<4x8xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<4x8xf32>) -> tensor<4x8xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<4x6xf32>, tensor<6x8xf32>) outs(%init : tensor<4x8xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<4x8xf32>
      sinter.yield %p : tensor<4x8xf32>
    }
    return %r : tensor<4x8xf32>
  }
