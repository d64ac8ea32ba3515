// Register tiles follow from the target: lanes, registers, units and their latency.
// RUN: sinter-opt %s --sinter-plan-schedules=cpu=x86-64-v2 | FileCheck %s --check-prefixes=CHECK,SSE
// RUN: sinter-opt %s --sinter-plan-schedules=cpu=x86-64-v3 | FileCheck %s --check-prefixes=CHECK,AVX2
// RUN: sinter-opt %s --sinter-plan-schedules=cpu=x86-64-v4 | FileCheck %s --check-prefixes=CHECK,AVX512
// ARM: vectors of 16 bytes, but 32 of them; and a core that starts four FMAs a cycle.
// RUN: sinter-opt %s --sinter-plan-schedules="vector-bytes=16 vector-registers=32" | FileCheck %s --check-prefixes=CHECK,NEON
// RUN: sinter-opt %s --sinter-plan-schedules="vector-bytes=16 vector-registers=32 fma-ports=4 l1-bytes=131072" | FileCheck %s --check-prefixes=CHECK,WIDE
// A last-level cache that is near, or far: rows far apart are read where they lie, once for all panels; the tile differs.
// RUN: sinter-opt %s --sinter-plan-schedules="cpu=x86-64-v4 l1-bytes=49152 l3-line-cycles=0.7" | FileCheck %s --check-prefix=NEAR
// RUN: sinter-opt %s --sinter-plan-schedules="cpu=x86-64-v4 l1-bytes=49152 l3-line-cycles=3" | FileCheck %s --check-prefix=FAR

module attributes {sinter.batch = 64 : i64} {
  // Twelve or 24 accumulators, the vectors that they need, and one for what is broadcast.
  // CHECK-LABEL: @square
  // SSE: sinter.kernel "square" schedule <contraction, tile = [6, 2, 43, 1, 1, 512, 1, 0, 0, 0], vector = 4, parallel = true>
  // AVX2: sinter.kernel "square" schedule <contraction, tile = [6, 2, 43, 1, 1, 512, 1, 0, 0, 0], vector = 8, parallel = true>
  // AVX512: sinter.kernel "square" schedule <contraction, tile = [6, 4, 43, 1, 1, 512, 1, 0, 0, 0], vector = 16, parallel = true>
  // NEON: sinter.kernel "square" schedule <contraction, tile = [6, 4, 43, 1, 1, 512, 1, 0, 0, 0], vector = 4, parallel = true>
  // WIDE: sinter.kernel "square" schedule <contraction, tile = [6, 4, 43, 1, 1, 512, 1, 0, 0, 0], vector = 4, parallel = true>
  func.func @square(%x: tensor<512x512xf32>, %w: tensor<512x512xf32>, %y: tensor<512x512xf32>) -> tensor<512x512xf32> {
    %r = sinter.kernel "square"
        ins(%x, %w : tensor<512x512xf32>, tensor<512x512xf32>) outs(%y : tensor<512x512xf32>) -> tensor<512x512xf32> {
    ^bb0(%a: tensor<512x512xf32>, %b: tensor<512x512xf32>, %out: tensor<512x512xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<512x512xf32>) -> tensor<512x512xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<512x512xf32>, tensor<512x512xf32>) outs(%init : tensor<512x512xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<512x512xf32>
      sinter.yield %p : tensor<512x512xf32>
    }
    return %r : tensor<512x512xf32>
  }
  // Both operands lie as they are read; a result that leaves the second-level cache is written row by row of tiles.
  // CHECK-LABEL: @weight_gradient
  // SSE: sinter.kernel "weight_gradient" schedule <contraction, tile = [6, 2, 2, 0, 1, 64, 0, 0, 1, 0], vector = 4, parallel = true>
  // AVX2: sinter.kernel "weight_gradient" schedule <contraction, tile = [6, 2, 3, 0, 1, 64, 0, 0, 1, 0], vector = 8, parallel = true>
  // AVX512: sinter.kernel "weight_gradient" schedule <contraction, tile = [6, 4, 6, 0, 1, 64, 0, 0, 1, 0], vector = 16, parallel = true>
  // NEON: sinter.kernel "weight_gradient" schedule <contraction, tile = [6, 4, 2, 0, 1, 64, 0, 0, 1, 0], vector = 4, parallel = true>
  // WIDE: sinter.kernel "weight_gradient" schedule <contraction, tile = [6, 4, 3, 0, 1, 64, 0, 0, 1, 0], vector = 4, parallel = true>
  func.func @weight_gradient(%x: tensor<?x500xf32>, %w: tensor<?x1000xf32>, %y: tensor<500x1000xf32>) -> tensor<500x1000xf32> {
    %r = sinter.kernel "weight_gradient"
        ins(%x, %w : tensor<?x500xf32>, tensor<?x1000xf32>) outs(%y : tensor<500x1000xf32>) -> tensor<500x1000xf32> {
    ^bb0(%a: tensor<?x500xf32>, %b: tensor<?x1000xf32>, %out: tensor<500x1000xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<500x1000xf32>) -> tensor<500x1000xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (k, m)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<?x500xf32>, tensor<?x1000xf32>) outs(%init : tensor<500x1000xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<500x1000xf32>
      sinter.yield %p : tensor<500x1000xf32>
    }
    return %r : tensor<500x1000xf32>
  }
  // NEAR-LABEL: @long_weight_gradient
  // NEAR: schedule <contraction, tile = [6, 4, 42, 6, 1, 128, 1, 0, 1, 0], vector = 16, parallel = true>
  // FAR-LABEL: @long_weight_gradient
  // FAR: schedule <contraction, tile = [8, 3, 32, 7, 1, 128, 1, 0, 1, 0], vector = 16, parallel = true>
  func.func @long_weight_gradient(%x: tensor<1536x500xf32>, %w: tensor<1536x1000xf32>, %y: tensor<500x1000xf32>) -> tensor<500x1000xf32> {
    %r = sinter.kernel "long_weight_gradient"
        ins(%x, %w : tensor<1536x500xf32>, tensor<1536x1000xf32>) outs(%y : tensor<500x1000xf32>) -> tensor<500x1000xf32> {
    ^bb0(%a: tensor<1536x500xf32>, %b: tensor<1536x1000xf32>, %out: tensor<500x1000xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<500x1000xf32>) -> tensor<500x1000xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (k, m)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<1536x500xf32>, tensor<1536x1000xf32>) outs(%init : tensor<500x1000xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<500x1000xf32>
      sinter.yield %p : tensor<500x1000xf32>
    }
    return %r : tensor<500x1000xf32>
  }
}
