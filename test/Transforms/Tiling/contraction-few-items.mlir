// How are products of some microseconds cut, for two threads to gain from it?
// RUN: sinter-opt %s --sinter-plan-schedules=cpu=x86-64-v4 | FileCheck %s

// By rows, in halves: what they write lies apart.
// CHECK-LABEL: @rows
// CHECK: sinter.kernel "nn" schedule <contraction, tile = [7, 3, 2, 6, 1, 62, 0, 0, 0, 0], vector = 16, parallel = true>
func.func @rows(%x: tensor<28x62xf32>, %w: tensor<62x288xf32>, %y: tensor<28x288xf32>) -> tensor<28x288xf32> {
  %r = sinter.kernel "nn" ins(%x, %w : tensor<28x62xf32>, tensor<62x288xf32>) outs(%y : tensor<28x288xf32>) -> tensor<28x288xf32> {
  ^bb0(%a: tensor<28x62xf32>, %b: tensor<62x288xf32>, %out: tensor<28x288xf32>):
    %zero = arith.constant 0.0 : f32
    %init = linalg.fill ins(%zero : f32) outs(%out : tensor<28x288xf32>) -> tensor<28x288xf32>
    %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
        iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<28x62xf32>, tensor<62x288xf32>) outs(%init : tensor<28x288xf32>) {
    ^bb0(%l: f32, %q: f32, %c: f32):
      %m = arith.mulf %l, %q : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> tensor<28x288xf32>
    sinter.yield %p : tensor<28x288xf32>
  }
  return %r : tensor<28x288xf32>
}

// In quarters, where four are no worse for two threads than two.
// CHECK-LABEL: @even
// CHECK: sinter.kernel "nn" schedule <contraction, tile = [4, 5, 8, 2, 1, 60, 0, 0, 0, 0], vector = 16, parallel = true>
func.func @even(%x: tensor<128x60xf32>, %w: tensor<60x160xf32>, %y: tensor<128x160xf32>) -> tensor<128x160xf32> {
  %r = sinter.kernel "nn" ins(%x, %w : tensor<128x60xf32>, tensor<60x160xf32>) outs(%y : tensor<128x160xf32>) -> tensor<128x160xf32> {
  ^bb0(%a: tensor<128x60xf32>, %b: tensor<60x160xf32>, %out: tensor<128x160xf32>):
    %zero = arith.constant 0.0 : f32
    %init = linalg.fill ins(%zero : f32) outs(%out : tensor<128x160xf32>) -> tensor<128x160xf32>
    %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
        iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<128x60xf32>, tensor<60x160xf32>) outs(%init : tensor<128x160xf32>) {
    ^bb0(%l: f32, %q: f32, %c: f32):
      %m = arith.mulf %l, %q : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> tensor<128x160xf32>
    sinter.yield %p : tensor<128x160xf32>
  }
  return %r : tensor<128x160xf32>
}

// One tile of rows: by columns. Two lines that lie together belong to one thread.
// CHECK-LABEL: @aligned_columns
// CHECK: sinter.kernel "nn" schedule <contraction, tile = [6, 4, 1, 8, 1, 96, 0, 0, 0, 0], vector = 16, parallel = true>
func.func @aligned_columns(%x: tensor<6x96xf32>, %w: tensor<96x1024xf32>, %y: tensor<6x1024xf32>) -> tensor<6x1024xf32> {
  %r = sinter.kernel "nn" ins(%x, %w : tensor<6x96xf32>, tensor<96x1024xf32>) outs(%y : tensor<6x1024xf32>) -> tensor<6x1024xf32> {
  ^bb0(%a: tensor<6x96xf32>, %b: tensor<96x1024xf32>, %out: tensor<6x1024xf32>):
    %zero = arith.constant 0.0 : f32
    %init = linalg.fill ins(%zero : f32) outs(%out : tensor<6x1024xf32>) -> tensor<6x1024xf32>
    %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
        iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<6x96xf32>, tensor<96x1024xf32>) outs(%init : tensor<6x1024xf32>) {
    ^bb0(%l: f32, %q: f32, %c: f32):
      %m = arith.mulf %l, %q : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> tensor<6x1024xf32>
    sinter.yield %p : tensor<6x1024xf32>
  }
  return %r : tensor<6x1024xf32>
}

// By rows, as in each row there would be a line that both threads write.
// CHECK-LABEL: @columns
// CHECK: sinter.kernel "nn" schedule <contraction, tile = [7, 3, 1, 12, 1, 65, 0, 0, 0, 0], vector = 16, parallel = true>
func.func @columns(%x: tensor<14x65xf32>, %w: tensor<65x574xf32>, %y: tensor<14x574xf32>) -> tensor<14x574xf32> {
  %r = sinter.kernel "nn" ins(%x, %w : tensor<14x65xf32>, tensor<65x574xf32>) outs(%y : tensor<14x574xf32>) -> tensor<14x574xf32> {
  ^bb0(%a: tensor<14x65xf32>, %b: tensor<65x574xf32>, %out: tensor<14x574xf32>):
    %zero = arith.constant 0.0 : f32
    %init = linalg.fill ins(%zero : f32) outs(%out : tensor<14x574xf32>) -> tensor<14x574xf32>
    %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
        iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<14x65xf32>, tensor<65x574xf32>) outs(%init : tensor<14x574xf32>) {
    ^bb0(%l: f32, %q: f32, %c: f32):
      %m = arith.mulf %l, %q : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> tensor<14x574xf32>
    sinter.yield %p : tensor<14x574xf32>
  }
  return %r : tensor<14x574xf32>
}

// By matrices of a batch.
// CHECK-LABEL: @matrices
// CHECK: sinter.kernel "nn" schedule <contraction, tile = [11, 2, 3, 1, 4, 32, 0, 0, 0, 0], vector = 16, parallel = true>
func.func @matrices(%x: tensor<8x32x32xf32>, %w: tensor<8x32x32xf32>, %y: tensor<8x32x32xf32>) -> tensor<8x32x32xf32> {
  %r = sinter.kernel "nn" ins(%x, %w : tensor<8x32x32xf32>, tensor<8x32x32xf32>) outs(%y : tensor<8x32x32xf32>) -> tensor<8x32x32xf32> {
  ^bb0(%a: tensor<8x32x32xf32>, %b: tensor<8x32x32xf32>, %out: tensor<8x32x32xf32>):
    %zero = arith.constant 0.0 : f32
    %init = linalg.fill ins(%zero : f32) outs(%out : tensor<8x32x32xf32>) -> tensor<8x32x32xf32>
    %p = linalg.generic {indexing_maps = [affine_map<(b, m, n, k) -> (b, m, k)>, affine_map<(b, m, n, k) -> (b, k, n)>, affine_map<(b, m, n, k) -> (b, m, n)>],
        iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%a, %b : tensor<8x32x32xf32>, tensor<8x32x32xf32>) outs(%init : tensor<8x32x32xf32>) {
    ^bb0(%l: f32, %q: f32, %c: f32):
      %m = arith.mulf %l, %q : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> tensor<8x32x32xf32>
    sinter.yield %p : tensor<8x32x32xf32>
  }
  return %r : tensor<8x32x32xf32>
}

// Too small: what one thread has written would have to come to the other.
// CHECK-LABEL: @tiny
// CHECK: sinter.kernel "nn" schedule <contraction, tile = [7, 3, 1, 6, 1, 62, 0, 0, 0, 0], vector = 16, parallel = false>
func.func @tiny(%x: tensor<7x62xf32>, %w: tensor<62x288xf32>, %y: tensor<7x288xf32>) -> tensor<7x288xf32> {
  %r = sinter.kernel "nn" ins(%x, %w : tensor<7x62xf32>, tensor<62x288xf32>) outs(%y : tensor<7x288xf32>) -> tensor<7x288xf32> {
  ^bb0(%a: tensor<7x62xf32>, %b: tensor<62x288xf32>, %out: tensor<7x288xf32>):
    %zero = arith.constant 0.0 : f32
    %init = linalg.fill ins(%zero : f32) outs(%out : tensor<7x288xf32>) -> tensor<7x288xf32>
    %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
        iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<7x62xf32>, tensor<62x288xf32>) outs(%init : tensor<7x288xf32>) {
    ^bb0(%l: f32, %q: f32, %c: f32):
      %m = arith.mulf %l, %q : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> tensor<7x288xf32>
    sinter.yield %p : tensor<7x288xf32>
  }
  return %r : tensor<7x288xf32>
}

// By rows even if larger, where k is short and writing most of the work.
// CHECK-LABEL: @short_k
// CHECK: sinter.kernel "nn" schedule <contraction, tile = [8, 3, 5, 13, 1, 14, 0, 0, 0, 0], vector = 16, parallel = true>
func.func @short_k(%x: tensor<157x14xf32>, %w: tensor<14x581xf32>, %y: tensor<157x581xf32>) -> tensor<157x581xf32> {
  %r = sinter.kernel "nn" ins(%x, %w : tensor<157x14xf32>, tensor<14x581xf32>) outs(%y : tensor<157x581xf32>) -> tensor<157x581xf32> {
  ^bb0(%a: tensor<157x14xf32>, %b: tensor<14x581xf32>, %out: tensor<157x581xf32>):
    %zero = arith.constant 0.0 : f32
    %init = linalg.fill ins(%zero : f32) outs(%out : tensor<157x581xf32>) -> tensor<157x581xf32>
    %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
        iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<157x14xf32>, tensor<14x581xf32>) outs(%init : tensor<157x581xf32>) {
    ^bb0(%l: f32, %q: f32, %c: f32):
      %m = arith.mulf %l, %q : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> tensor<157x581xf32>
    sinter.yield %p : tensor<157x581xf32>
  }
  return %r : tensor<157x581xf32>
}
