// A prologue: what an operand is made of, computed where it is packed or loaded.
// RUN: sinter-opt %s --sinter-emit-kernels --canonicalize --cse --split-input-file | FileCheck %s

module {
  func.func @packed(%x: tensor<4x6xf32>, %w: tensor<8x6xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
    %r = sinter.kernel "packed" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 6, 1, 0, 0, 0], vector = 4, parallel = false>
        ins(%x, %w : tensor<4x6xf32>, tensor<8x6xf32>) outs(%y : tensor<4x8xf32>) -> tensor<4x8xf32> {
    ^bb0(%a: tensor<4x6xf32>, %b: tensor<8x6xf32>, %out: tensor<4x8xf32>):
      %zero = arith.constant 0.0 : f32
      %e = tensor.empty() : tensor<8x6xf32>
      %relu = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
          iterator_types = ["parallel", "parallel"]} ins(%b : tensor<8x6xf32>) outs(%e : tensor<8x6xf32>) {
      ^bb0(%v: f32, %old: f32):
        %two = arith.constant 2.0 : f32
        %t = arith.addf %v, %two : f32
        %u = arith.maximumf %t, %zero : f32
        linalg.yield %u : f32
      } -> tensor<8x6xf32>
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<4x8xf32>) -> tensor<4x8xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %relu : tensor<4x6xf32>, tensor<8x6xf32>) outs(%init : tensor<4x8xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<4x8xf32>
      sinter.yield %p : tensor<4x8xf32>
    }
    return %r : tensor<4x8xf32>
  }

  // Once for each element of a panel; the tiles read the panel.
  // CHECK-LABEL: func.func private @packed_0(
  // CHECK: %[[PANEL:.*]] = memref.alloca() {alignment = 64 : i64} : memref<12x8xf32>
  // CHECK: %[[V:.*]] = vector.load {{.*}}, vector<4xf32>
  // CHECK: %[[T:.*]] = arith.addf %[[V]]
  // CHECK: arith.cmpf {{.*}}, %[[T]]
  // CHECK: vector.store {{.*}}, %[[PANEL]]
  // CHECK: scf.for {{.*}} iter_args
  // CHECK-NOT: arith.addf {{.*}} : vector
  // CHECK: vector.load %[[PANEL]]
  // CHECK: vector.fma
}

// -----

module {
  func.func @direct(%x: tensor<4x6xf32>, %w: tensor<6x8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
    %r = sinter.kernel "direct" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 6, 0, 0, 0, 0], vector = 4, parallel = false>
        ins(%x, %w : tensor<4x6xf32>, tensor<6x8xf32>) outs(%y : tensor<4x8xf32>) -> tensor<4x8xf32> {
    ^bb0(%a: tensor<4x6xf32>, %b: tensor<6x8xf32>, %out: tensor<4x8xf32>):
      %zero = arith.constant 0.0 : f32
      %e = tensor.empty() : tensor<6x8xf32>
      %relu = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
          iterator_types = ["parallel", "parallel"]} ins(%b : tensor<6x8xf32>) outs(%e : tensor<6x8xf32>) {
      ^bb0(%v: f32, %old: f32):
        %two = arith.constant 2.0 : f32
        %t = arith.addf %v, %two : f32
        %u = arith.maximumf %t, %zero : f32
        linalg.yield %u : f32
      } -> tensor<6x8xf32>
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<4x8xf32>) -> tensor<4x8xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %relu : tensor<4x6xf32>, tensor<6x8xf32>) outs(%init : tensor<4x8xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<4x8xf32>
      sinter.yield %p : tensor<4x8xf32>
    }
    return %r : tensor<4x8xf32>
  }

  // Again for each tile of rows.
  // CHECK-LABEL: func.func private @direct_0(
  // CHECK-NOT: memref.alloca
  // CHECK: scf.for {{.*}} iter_args
  // CHECK: %[[V:.*]] = vector.load {{.*}}, vector<4xf32>
  // CHECK: %[[T:.*]] = arith.addf %[[V]]
  // CHECK: arith.cmpf {{.*}}, %[[T]]
  // CHECK: vector.fma
}

// -----

module {
  func.func @dot(%x: tensor<4x6xf32>, %w: tensor<8x6xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
    %r = sinter.kernel "dot" schedule #sinter.schedule<contraction, tile = [1, 1, 0, 0, 1, 6, 2, 0, 0, 0], vector = 4, parallel = false>
        ins(%x, %w : tensor<4x6xf32>, tensor<8x6xf32>) outs(%y : tensor<4x8xf32>) -> tensor<4x8xf32> {
    ^bb0(%a: tensor<4x6xf32>, %b: tensor<8x6xf32>, %out: tensor<4x8xf32>):
      %zero = arith.constant 0.0 : f32
      %e = tensor.empty() : tensor<8x6xf32>
      %relu = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
          iterator_types = ["parallel", "parallel"]} ins(%b : tensor<8x6xf32>) outs(%e : tensor<8x6xf32>) {
      ^bb0(%v: f32, %old: f32):
        %two = arith.constant 2.0 : f32
        %t = arith.addf %v, %two : f32
        %u = arith.maximumf %t, %zero : f32
        linalg.yield %u : f32
      } -> tensor<8x6xf32>
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<4x8xf32>) -> tensor<4x8xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %relu : tensor<4x6xf32>, tensor<8x6xf32>) outs(%init : tensor<4x8xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<4x8xf32>
      sinter.yield %p : tensor<4x8xf32>
    }
    return %r : tensor<4x8xf32>
  }

  // Beyond the end of k the prologue makes 2 of the zeros that are loaded there: they must not be summed.
  // CHECK-LABEL: func.func private @dot_0(
  // CHECK: vector.fma
  // CHECK: vector.maskedload {{.*}}, %[[MASK:.*]], %{{.*}} :
  // CHECK: vector.maskedload
  // CHECK: arith.addf
  // CHECK: %[[U:.*]] = arith.select
  // CHECK-NEXT: %[[Z:.*]] = arith.select %{{.*}}, %[[U]], %{{.*}} : vector<4xi1>, vector<4xf32>
  // CHECK-NEXT: vector.fma %{{.*}}, %[[Z]]
}

// -----

module {
  func.func @rounded(%x: tensor<4x6xf32>, %w: tensor<8x6xf32>, %g: tensor<8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
    %r = sinter.kernel "rounded" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 6, 1, 0, 0, 0], vector = 4, parallel = false>
        ins(%x, %w, %g : tensor<4x6xf32>, tensor<8x6xf32>, tensor<8xf32>) outs(%y : tensor<4x8xf32>) -> tensor<4x8xf32> {
    ^bb0(%a: tensor<4x6xf32>, %b: tensor<8x6xf32>, %scale: tensor<8xf32>, %out: tensor<4x8xf32>):
      %zero = arith.constant 0.0 : f32
      %e = tensor.empty() : tensor<8x6xbf16>
      %narrow = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>],
          iterator_types = ["parallel", "parallel"]} ins(%b, %scale : tensor<8x6xf32>, tensor<8xf32>) outs(%e : tensor<8x6xbf16>) {
      ^bb0(%v: f32, %f: f32, %old: bf16):
        %t = arith.mulf %v, %f : f32
        %u = arith.truncf %t : f32 to bf16
        linalg.yield %u : bf16
      } -> tensor<8x6xbf16>
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<4x8xf32>) -> tensor<4x8xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %narrow : tensor<4x6xf32>, tensor<8x6xbf16>) outs(%init : tensor<4x8xf32>) {
      ^bb0(%l: f32, %q: bf16, %c: f32):
        %qw = arith.extf %q : bf16 to f32
        %m = arith.mulf %l, %qw : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<4x8xf32>
      sinter.yield %p : tensor<4x8xf32>
    }
    return %r : tensor<4x8xf32>
  }

  // Two sources, one of which is the same along the vector; rounded and widened again on the way to the panel.
  // CHECK-LABEL: func.func private @rounded_0(
  // CHECK: %[[PANEL:.*]] = memref.alloca() {alignment = 64 : i64} : memref<12x8xf32>
  // CHECK: %[[V:.*]] = vector.load {{.*}}, vector<4xf32>
  // CHECK: %[[S:.*]] = memref.load
  // CHECK: %[[B:.*]] = vector.broadcast %[[S]]
  // CHECK: arith.mulf %[[V]], %[[B]]
  // CHECK: %[[N:.*]] = arith.truncf {{.*}} : vector<4xf32> to vector<4xbf16>
  // CHECK: arith.extf %[[N]] : vector<4xbf16> to vector<4xf32>
  // CHECK: vector.store {{.*}}, %[[PANEL]]
}
