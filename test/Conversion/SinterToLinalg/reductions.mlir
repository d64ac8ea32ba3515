// Ops that combine elements: a fill with the neutral element, then a loop with reduction iterators.
// RUN: sinter-opt %s --convert-sinter-to-linalg | FileCheck %s

// CHECK-DAG: #[[MAP:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[MAP1:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-DAG: #[[MAP2:.*]] = affine_map<(d0, d1) -> (d1)>
// CHECK-DAG: #[[MAP3:.*]] = affine_map<(d0) -> (d0)>
// CHECK-DAG: #[[MAP4:.*]] = affine_map<(d0) -> ()>
// CHECK-DAG: #[[MAP5:.*]] = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// CHECK-DAG: #[[MAP6:.*]] = affine_map<(d0, d1, d2) -> (d1)>
// CHECK-DAG: #[[MAP7:.*]] = affine_map<(d0, d1, d2) -> (d0, d2)>
// CHECK-DAG: #[[MAP8:.*]] = affine_map<(d0, d1, d2) -> (d1, d2)>
// CHECK-DAG: #[[MAP9:.*]] = affine_map<(d0, d1, d2) -> (d0, d1)>
// CHECK-DAG: #[[MAP10:.*]] = affine_map<(d0, d1, d2, d3) -> (d1, d0, d3)>
// CHECK-DAG: #[[MAP11:.*]] = affine_map<(d0, d1, d2, d3) -> (d3, d0, d2)>
// CHECK-DAG: #[[MAP12:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>
// CHECK-DAG: #[[MAP13:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d3, d2)>
// CHECK-DAG: #[[MAP14:.*]] = affine_map<(d0, d1, d2, d3) -> (d2, d3, d1)>
// CHECK-DAG: #[[MAP15:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1)>

// Sums of rows start at 0.
// CHECK-LABEL: func.func @sum_of_rows(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32>
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK: %[[DIM:.*]] = tensor.dim %[[X]], %[[C0]]
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty(%[[DIM]]) : tensor<?xf32>
// CHECK-NEXT: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT: %[[FILL:.*]] = linalg.fill ins(%[[ZERO]] : f32) outs(%[[EMPTY]] : tensor<?xf32>) -> tensor<?xf32>
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP1]]],
// CHECK-SAME: iterator_types = ["parallel", "reduction"]}
// CHECK-SAME: ins(%[[X]] :{{.*}} outs(%[[FILL]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: f32, %[[OUT:[^:]*]]: f32):
// CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[OUT]], %[[IN]]
// CHECK-NEXT: linalg.yield %[[ADDF]]
// CHECK-NEXT: } -> tensor<?xf32>
// CHECK-NEXT: return %[[GENERIC]]
func.func @sum_of_rows(%x: tensor<?x4xf32>) -> tensor<?xf32> {
  %y = sinter.reduce sum %x dims = [1] : tensor<?x4xf32> -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// Sums of columns keep the loops in the input's order.
// CHECK-LABEL: func.func @sum_of_columns(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf64>
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty() : tensor<4xf64>
// CHECK-NEXT: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f64
// CHECK-NEXT: %[[FILL:.*]] = linalg.fill ins(%[[ZERO]] : f64) outs(%[[EMPTY]] : tensor<4xf64>) -> tensor<4xf64>
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP2]]],
// CHECK-SAME: iterator_types = ["reduction", "parallel"]}
// CHECK-SAME: ins(%[[X]] :{{.*}} outs(%[[FILL]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: f64, %[[OUT:[^:]*]]: f64):
// CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[OUT]], %[[IN]]
// CHECK-NEXT: linalg.yield %[[ADDF]]
// CHECK-NEXT: } -> tensor<4xf64>
// CHECK-NEXT: return %[[GENERIC]]
func.func @sum_of_columns(%x: tensor<?x4xf64>) -> tensor<4xf64> {
  %y = sinter.reduce sum %x dims = [0] : tensor<?x4xf64> -> tensor<4xf64>
  return %y : tensor<4xf64>
}

// A maximum starts at minus infinity, and NaN wins.
// CHECK-LABEL: func.func @max_of_floats(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x4xf32>
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty() : tensor<2xf32>
// CHECK-NEXT: %[[MINUS_INFINITY:.*]] = arith.constant 0xFF800000 : f32
// CHECK-NEXT: %[[FILL:.*]] = linalg.fill ins(%[[MINUS_INFINITY]] : f32) outs(%[[EMPTY]] : tensor<2xf32>) -> tensor<2xf32>
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP1]]],
// CHECK-SAME: iterator_types = ["parallel", "reduction"]}
// CHECK-SAME: ins(%[[X]] :{{.*}} outs(%[[FILL]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: f32, %[[OUT:[^:]*]]: f32):
// CHECK-NEXT: %[[MAXIMUMF:.*]] = arith.maximumf %[[OUT]], %[[IN]]
// CHECK-NEXT: linalg.yield %[[MAXIMUMF]]
// CHECK-NEXT: } -> tensor<2xf32>
// CHECK-NEXT: return %[[GENERIC]]
func.func @max_of_floats(%x: tensor<2x4xf32>) -> tensor<2xf32> {
  %y = sinter.reduce max %x dims = [1] : tensor<2x4xf32> -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// Integers are signed.
// CHECK-LABEL: func.func @max_of_integers(
// CHECK-SAME: %[[X:[^:]*]]: tensor<4xi8>
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty() : tensor<i8>
// CHECK-NEXT: %[[CM128:.*]] = arith.constant -128 : i8
// CHECK-NEXT: %[[FILL:.*]] = linalg.fill ins(%[[CM128]] : i8) outs(%[[EMPTY]] : tensor<i8>) -> tensor<i8>
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP3]], #[[MAP4]]], iterator_types = ["reduction"]}
// CHECK-SAME: ins(%[[X]] :{{.*}} outs(%[[FILL]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: i8, %[[OUT:[^:]*]]: i8):
// CHECK-NEXT: %[[MAXSI:.*]] = arith.maxsi %[[OUT]], %[[IN]]
// CHECK-NEXT: linalg.yield %[[MAXSI]]
// CHECK-NEXT: } -> tensor<i8>
// CHECK-NEXT: return %[[GENERIC]]
func.func @max_of_integers(%x: tensor<4xi8>) -> tensor<i8> {
  %y = sinter.reduce max %x dims = [0] : tensor<4xi8> -> tensor<i8>
  return %y : tensor<i8>
}

// Bits are not.
// CHECK-LABEL: func.func @max_of_bits(
// CHECK-SAME: %[[X:[^:]*]]: tensor<4xi1>
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty() : tensor<i1>
// CHECK-NEXT: %[[FALSE:.*]] = arith.constant false
// CHECK-NEXT: %[[FILL:.*]] = linalg.fill ins(%[[FALSE]] : i1) outs(%[[EMPTY]] : tensor<i1>) -> tensor<i1>
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP3]], #[[MAP4]]], iterator_types = ["reduction"]}
// CHECK-SAME: ins(%[[X]] :{{.*}} outs(%[[FILL]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: i1, %[[OUT:[^:]*]]: i1):
// CHECK-NEXT: %[[MAXUI:.*]] = arith.maxui %[[OUT]], %[[IN]]
// CHECK-NEXT: linalg.yield %[[MAXUI]]
// CHECK-NEXT: } -> tensor<i1>
// CHECK-NEXT: return %[[GENERIC]]
func.func @max_of_bits(%x: tensor<4xi1>) -> tensor<i1> {
  %y = sinter.reduce max %x dims = [0] : tensor<4xi1> -> tensor<i1>
  return %y : tensor<i1>
}

// Integer sums.
// CHECK-LABEL: func.func @sum_of_integers(
// CHECK-SAME: %[[X:[^:]*]]: tensor<4xi32>
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty() : tensor<i32>
// CHECK-NEXT: %[[C0:.*]] = arith.constant 0 : i32
// CHECK-NEXT: %[[FILL:.*]] = linalg.fill ins(%[[C0]] : i32) outs(%[[EMPTY]] : tensor<i32>) -> tensor<i32>
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP3]], #[[MAP4]]], iterator_types = ["reduction"]}
// CHECK-SAME: ins(%[[X]] :{{.*}} outs(%[[FILL]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: i32, %[[OUT:[^:]*]]: i32):
// CHECK-NEXT: %[[ADDI:.*]] = arith.addi %[[OUT]], %[[IN]]
// CHECK-NEXT: linalg.yield %[[ADDI]]
// CHECK-NEXT: } -> tensor<i32>
// CHECK-NEXT: return %[[GENERIC]]
func.func @sum_of_integers(%x: tensor<4xi32>) -> tensor<i32> {
  %y = sinter.reduce sum %x dims = [0] : tensor<4xi32> -> tensor<i32>
  return %y : tensor<i32>
}

// Several dimensions at once are several reduction iterators.
// CHECK-LABEL: func.func @two_dimensions(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3x4xf32>
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty() : tensor<3xf32>
// CHECK-NEXT: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT: %[[FILL:.*]] = linalg.fill ins(%[[ZERO]] : f32) outs(%[[EMPTY]] : tensor<3xf32>) -> tensor<3xf32>
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP5]], #[[MAP6]]],
// CHECK-SAME: iterator_types = ["reduction", "parallel", "reduction"]}
// CHECK-SAME: ins(%[[X]] :{{.*}} outs(%[[FILL]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: f32, %[[OUT:[^:]*]]: f32):
// CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[OUT]], %[[IN]]
// CHECK-NEXT: linalg.yield %[[ADDF]]
// CHECK-NEXT: } -> tensor<3xf32>
// CHECK-NEXT: return %[[GENERIC]]
func.func @two_dimensions(%x: tensor<2x3x4xf32>) -> tensor<3xf32> {
  %y = sinter.reduce sum %x dims = [0, 2] : tensor<2x3x4xf32> -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// x W^T: loops left, right, contracted.
// CHECK-LABEL: func.func @product(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32>, %[[W:[^:]*]]: tensor<3x4xf32>
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK: %[[DIM:.*]] = tensor.dim %[[X]], %[[C0]]
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty(%[[DIM]]) : tensor<?x3xf32>
// CHECK-NEXT: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT: %[[FILL:.*]] = linalg.fill ins(%[[ZERO]] : f32) outs(%[[EMPTY]] : tensor<?x3xf32>) -> tensor<?x3xf32>
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP7]], #[[MAP8]], #[[MAP9]]],
// CHECK-SAME: iterator_types = ["parallel", "parallel", "reduction"]}
// CHECK-SAME: ins(%[[X]], %[[W]] :{{.*}} outs(%[[FILL]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: f32, %[[IN1:[^:]*]]: f32, %[[OUT:[^:]*]]: f32):
// CHECK-NEXT: %[[MULF:.*]] = arith.mulf %[[IN]], %[[IN1]]
// CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[OUT]], %[[MULF]]
// CHECK-NEXT: linalg.yield %[[ADDF]]
// CHECK-NEXT: } -> tensor<?x3xf32>
// CHECK-NEXT: return %[[GENERIC]]
func.func @product(%x: tensor<?x4xf32>, %w: tensor<3x4xf32>) -> tensor<?x3xf32> {
  %y = sinter.dot_general %x, %w batch = [] x [] contract = [1] x [1] : (tensor<?x4xf32>, tensor<3x4xf32>) -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

// Batch dimensions come first.
// CHECK-LABEL: func.func @batched_product(
// CHECK-SAME: %[[A:[^:]*]]: tensor<2x6x4xf32>, %[[B:[^:]*]]: tensor<4x6x3xf32>
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty() : tensor<6x2x3xf32>
// CHECK-NEXT: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT: %[[FILL:.*]] = linalg.fill ins(%[[ZERO]] : f32) outs(%[[EMPTY]] : tensor<6x2x3xf32>) -> tensor<6x2x3xf32>
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP10]], #[[MAP11]], #[[MAP12]]],
// CHECK-SAME: iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
// CHECK-SAME: ins(%[[A]], %[[B]] :{{.*}} outs(%[[FILL]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: f32, %[[IN1:[^:]*]]: f32, %[[OUT:[^:]*]]: f32):
// CHECK-NEXT: %[[MULF:.*]] = arith.mulf %[[IN]], %[[IN1]]
// CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[OUT]], %[[MULF]]
// CHECK-NEXT: linalg.yield %[[ADDF]]
// CHECK-NEXT: } -> tensor<6x2x3xf32>
// CHECK-NEXT: return %[[GENERIC]]
func.func @batched_product(%a: tensor<2x6x4xf32>, %b: tensor<4x6x3xf32>) -> tensor<6x2x3xf32> {
  %y = sinter.dot_general %a, %b batch = [1] x [1] contract = [2] x [0] : (tensor<2x6x4xf32>, tensor<4x6x3xf32>) -> tensor<6x2x3xf32>
  return %y : tensor<6x2x3xf32>
}

// Two contracted dimensions, paired in the order of the lists.
// CHECK-LABEL: func.func @two_contracted(
// CHECK-SAME: %[[A:[^:]*]]: tensor<5x2x4xf32>, %[[B:[^:]*]]: tensor<4x2x3xf32>
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty() : tensor<5x3xf32>
// CHECK-NEXT: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT: %[[FILL:.*]] = linalg.fill ins(%[[ZERO]] : f32) outs(%[[EMPTY]] : tensor<5x3xf32>) -> tensor<5x3xf32>
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP13]], #[[MAP14]], #[[MAP15]]],
// CHECK-SAME: iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
// CHECK-SAME: ins(%[[A]], %[[B]] :{{.*}} outs(%[[FILL]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: f32, %[[IN1:[^:]*]]: f32, %[[OUT:[^:]*]]: f32):
// CHECK-NEXT: %[[MULF:.*]] = arith.mulf %[[IN]], %[[IN1]]
// CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[OUT]], %[[MULF]]
// CHECK-NEXT: linalg.yield %[[ADDF]]
// CHECK-NEXT: } -> tensor<5x3xf32>
// CHECK-NEXT: return %[[GENERIC]]
func.func @two_contracted(%a: tensor<5x2x4xf32>, %b: tensor<4x2x3xf32>) -> tensor<5x3xf32> {
  %y = sinter.dot_general %a, %b batch = [] x [] contract = [2, 1] x [0, 1] : (tensor<5x2x4xf32>, tensor<4x2x3xf32>) -> tensor<5x3xf32>
  return %y : tensor<5x3xf32>
}

