// Linear layers as products, and products without transpositions around them.
// RUN: sinter-opt %s --sinter-decompose | FileCheck %s

// The weight is [out, in]: both operands are contracted along their last dimension.
// CHECK-LABEL: func.func @linear(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32>, %[[W:[^:]*]]: tensor<3x4xf32>, %[[B:[^:]*]]: tensor<3xf32>
// CHECK-NEXT: %[[DOT_GENERAL:.*]] = sinter.dot_general %[[X]], %[[W]] batch = [] x [] contract = [1] x [1]
// CHECK-NEXT: %[[BROADCAST:.*]] = sinter.broadcast %[[B]] dims = [1] : tensor<3xf32> -> tensor<?x3xf32>
// CHECK-NEXT: %[[ADD:.*]] = sinter.add %[[DOT_GENERAL]], %[[BROADCAST]]
// CHECK-NEXT: return %[[ADD]]
func.func @linear(%x: tensor<?x4xf32>, %w: tensor<3x4xf32>, %b: tensor<3xf32>) -> tensor<?x3xf32> {
  %y = sinter.linear %x, %w, %b : (tensor<?x4xf32>, tensor<3x4xf32>, tensor<3xf32>) -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

// Nothing is added without a bias; leading dimensions stay.
// CHECK-LABEL: func.func @linear_without_bias(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x2x4xf32>, %[[W:[^:]*]]: tensor<3x4xf32>
// CHECK-NEXT: %[[DOT_GENERAL:.*]] = sinter.dot_general %[[X]], %[[W]] batch = [] x [] contract = [2] x [1]
// CHECK-NEXT: return %[[DOT_GENERAL]]
func.func @linear_without_bias(%x: tensor<?x2x4xf32>, %w: tensor<3x4xf32>) -> tensor<?x2x3xf32> {
  %y = sinter.linear %x, %w : (tensor<?x2x4xf32>, tensor<3x4xf32>) -> tensor<?x2x3xf32>
  return %y : tensor<?x2x3xf32>
}

// A transposed operand is read along its other dimension.
// CHECK-LABEL: func.func @transposed_operands(
// CHECK-SAME: %[[A:[^:]*]]: tensor<4x2xf32>, %[[B:[^:]*]]: tensor<3x4xf32>
// CHECK-NEXT: %[[DOT_GENERAL:.*]] = sinter.dot_general %[[A]], %[[B]] batch = [] x [] contract = [0] x [1]
// CHECK-NEXT: return %[[DOT_GENERAL]]
func.func @transposed_operands(%a: tensor<4x2xf32>, %b: tensor<3x4xf32>) -> tensor<2x3xf32> {
  %at = sinter.transpose %a [1, 0] : tensor<4x2xf32> -> tensor<2x4xf32>
  %bt = sinter.transpose %b [1, 0] : tensor<3x4xf32> -> tensor<4x3xf32>
  %y = sinter.dot_general %at, %bt batch = [] x [] contract = [1] x [0] : (tensor<2x4xf32>, tensor<4x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// Batch dimensions are named anew, too.
// CHECK-LABEL: func.func @transposed_batch(
// CHECK-SAME: %[[A:[^:]*]]: tensor<2x6x4xf32>, %[[B:[^:]*]]: tensor<6x4x3xf32>
// CHECK-NEXT: %[[DOT_GENERAL:.*]] = sinter.dot_general %[[A]], %[[B]] batch = [1] x [0] contract = [2] x [1]
// CHECK-NEXT: return %[[DOT_GENERAL]]
func.func @transposed_batch(%a: tensor<2x6x4xf32>, %b: tensor<6x4x3xf32>) -> tensor<6x2x3xf32> {
  %at = sinter.transpose %a [1, 0, 2] : tensor<2x6x4xf32> -> tensor<6x2x4xf32>
  %y = sinter.dot_general %at, %b batch = [0] x [0] contract = [2] x [1] : (tensor<6x2x4xf32>, tensor<6x4x3xf32>) -> tensor<6x2x3xf32>
  return %y : tensor<6x2x3xf32>
}

// The result would list the free dimensions in another order: the transposition stays.
// CHECK-LABEL: func.func @free_dimensions_change_places(
// CHECK-SAME: %[[A:[^:]*]]: tensor<2x6x4xf32>, %[[B:[^:]*]]: tensor<4x3xf32>
// CHECK-NEXT: %[[TRANSPOSE:.*]] = sinter.transpose %[[A]] [1, 0, 2]
// CHECK-NEXT: %[[DOT_GENERAL:.*]] = sinter.dot_general %[[TRANSPOSE]], %[[B]] batch = [] x [] contract = [2] x [0]
// CHECK-NEXT: return %[[DOT_GENERAL]]
func.func @free_dimensions_change_places(%a: tensor<2x6x4xf32>, %b: tensor<4x3xf32>) -> tensor<6x2x3xf32> {
  %at = sinter.transpose %a [1, 0, 2] : tensor<2x6x4xf32> -> tensor<6x2x4xf32>
  %y = sinter.dot_general %at, %b batch = [] x [] contract = [2] x [0] : (tensor<6x2x4xf32>, tensor<4x3xf32>) -> tensor<6x2x3xf32>
  return %y : tensor<6x2x3xf32>
}

// (A B)^T = B^T A^T.
// CHECK-LABEL: func.func @transposed_product(
// CHECK-SAME: %[[A:[^:]*]]: tensor<?x4xf32>, %[[B:[^:]*]]: tensor<?x3xf32>
// CHECK-NEXT: %[[DOT_GENERAL:.*]] = sinter.dot_general %[[B]], %[[A]] batch = [] x [] contract = [0] x [0]
// CHECK-NEXT: return %[[DOT_GENERAL]]
func.func @transposed_product(%a: tensor<?x4xf32>, %b: tensor<?x3xf32>) -> tensor<3x4xf32> {
  %p = sinter.dot_general %a, %b batch = [] x [] contract = [0] x [0] : (tensor<?x4xf32>, tensor<?x3xf32>) -> tensor<4x3xf32>
  %y = sinter.transpose %p [1, 0] : tensor<4x3xf32> -> tensor<3x4xf32>
  return %y : tensor<3x4xf32>
}

// A product that is used as it is, too, is not made twice.
// CHECK-LABEL: func.func @product_used_twice(
// CHECK-SAME: %[[A:[^:]*]]: tensor<2x4xf32>, %[[B:[^:]*]]: tensor<4x3xf32>
// CHECK-NEXT: %[[DOT_GENERAL:.*]] = sinter.dot_general %[[A]], %[[B]] batch = [] x [] contract = [1] x [0]
// CHECK-NEXT: %[[TRANSPOSE:.*]] = sinter.transpose %[[DOT_GENERAL]] [1, 0]
// CHECK-NEXT: return %[[DOT_GENERAL]], %[[TRANSPOSE]]
func.func @product_used_twice(%a: tensor<2x4xf32>, %b: tensor<4x3xf32>) -> (tensor<2x3xf32>, tensor<3x2xf32>) {
  %p = sinter.dot_general %a, %b batch = [] x [] contract = [1] x [0] : (tensor<2x4xf32>, tensor<4x3xf32>) -> tensor<2x3xf32>
  %y = sinter.transpose %p [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  return %p, %y : tensor<2x3xf32>, tensor<3x2xf32>
}

// An operand that has every dimension is multiplied and summed: there is nothing to tile.
// CHECK-LABEL: func.func @matrix_times_vector(
// CHECK-SAME: %[[A:[^:]*]]: tensor<2x3x4xf32>, %[[B:[^:]*]]: tensor<4xf32>
// CHECK-NEXT: %[[BROADCAST:.*]] = sinter.broadcast %[[B]] dims = [2] : tensor<4xf32> -> tensor<2x3x4xf32>
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[A]], %[[BROADCAST]]
// CHECK-NEXT: %[[REDUCE:.*]] = sinter.reduce sum %[[MUL]] dims = [2]
// CHECK-NEXT: %[[TRANSPOSE:.*]] = sinter.transpose %[[REDUCE]] [1, 0]
// CHECK-NEXT: return %[[TRANSPOSE]]
func.func @matrix_times_vector(%a: tensor<2x3x4xf32>, %b: tensor<4xf32>) -> tensor<3x2xf32> {
  %p = sinter.dot_general %a, %b batch = [] x [] contract = [2] x [0] : (tensor<2x3x4xf32>, tensor<4xf32>) -> tensor<2x3xf32>
  %y = sinter.transpose %p [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// The same the other way round, with a batch dimension that does not lead.
// CHECK-LABEL: func.func @vector_times_matrix(
// CHECK-SAME: %[[A:[^:]*]]: tensor<5x?xf32>, %[[B:[^:]*]]: tensor<?x3x5xf32>
// CHECK-NEXT: %[[TRANSPOSE:.*]] = sinter.transpose %[[A]] [1, 0] : tensor<5x?xf32> -> tensor<?x5xf32>
// CHECK-NEXT: %[[BROADCAST:.*]] = sinter.broadcast %[[TRANSPOSE]] dims = [0, 2] : tensor<?x5xf32> -> tensor<?x3x5xf32>
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[B]], %[[BROADCAST]]
// CHECK-NEXT: %[[RESHAPE:.*]] = sinter.reshape %[[MUL]] : tensor<?x3x5xf32> -> tensor<?x15xf32>
// CHECK-NEXT: %[[REDUCE:.*]] = sinter.reduce sum %[[RESHAPE]] dims = [0]
// CHECK-NEXT: %[[RESHAPE1:.*]] = sinter.reshape %[[REDUCE]] : tensor<15xf32> -> tensor<3x5xf32>
// CHECK-NEXT: %[[RESULT:.*]] = sinter.transpose %[[RESHAPE1]] [1, 0] : tensor<3x5xf32> -> tensor<5x3xf32>
// CHECK-NEXT: return %[[RESULT]]
func.func @vector_times_matrix(%a: tensor<5x?xf32>, %b: tensor<?x3x5xf32>) -> tensor<5x3xf32> {
  %y = sinter.dot_general %a, %b batch = [0] x [2] contract = [1] x [0] : (tensor<5x?xf32>, tensor<?x3x5xf32>) -> tensor<5x3xf32>
  return %y : tensor<5x3xf32>
}

// Nothing is summed.
// CHECK-LABEL: func.func @outer_product(
// CHECK-SAME: %[[A:[^:]*]]: tensor<?x2xf32>, %[[B:[^:]*]]: tensor<3x?xf32>
// CHECK-DAG: %[[LEFT:.*]] = sinter.broadcast %[[A]] dims = [0, 1] : tensor<?x2xf32> -> tensor<?x2x3xf32>
// CHECK-DAG: %[[TRANSPOSE:.*]] = sinter.transpose %[[B]] [1, 0] : tensor<3x?xf32> -> tensor<?x3xf32>
// CHECK-DAG: %[[RIGHT:.*]] = sinter.broadcast %[[TRANSPOSE]] dims = [0, 2] : tensor<?x3xf32> -> tensor<?x2x3xf32>
// CHECK: %[[MUL:.*]] = sinter.mul %[[LEFT]], %[[RIGHT]]
// CHECK-NEXT: return %[[MUL]]
func.func @outer_product(%a: tensor<?x2xf32>, %b: tensor<3x?xf32>) -> tensor<?x2x3xf32> {
  %y = sinter.dot_general %a, %b batch = [0] x [1] contract = [] x [] : (tensor<?x2xf32>, tensor<3x?xf32>) -> tensor<?x2x3xf32>
  return %y : tensor<?x2x3xf32>
}

// Products that are no contraction are computed in f32.
// CHECK-LABEL: func.func @bf16_by_vector(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xbf16>, %[[V:[^:]*]]: tensor<4xbf16>
// CHECK-DAG: %[[XW:.*]] = sinter.convert %[[X]] : tensor<?x4xbf16> to tensor<?x4xf32>
// CHECK-DAG: %[[VW:.*]] = sinter.convert %[[V]] : tensor<4xbf16> to tensor<4xf32>
// CHECK: sinter.mul %[[XW]], %{{.*}} : tensor<?x4xf32>
func.func @bf16_by_vector(%x: tensor<?x4xbf16>, %v: tensor<4xbf16>) -> tensor<?xf32> {
  %y = sinter.dot_general %x, %v batch = [] x [] contract = [1] x [0] : (tensor<?x4xbf16>, tensor<4xbf16>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}
