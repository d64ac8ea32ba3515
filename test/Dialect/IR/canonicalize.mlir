// Folds and canonicalizations of the dialect.
// RUN: sinter-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @neutral_elements
// CHECK-SAME: (%[[X:.*]]: tensor<?x4xf32>
// CHECK-NEXT: return %[[X]] : tensor<?x4xf32>
func.func @neutral_elements(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %zero = sinter.constant dense<0.0> : tensor<1x4xf32> -> tensor<?x4xf32>
  %one = sinter.constant dense<1.0> : tensor<1x4xf32> -> tensor<?x4xf32>
  %0 = sinter.add %zero, %x : tensor<?x4xf32>
  %1 = sinter.mul %0, %one : tensor<?x4xf32>
  %2 = sinter.sub %1, %zero : tensor<?x4xf32>
  %3 = sinter.div %2, %one : tensor<?x4xf32>
  %4 = sinter.pow %3, %one : tensor<?x4xf32>
  %5 = sinter.max %4, %4 : tensor<?x4xf32>
  %6 = sinter.negate %5 : tensor<?x4xf32>
  %7 = sinter.negate %6 : tensor<?x4xf32>
  return %7 : tensor<?x4xf32>
}

// CHECK-LABEL: func.func @splats
// CHECK: %[[C:.*]] = sinter.constant dense<2.500000e+00> : tensor<4xf32> -> tensor<4xf32>
// CHECK-NEXT: return %[[C]]
func.func @splats() -> tensor<4xf32> {
  %half = sinter.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %two = sinter.constant dense<2.0> : tensor<4xf32> -> tensor<4xf32>
  %0 = sinter.broadcast %half dims = [] : tensor<f32> -> tensor<4xf32>
  %1 = sinter.add %0, %two : tensor<4xf32>
  %2 = sinter.relu %1 : tensor<4xf32>
  return %2 : tensor<4xf32>
}

// CHECK-LABEL: func.func @constant_predicate
// CHECK-SAME: (%[[A:.*]]: tensor<4xf32>, %[[B:.*]]: tensor<4xf32>)
// CHECK-NEXT: return %[[B]]
func.func @constant_predicate(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %one = sinter.constant dense<1.0> : tensor<4xf32> -> tensor<4xf32>
  %two = sinter.constant dense<2.0> : tensor<4xf32> -> tensor<4xf32>
  %p = sinter.compare gt, %one, %two : tensor<4xf32>
  %r = sinter.select %p, %a, %b : tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @shapes
// CHECK-SAME: (%[[X:.*]]: tensor<3x4x5xf32>)
// CHECK: %[[T:.*]] = sinter.transpose %[[X]] [2, 0, 1]
// CHECK: %[[R:.*]] = sinter.reshape %[[X]] : tensor<3x4x5xf32> -> tensor<60xf32>
// CHECK: return %[[T]], %[[R]], %[[X]]
func.func @shapes(%x: tensor<3x4x5xf32>) -> (tensor<5x3x4xf32>, tensor<60xf32>, tensor<3x4x5xf32>) {
  %0 = sinter.transpose %x [1, 2, 0] : tensor<3x4x5xf32> -> tensor<4x5x3xf32>
  %1 = sinter.transpose %0 [1, 2, 0] : tensor<4x5x3xf32> -> tensor<5x3x4xf32>
  %2 = sinter.reshape %x : tensor<3x4x5xf32> -> tensor<12x5xf32>
  %3 = sinter.reshape %2 : tensor<12x5xf32> -> tensor<60xf32>
  %4 = sinter.slice %x [0:3:1, 0:4:1, 0:5:1] : tensor<3x4x5xf32> -> tensor<3x4x5xf32>
  %5 = sinter.pad %4 value = 0.0 low = [0, 0, 0] high = [0, 0, 0] interior = [0, 0, 0] : tensor<3x4x5xf32> -> tensor<3x4x5xf32>
  %6 = sinter.concatenate %5 dim = 0 : (tensor<3x4x5xf32>) -> tensor<3x4x5xf32>
  %7 = sinter.reduce sum %6 dims = [] : tensor<3x4x5xf32> -> tensor<3x4x5xf32>
  return %1, %3, %7 : tensor<5x3x4xf32>, tensor<60xf32>, tensor<3x4x5xf32>
}

// CHECK-LABEL: func.func @no_dropout
// CHECK-NEXT: return
func.func @no_dropout(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %0 = sinter.dropout %x rate = 0.0 : tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// An input that is read twice, or never, is passed once, or not.
// CHECK-LABEL: func.func @map_inputs
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>, %[[Y:.*]]: tensor<4xf32>, %[[Z:.*]]: tensor<4xf32>)
// CHECK: sinter.map ins(%[[X]], %[[Z]] : tensor<4xf32>, tensor<4xf32>)
// CHECK-NEXT: ^bb0(%[[A:.*]]: f32, %[[B:.*]]: f32):
// CHECK-NEXT: %[[S:.*]] = arith.mulf %[[A]], %[[A]]
// CHECK-NEXT: arith.addf %[[S]], %[[B]]
func.func @map_inputs(%x: tensor<4xf32>, %y: tensor<4xf32>, %z: tensor<4xf32>) -> tensor<4xf32> {
  %0 = sinter.map ins(%x, %y, %x, %z : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: f32, %b: f32, %c: f32, %d: f32):
    %s = arith.mulf %a, %c : f32
    %t = arith.addf %s, %d : f32
    sinter.yield %t : f32
  }
  return %0 : tensor<4xf32>
}
