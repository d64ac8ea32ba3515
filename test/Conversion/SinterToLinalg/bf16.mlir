// Conversions from and to bf16; products widen their operands in the loop's body.
// RUN: sinter-opt %s --convert-sinter-to-linalg | FileCheck %s

// CHECK-LABEL: func.func @conversions(
// CHECK: arith.truncf %{{.*}} : f32 to bf16
// CHECK: arith.extf %{{.*}} : bf16 to f32
func.func @conversions(%x: tensor<4xf32>) -> tensor<4xf32> {
  %n = sinter.convert %x : tensor<4xf32> to tensor<4xbf16>
  %w = sinter.convert %n : tensor<4xbf16> to tensor<4xf32>
  return %w : tensor<4xf32>
}

// CHECK-LABEL: func.func @product(
// CHECK-SAME: %[[X:[^:]*]]: tensor<5x4xbf16>, %[[W:[^:]*]]: tensor<3x4xbf16>
// CHECK: %[[FILL:.*]] = linalg.fill {{.*}} -> tensor<5x3xf32>
// CHECK: linalg.generic {{.*}} ins(%[[X]], %[[W]] : tensor<5x4xbf16>, tensor<3x4xbf16>) outs(%[[FILL]] : tensor<5x3xf32>)
// CHECK-NEXT: ^bb0(%[[A:[^:]*]]: bf16, %[[B:[^:]*]]: bf16, %[[OUT:[^:]*]]: f32):
// CHECK-NEXT: %[[L:.*]] = arith.extf %[[A]] : bf16 to f32
// CHECK-NEXT: %[[R:.*]] = arith.extf %[[B]] : bf16 to f32
// CHECK-NEXT: %[[P:.*]] = arith.mulf %[[L]], %[[R]] : f32
// CHECK-NEXT: %[[S:.*]] = arith.addf %[[OUT]], %[[P]] : f32
// CHECK-NEXT: linalg.yield %[[S]] : f32
func.func @product(%x: tensor<5x4xbf16>, %w: tensor<3x4xbf16>) -> tensor<5x3xf32> {
  %y = sinter.dot_general %x, %w batch = [] x [] contract = [1] x [1] : (tensor<5x4xbf16>, tensor<3x4xbf16>) -> tensor<5x3xf32>
  return %y : tensor<5x3xf32>
}

// CHECK-LABEL: func.func @moved(
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : tensor<3x4xbf16>) outs(%{{.*}} : tensor<4x3xbf16>)
func.func @moved(%w: tensor<3x4xbf16>) -> tensor<4x3xbf16> {
  %t = sinter.transpose %w [1, 0] : tensor<3x4xbf16> -> tensor<4x3xbf16>
  return %t : tensor<4x3xbf16>
}
