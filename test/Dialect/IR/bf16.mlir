// bf16 is stored, moved, converted and multiplied: what is right about it, and what folds.
// RUN: sinter-opt %s | sinter-opt | FileCheck %s
// RUN: sinter-opt %s --canonicalize | FileCheck %s --check-prefix=FOLD

// CHECK-LABEL: @products_sum_in_f32
// CHECK: sinter.dot_general {{.*}} : (tensor<?x4xbf16>, tensor<3x4xbf16>) -> tensor<?x3xf32>
// CHECK: sinter.linear {{.*}} : (tensor<?x4xbf16>, tensor<3x4xbf16>, tensor<3xf32>) -> tensor<?x3xf32>
func.func @products_sum_in_f32(%x: tensor<?x4xf32>, %w: tensor<3x4xbf16>, %b: tensor<3xf32>) -> (tensor<?x3xf32>, tensor<?x3xf32>) {
  %h = sinter.convert %x : tensor<?x4xf32> to tensor<?x4xbf16>
  %d = sinter.dot_general %h, %w batch = [] x [] contract = [1] x [1] : (tensor<?x4xbf16>, tensor<3x4xbf16>) -> tensor<?x3xf32>
  %l = sinter.linear %h, %w, %b : (tensor<?x4xbf16>, tensor<3x4xbf16>, tensor<3xf32>) -> tensor<?x3xf32>
  return %d, %l : tensor<?x3xf32>, tensor<?x3xf32>
}

// CHECK-LABEL: @moved
// CHECK: sinter.transpose %{{.*}} [1, 0] : tensor<3x4xbf16> -> tensor<4x3xbf16>
// CHECK: sinter.reshape %{{.*}} : tensor<4x3xbf16> -> tensor<12xbf16>
func.func @moved(%w: tensor<3x4xbf16>) -> tensor<12xbf16> {
  %t = sinter.transpose %w [1, 0] : tensor<3x4xbf16> -> tensor<4x3xbf16>
  %r = sinter.reshape %t : tensor<4x3xbf16> -> tensor<12xbf16>
  return %r : tensor<12xbf16>
}

// Widening is exact: what was narrow comes back.
// FOLD-LABEL: @widened_and_narrowed
// FOLD-SAME: (%[[X:.*]]: tensor<4xbf16>)
// FOLD-NEXT: return %[[X]]
func.func @widened_and_narrowed(%x: tensor<4xbf16>) -> tensor<4xbf16> {
  %f = sinter.convert %x : tensor<4xbf16> to tensor<4xf32>
  %r = sinter.convert %f : tensor<4xf32> to tensor<4xbf16>
  return %r : tensor<4xbf16>
}

// FOLD-LABEL: @rounding_stays
// FOLD-NEXT: %[[N:.*]] = sinter.convert %{{.*}} : tensor<4xf32> to tensor<4xbf16>
// FOLD-NEXT: %[[W:.*]] = sinter.convert %[[N]] : tensor<4xbf16> to tensor<4xf32>
// FOLD-NEXT: return %[[W]]
func.func @rounding_stays(%x: tensor<4xf32>) -> tensor<4xf32> {
  %n = sinter.convert %x : tensor<4xf32> to tensor<4xbf16>
  %w = sinter.convert %n : tensor<4xbf16> to tensor<4xf32>
  return %w : tensor<4xf32>
}

// 1.00390625 is half way between 1 and 1.0078125: the even one is 1. 1.01171875 goes up to 1.015625.
// FOLD-LABEL: @constants_are_rounded_to_even
// FOLD-DAG: dense<1.000000e+00> : tensor<4xbf16>
// FOLD-DAG: dense<1.015630e+00> : tensor<4xbf16>
func.func @constants_are_rounded_to_even() -> (tensor<4xbf16>, tensor<4xbf16>) {
  %a = sinter.constant dense<1.00390625> : tensor<4xf32> -> tensor<4xf32>
  %b = sinter.constant dense<1.01171875> : tensor<4xf32> -> tensor<4xf32>
  %x = sinter.convert %a : tensor<4xf32> to tensor<4xbf16>
  %y = sinter.convert %b : tensor<4xf32> to tensor<4xbf16>
  return %x, %y : tensor<4xbf16>, tensor<4xbf16>
}
