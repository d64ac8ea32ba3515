// Ops whose elements follow from indices or few values: numbers, and indexing maps instead of copies.
// RUN: sinter-opt %s --convert-sinter-to-linalg --canonicalize | FileCheck %s

// CHECK-DAG: #[[MAP:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[MAP1:.*]] = affine_map<() -> ()>
// CHECK-DAG: #[[MAP2:.*]] = affine_map<(d0, d1, d2) -> (d0, d2)>
// CHECK-DAG: #[[MAP3:.*]] = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// CHECK-DAG: #[[MAP4:.*]] = affine_map<(d0, d1, d2) -> (d2, d0, d1)>

// A splat is a number in a loop.
// CHECK-LABEL: func.func @splat(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32>
// CHECK-DAG: %[[HALF:.*]] = arith.constant 5.000000e-01 : f32
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK: %[[DIM:.*]] = tensor.dim %[[X]], %[[C0]]
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty(%[[DIM]]) : tensor<?x4xf32>
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP]]], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME: outs(%[[EMPTY]] :
// CHECK-NEXT: ^bb0(%[[OUT:[^:]*]]: f32):
// CHECK-NEXT: linalg.yield %[[HALF]]
// CHECK-NEXT: } -> tensor<?x4xf32>
// CHECK-NEXT: return %[[GENERIC]]
func.func @splat(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %c = sinter.constant dense<0.5> : tensor<1x4xf32> -> tensor<?x4xf32>
  return %c : tensor<?x4xf32>
}

// Other literals stay tensors.
// CHECK-LABEL: func.func @literal(
// CHECK-DAG: %[[LITERAL:.*]] = arith.constant dense<[1, 2]> : tensor<2xi32>
// CHECK: return %[[LITERAL]]
func.func @literal() -> tensor<2xi32> {
  %c = sinter.constant dense<[1, 2]> : tensor<2xi32> -> tensor<2xi32>
  return %c : tensor<2xi32>
}

// The rows of this call, from the first argument that has the extent.
// CHECK-LABEL: func.func @batch_size(
// CHECK-SAME: %[[W:[^:]*]]: tensor<4xf32>, %[[X:[^:]*]]: tensor<?x4xf32>
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK: %[[DIM:.*]] = tensor.dim %[[X]], %[[C0]]
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty() : tensor<f64>
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP1]]], iterator_types = []}
// CHECK-SAME: outs(%[[EMPTY]] :
// CHECK-NEXT: ^bb0(%[[OUT:[^:]*]]: f64):
// CHECK-NEXT: %[[INDEX_CAST:.*]] = arith.index_cast %[[DIM]] : index to i64
// CHECK-NEXT: %[[SITOFP:.*]] = arith.sitofp %[[INDEX_CAST]] : i64 to f64
// CHECK-NEXT: linalg.yield %[[SITOFP]]
// CHECK-NEXT: } -> tensor<f64>
// CHECK-NEXT: return %[[GENERIC]]
func.func @batch_size(%w: tensor<4xf32>, %x: tensor<?x4xf32>) -> tensor<f64> {
  %n = sinter.batch_size : tensor<f64>
  return %n : tensor<f64>
}

// The index along dimension 1.
// CHECK-LABEL: func.func @iota(
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty() : tensor<3x5xi32>
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP]]], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME: outs(%[[EMPTY]] :
// CHECK-NEXT: ^bb0(%[[OUT:[^:]*]]: i32):
// CHECK-NEXT: %[[INDEX:.*]] = linalg.index 1
// CHECK-NEXT: %[[INDEX_CAST:.*]] = arith.index_cast %[[INDEX]] : index to i32
// CHECK-NEXT: linalg.yield %[[INDEX_CAST]]
// CHECK-NEXT: } -> tensor<3x5xi32>
// CHECK-NEXT: return %[[GENERIC]]
func.func @iota() -> tensor<3x5xi32> {
  %i = sinter.iota dim = 1 : tensor<3x5xi32>
  return %i : tensor<3x5xi32>
}

// Float indices by way of integers.
// CHECK-LABEL: func.func @float_iota(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x5xf32>
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK: %[[DIM:.*]] = tensor.dim %[[X]], %[[C0]]
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty(%[[DIM]]) : tensor<?x5xf32>
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP]]], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME: outs(%[[EMPTY]] :
// CHECK-NEXT: ^bb0(%[[OUT:[^:]*]]: f32):
// CHECK-NEXT: %[[INDEX:.*]] = linalg.index 0
// CHECK-NEXT: %[[INDEX_CAST:.*]] = arith.index_cast %[[INDEX]] : index to i64
// CHECK-NEXT: %[[SITOFP:.*]] = arith.sitofp %[[INDEX_CAST]] : i64 to f32
// CHECK-NEXT: linalg.yield %[[SITOFP]]
// CHECK-NEXT: } -> tensor<?x5xf32>
// CHECK-NEXT: return %[[GENERIC]]
func.func @float_iota(%x: tensor<?x5xf32>) -> tensor<?x5xf32> {
  %i = sinter.iota dim = 0 : tensor<?x5xf32>
  return %i : tensor<?x5xf32>
}

// A broadcast reads at the dimensions that are kept.
// CHECK-LABEL: func.func @broadcast(
// CHECK-SAME: %[[X:[^:]*]]: tensor<3x5xf32>
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty() : tensor<3x4x5xf32>
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP2]], #[[MAP3]]],
// CHECK-SAME: iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME: ins(%[[X]] :{{.*}} outs(%[[EMPTY]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: f32, %[[OUT:[^:]*]]: f32):
// CHECK-NEXT: linalg.yield %[[IN]]
// CHECK-NEXT: } -> tensor<3x4x5xf32>
// CHECK-NEXT: return %[[GENERIC]]
func.func @broadcast(%x: tensor<3x5xf32>) -> tensor<3x4x5xf32> {
  %y = sinter.broadcast %x dims = [0, 2] : tensor<3x5xf32> -> tensor<3x4x5xf32>
  return %y : tensor<3x4x5xf32>
}

// A transposition reads at permuted ones: extent i of the result is extent permutation[i] of the input.
// CHECK-LABEL: func.func @transpose(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3x4xf32>
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty() : tensor<3x4x2xf32>
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP4]], #[[MAP3]]],
// CHECK-SAME: iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME: ins(%[[X]] :{{.*}} outs(%[[EMPTY]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: f32, %[[OUT:[^:]*]]: f32):
// CHECK-NEXT: linalg.yield %[[IN]]
// CHECK-NEXT: } -> tensor<3x4x2xf32>
// CHECK-NEXT: return %[[GENERIC]]
func.func @transpose(%x: tensor<2x3x4xf32>) -> tensor<3x4x2xf32> {
  %y = sinter.transpose %x [1, 2, 0] : tensor<2x3x4xf32> -> tensor<3x4x2xf32>
  return %y : tensor<3x4x2xf32>
}

// A reshape is no loop.
// CHECK-LABEL: func.func @reshape(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x2x3xf32>
// CHECK-NEXT: %[[RESHAPE:.*]] = sinter.reshape %[[X]] : tensor<?x2x3xf32> -> tensor<?x6xf32>
// CHECK-NEXT: return %[[RESHAPE]]
func.func @reshape(%x: tensor<?x2x3xf32>) -> tensor<?x6xf32> {
  %y = sinter.reshape %x : tensor<?x2x3xf32> -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

