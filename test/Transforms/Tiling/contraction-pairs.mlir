// Products in pairs of bf16: both operands are packed as bf16, two neighbours along k side by side.
// RUN: sinter-opt %s --sinter-emit-kernels --canonicalize --cse --split-input-file --verify-diagnostics | FileCheck %s

module {
  func.func @rows_along_k(%x: tensor<4x8xf32>, %w: tensor<8x8xbf16>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
    %r = sinter.kernel "rows_along_k" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 8, 4, 0, 1, 0], vector = 4, parallel = false>
        ins(%x, %w : tensor<4x8xf32>, tensor<8x8xbf16>) outs(%y : tensor<4x8xf32>) -> tensor<4x8xf32> {
    ^bb0(%a0: tensor<4x8xf32>, %b: tensor<8x8xbf16>, %out: tensor<4x8xf32>):
      %e = tensor.empty() : tensor<4x8xbf16>
      %a = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
          ins(%a0 : tensor<4x8xf32>) outs(%e : tensor<4x8xbf16>) {
      ^bb0(%v: f32, %old: bf16):
        %n = arith.truncf %v : f32 to bf16
        linalg.yield %n : bf16
      } -> tensor<4x8xbf16>
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<4x8xf32>) -> tensor<4x8xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<4x8xbf16>, tensor<8x8xbf16>) outs(%init : tensor<4x8xf32>) {
      ^bb0(%l: bf16, %q: bf16, %c: f32):
        %lw = arith.extf %l : bf16 to f32
        %qw = arith.extf %q : bf16 to f32
        %m = arith.mulf %lw, %qw : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<4x8xf32>
      sinter.yield %p : tensor<4x8xf32>
    }
    return %r : tensor<4x8xf32>
  }

  // Rows are rounded and stay as they lie; lanes come together by shifts, which cost nothing beside a rounding.
  // CHECK-LABEL: func.func private @rows_along_k_0(
  // CHECK-DAG: %[[PANEL:.*]] = memref.alloca() {alignment = 64 : i64} : memref<8x16xbf16>
  // CHECK-DAG: %[[ROWS:.*]] = memref.alloca() {alignment = 64 : i64} : memref<2x32xbf16>
  // CHECK: %[[LOW:.*]] = arith.extui %{{.*}} : vector<4xi16> to vector<4xi32>
  // CHECK: %[[HIGH:.*]] = arith.shli %{{.*}}, %{{.*}} : vector<4xi32>
  // CHECK: %[[PAIRS:.*]] = arith.ori %[[LOW]], %[[HIGH]]
  // CHECK: %[[BITS:.*]] = vector.bitcast %[[PAIRS]] : vector<4xi32> to vector<8xbf16>
  // CHECK: vector.store %[[BITS]]
  // CHECK: %[[X:.*]] = vector.load %{{.*}} : memref<{{.*}}xf32{{.*}}>, vector<8xf32>
  // CHECK: %[[ROUNDED:.*]] = arith.truncf %[[X]] : vector<8xf32> to vector<8xbf16>
  // CHECK: vector.store %[[ROUNDED]]
  // CHECK: vector.load {{.*}}, vector<8xbf16>
  // CHECK: %[[TWO:.*]] = vector.load {{.*}}, vector<2xbf16>
  // CHECK: %[[WORD:.*]] = vector.bitcast %[[TWO]] : vector<2xbf16> to vector<1xi32>
  // CHECK: %[[ALL:.*]] = vector.broadcast {{.*}} : i32 to vector<4xi32>
  // CHECK: x86vector.avx512.dot {{.*}} : vector<8xbf16> -> vector<4xf32>
  // CHECK-NOT: vector.fma
}

// -----

module {
  func.func @odd(%x: tensor<7x4xbf16>, %w: tensor<8x7xbf16>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
    %r = sinter.kernel "odd" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 7, 4, 0, 1, 0], vector = 4, parallel = false>
        ins(%x, %w : tensor<7x4xbf16>, tensor<8x7xbf16>) outs(%y : tensor<4x8xf32>) -> tensor<4x8xf32> {
    ^bb0(%a: tensor<7x4xbf16>, %b: tensor<8x7xbf16>, %out: tensor<4x8xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<4x8xf32>) -> tensor<4x8xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (k, m)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<7x4xbf16>, tensor<8x7xbf16>) outs(%init : tensor<4x8xf32>) {
      ^bb0(%l: bf16, %q: bf16, %c: f32):
        %lw = arith.extf %l : bf16 to f32
        %qw = arith.extf %q : bf16 to f32
        %m = arith.mulf %lw, %qw : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<4x8xf32>
      sinter.yield %p : tensor<4x8xf32>
    }
    return %r : tensor<4x8xf32>
  }

  // Lanes that lie along k are transposed two by two, as words; rows that lie side by side need no transposition. An odd k
  // has a zero behind it: read under a mask, or half a pair.
  // CHECK-LABEL: func.func private @odd_0(
  // CHECK: %[[V:.*]] = vector.maskedload {{.*}}, vector<8xi1>, vector<8xbf16> into vector<8xbf16>
  // CHECK: vector.bitcast %[[V]] : vector<8xbf16> to vector<4xi32>
  // CHECK: vector.shuffle {{.*}} : vector<4xi32>, vector<4xi32>
  // CHECK: arith.ori {{.*}} : vector<4xi32>
  // CHECK: %[[HALF:.*]] = arith.extui %{{.*}} : vector<4xi16> to vector<4xi32>
  // CHECK-NEXT: %[[BITS:.*]] = vector.bitcast %[[HALF]] : vector<4xi32> to vector<8xbf16>
  // CHECK: x86vector.avx512.dot
}

// -----

// Other operands have no pairs.
module {
  func.func @wide(%x: tensor<4x8xf32>, %w: tensor<8x8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
    // expected-error @below {{kernel "wide" cannot be emitted with}}
    %r = sinter.kernel "wide" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 8, 4, 0, 1, 0], vector = 4, parallel = false>
        ins(%x, %w : tensor<4x8xf32>, tensor<8x8xf32>) outs(%y : tensor<4x8xf32>) -> tensor<4x8xf32> {
    ^bb0(%a: tensor<4x8xf32>, %b: tensor<8x8xf32>, %out: tensor<4x8xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<4x8xf32>) -> tensor<4x8xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<4x8xf32>, tensor<8x8xf32>) outs(%init : tensor<4x8xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<4x8xf32>
      sinter.yield %p : tensor<4x8xf32>
    }
    return %r : tensor<4x8xf32>
  }
}

// -----

// Panels have to be inside.
module {
  func.func @outside(%x: tensor<4x8xbf16>, %w: tensor<8x8xbf16>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
    // expected-error @below {{kernel "outside" cannot be emitted with}}
    %r = sinter.kernel "outside" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 8, 4, 0, 0, 0], vector = 4, parallel = false>
        ins(%x, %w : tensor<4x8xbf16>, tensor<8x8xbf16>) outs(%y : tensor<4x8xf32>) -> tensor<4x8xf32> {
    ^bb0(%a: tensor<4x8xbf16>, %b: tensor<8x8xbf16>, %out: tensor<4x8xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<4x8xf32>) -> tensor<4x8xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<4x8xbf16>, tensor<8x8xbf16>) outs(%init : tensor<4x8xf32>) {
      ^bb0(%l: bf16, %q: bf16, %c: f32):
        %lw = arith.extf %l : bf16 to f32
        %qw = arith.extf %q : bf16 to f32
        %m = arith.mulf %lw, %qw : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<4x8xf32>
      sinter.yield %p : tensor<4x8xf32>
    }
    return %r : tensor<4x8xf32>
  }
}
