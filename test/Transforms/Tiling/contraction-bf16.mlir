// Operands of bf16: widened where they are loaded, so that accumulators, panels and epilogues are f32.
// RUN: sinter-opt %s --sinter-emit-kernels --canonicalize --cse --split-input-file | FileCheck %s

module {
  func.func @direct(%x: tensor<4x6xbf16>, %w: tensor<6x8xbf16>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
    %r = sinter.kernel "direct" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 6, 0, 0, 0, 0], vector = 4, parallel = false>
        ins(%x, %w : tensor<4x6xbf16>, tensor<6x8xbf16>) outs(%y : tensor<4x8xf32>) -> tensor<4x8xf32> {
    ^bb0(%a: tensor<4x6xbf16>, %b: tensor<6x8xbf16>, %out: tensor<4x8xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<4x8xf32>) -> tensor<4x8xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<4x6xbf16>, tensor<6x8xbf16>) outs(%init : tensor<4x8xf32>) {
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

  // Vectors of the right operand, scalars of the left one.
  // CHECK-LABEL: func.func private @direct_0(
  // CHECK-SAME: memref<4x6xbf16>, %{{.*}}: memref<6x8xbf16>, %{{.*}}: memref<4x8xf32>
  // CHECK: scf.for {{.*}} iter_args({{.*}}) -> (vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>)
  // CHECK: %[[V0:.*]] = vector.load {{.*}}, vector<4xbf16>
  // CHECK-NEXT: arith.extf %[[V0]] : vector<4xbf16> to vector<4xf32>
  // CHECK: vector.load {{.*}}, vector<4xbf16>
  // CHECK: %[[S:.*]] = memref.load {{.*}} : memref<{{.*}}xbf16
  // CHECK-NEXT: %[[W:.*]] = arith.extf %[[S]] : bf16 to f32
  // CHECK-NEXT: vector.broadcast %[[W]] : f32 to vector<4xf32>
  // CHECK-COUNT-2: vector.fma {{.*}} : vector<4xf32>
  // CHECK: vector.store {{.*}}, vector<4xf32>
}

// -----

module {
  func.func @packed(%x: tensor<4x6xbf16>, %w: tensor<8x6xbf16>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
    %r = sinter.kernel "packed" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 6, 1, 0, 0, 0], vector = 4, parallel = false>
        ins(%x, %w : tensor<4x6xbf16>, tensor<8x6xbf16>) outs(%y : tensor<4x8xf32>) -> tensor<4x8xf32> {
    ^bb0(%a: tensor<4x6xbf16>, %b: tensor<8x6xbf16>, %out: tensor<4x8xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<4x8xf32>) -> tensor<4x8xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<4x6xbf16>, tensor<8x6xbf16>) outs(%init : tensor<4x8xf32>) {
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

  // The panel is f32: each element is widened once, before the transposition.
  // CHECK-LABEL: func.func private @packed_0(
  // CHECK: %[[PANEL:.*]] = memref.alloca() {alignment = 64 : i64} : memref<12x8xf32>
  // CHECK: %[[V:.*]] = vector.load {{.*}}, vector<4xbf16>
  // CHECK-NEXT: arith.extf %[[V]] : vector<4xbf16> to vector<4xf32>
  // CHECK: vector.shuffle {{.*}} : vector<4xf32>, vector<4xf32>
  // CHECK: vector.store {{.*}}, %[[PANEL]]{{.*}}, vector<4xf32>
  // CHECK: scf.for {{.*}} iter_args
  // CHECK-COUNT-2: vector.load %[[PANEL]]{{.*}}, vector<4xf32>
  // CHECK-NOT: vector<4xbf16>
  // CHECK: vector.fma
}

// -----

module {
  func.func @dot(%x: tensor<4x6xbf16>, %w: tensor<8x6xbf16>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
    %r = sinter.kernel "dot" schedule #sinter.schedule<contraction, tile = [1, 1, 0, 0, 1, 6, 2, 0, 0, 0], vector = 4, parallel = false>
        ins(%x, %w : tensor<4x6xbf16>, tensor<8x6xbf16>) outs(%y : tensor<4x8xf32>) -> tensor<4x8xf32> {
    ^bb0(%a: tensor<4x6xbf16>, %b: tensor<8x6xbf16>, %out: tensor<4x8xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<4x8xf32>) -> tensor<4x8xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<4x6xbf16>, tensor<8x6xbf16>) outs(%init : tensor<4x8xf32>) {
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

  // Lanes beyond the end of k are zeros, which widen to zeros.
  // CHECK-LABEL: func.func private @dot_0(
  // CHECK-DAG: %[[NONE:.*]] = arith.constant dense<0.000000e+00> : vector<4xbf16>
  // CHECK: %[[V:.*]] = vector.maskedload {{.*}}, %[[NONE]]
  // CHECK-NEXT: arith.extf %[[V]] : vector<4xbf16> to vector<4xf32>
  // CHECK-NOT: arith.select
}
