// Which processors get products of bf16 in pairs? Those that are faster at that than at f32, where packing both operands pays.
// RUN: sinter-opt %s --sinter-plan-schedules="cpu=x86-64-v4 bf16-rate=2" | FileCheck %s --check-prefixes=CHECK,TWICE
// RUN: sinter-opt %s --sinter-plan-schedules="cpu=x86-64-v4 bf16-rate=0.5" | FileCheck %s --check-prefixes=CHECK,AVX512
// RUN: sinter-opt %s --sinter-plan-schedules="cpu=x86-64-v4" | FileCheck %s --check-prefixes=CHECK,AVX512
// RUN: sinter-opt %s --sinter-plan-schedules="cpu=x86-64-v3" | FileCheck %s --check-prefixes=CHECK,AVX2
// RUN: sinter-opt %s --sinter-plan-schedules="vector-bytes=16 vector-registers=32" | FileCheck %s --check-prefixes=CHECK,NEON

module attributes {sinter.batch = 256 : i64} {
  // CHECK-LABEL: @square
  // TWICE: sinter.kernel "square" schedule <contraction, tile = [6, 4, 43, 4, 1, 512, 4, 0, 1, 0], vector = 16, parallel = true>
  // AVX512: sinter.kernel "square" schedule <contraction, tile = [4, 6, 43, 1, 1, 512, 1, 0, 0, 0], vector = 16, parallel = true>
  // AVX2: sinter.kernel "square" schedule <contraction, tile = [2, 5, 128, 1, 1, 512, 1, 0, 0, 0], vector = 8, parallel = true>
  // NEON: sinter.kernel "square" schedule <contraction, tile = [4, 6, 64, 1, 1, 512, 1, 0, 0, 0], vector = 4, parallel = true>
  func.func @square(%x: tensor<512x512xbf16>, %w: tensor<512x512xbf16>, %y: tensor<512x512xf32>) -> tensor<512x512xf32> {
    %r = sinter.kernel "square"
        ins(%x, %w : tensor<512x512xbf16>, tensor<512x512xbf16>) outs(%y : tensor<512x512xf32>) -> tensor<512x512xf32> {
    ^bb0(%a: tensor<512x512xbf16>, %b: tensor<512x512xbf16>, %out: tensor<512x512xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<512x512xf32>) -> tensor<512x512xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<512x512xbf16>, tensor<512x512xbf16>) outs(%init : tensor<512x512xf32>) {
      ^bb0(%l: bf16, %q: bf16, %c: f32):
        %lw = arith.extf %l : bf16 to f32
        %qw = arith.extf %q : bf16 to f32
        %m = arith.mulf %lw, %qw : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<512x512xf32>
      sinter.yield %p : tensor<512x512xf32>
    }
    return %r : tensor<512x512xf32>
  }
  // CHECK-LABEL: @forward
  // TWICE: sinter.kernel "forward" schedule <contraction, tile = [6, 4, 22, 4, 1, 512, 4, 0, 1, 0], vector = 16, parallel = true>
  // AVX512: sinter.kernel "forward" schedule <contraction, tile = [4, 6, 22, 1, 1, 1000, 1, 0, 0, 0], vector = 16, parallel = true>
  // AVX2: sinter.kernel "forward" schedule <contraction, tile = [2, 5, 64, 1, 1, 1000, 1, 0, 0, 0], vector = 8, parallel = true>
  // NEON: sinter.kernel "forward" schedule <contraction, tile = [4, 6, 64, 1, 1, 1000, 1, 0, 0, 0], vector = 4, parallel = true>
  func.func @forward(%x: tensor<?x1000xbf16>, %w: tensor<500x1000xbf16>, %y: tensor<?x500xf32>) -> tensor<?x500xf32> {
    %r = sinter.kernel "forward"
        ins(%x, %w : tensor<?x1000xbf16>, tensor<500x1000xbf16>) outs(%y : tensor<?x500xf32>) -> tensor<?x500xf32> {
    ^bb0(%a: tensor<?x1000xbf16>, %b: tensor<500x1000xbf16>, %out: tensor<?x500xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<?x500xf32>) -> tensor<?x500xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<?x1000xbf16>, tensor<500x1000xbf16>) outs(%init : tensor<?x500xf32>) {
      ^bb0(%l: bf16, %q: bf16, %c: f32):
        %lw = arith.extf %l : bf16 to f32
        %qw = arith.extf %q : bf16 to f32
        %m = arith.mulf %lw, %qw : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<?x500xf32>
      sinter.yield %p : tensor<?x500xf32>
    }
    return %r : tensor<?x500xf32>
  }
  // CHECK-LABEL: @weight_gradient
  // TWICE: sinter.kernel "weight_gradient" schedule <contraction, tile = [8, 3, 21, 11, 1, 256, 4, 0, 1, 0], vector = 16, parallel = true>
  // AVX512: sinter.kernel "weight_gradient" schedule <contraction, tile = [4, 6, 63, 1, 1, 256, 1, 0, 0, 0], vector = 16, parallel = true>
  // AVX2: sinter.kernel "weight_gradient" schedule <contraction, tile = [2, 5, 250, 1, 1, 256, 1, 0, 0, 0], vector = 8, parallel = true>
  // NEON: sinter.kernel "weight_gradient" schedule <contraction, tile = [4, 6, 125, 1, 1, 256, 1, 0, 0, 0], vector = 4, parallel = true>
  func.func @weight_gradient(%x: tensor<?x500xbf16>, %w: tensor<?x1000xbf16>, %y: tensor<500x1000xf32>) -> tensor<500x1000xf32> {
    %r = sinter.kernel "weight_gradient"
        ins(%x, %w : tensor<?x500xbf16>, tensor<?x1000xbf16>) outs(%y : tensor<500x1000xf32>) -> tensor<500x1000xf32> {
    ^bb0(%a: tensor<?x500xbf16>, %b: tensor<?x1000xbf16>, %out: tensor<500x1000xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<500x1000xf32>) -> tensor<500x1000xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (k, m)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<?x500xbf16>, tensor<?x1000xbf16>) outs(%init : tensor<500x1000xf32>) {
      ^bb0(%l: bf16, %q: bf16, %c: f32):
        %lw = arith.extf %l : bf16 to f32
        %qw = arith.extf %q : bf16 to f32
        %m = arith.mulf %lw, %qw : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<500x1000xf32>
      sinter.yield %p : tensor<500x1000xf32>
    }
    return %r : tensor<500x1000xf32>
  }
  // CHECK-LABEL: @few_columns
  // TWICE: sinter.kernel "few_columns" schedule <contraction, tile = [10, 2, 1, 8, 1, 100, 4, 1, 1, 0], vector = 16, parallel = false>
  // AVX512: sinter.kernel "few_columns" schedule <contraction, tile = [6, 1, 22, 1, 1, 100, 2, 0, 0, 0], vector = 16, parallel = true>
  // AVX2: sinter.kernel "few_columns" schedule <contraction, tile = [3, 1, 43, 2, 1, 100, 2, 0, 0, 0], vector = 8, parallel = true>
  // NEON: sinter.kernel "few_columns" schedule <contraction, tile = [8, 3, 16, 1, 1, 100, 1, 0, 0, 0], vector = 4, parallel = true>
  func.func @few_columns(%x: tensor<?x100xbf16>, %w: tensor<10x100xbf16>, %y: tensor<?x10xf32>) -> tensor<?x10xf32> {
    %r = sinter.kernel "few_columns"
        ins(%x, %w : tensor<?x100xbf16>, tensor<10x100xbf16>) outs(%y : tensor<?x10xf32>) -> tensor<?x10xf32> {
    ^bb0(%a: tensor<?x100xbf16>, %b: tensor<10x100xbf16>, %out: tensor<?x10xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<?x10xf32>) -> tensor<?x10xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<?x100xbf16>, tensor<10x100xbf16>) outs(%init : tensor<?x10xf32>) {
      ^bb0(%l: bf16, %q: bf16, %c: f32):
        %lw = arith.extf %l : bf16 to f32
        %qw = arith.extf %q : bf16 to f32
        %m = arith.mulf %lw, %qw : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<?x10xf32>
      sinter.yield %p : tensor<?x10xf32>
    }
    return %r : tensor<?x10xf32>
  }
}
