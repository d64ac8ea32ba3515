// Cotangents of bf16 tensors are f32; the backward products of a bf16 product are bf16 products.
// RUN: sinter-opt %s --sinter-differentiate --canonicalize --cse --symbol-dce | FileCheck %s

func.func private @layer(%x: tensor<?x4xf32>, %w: tensor<3x4xf32>, %b: tensor<3xf32>, %t: tensor<?x3xf32>) -> tensor<f32> {
  %xh = sinter.convert %x : tensor<?x4xf32> to tensor<?x4xbf16>
  %wh = sinter.convert %w : tensor<3x4xf32> to tensor<3x4xbf16>
  %y = sinter.linear %xh, %wh, %b : (tensor<?x4xbf16>, tensor<3x4xbf16>, tensor<3xf32>) -> tensor<?x3xf32>
  %z = sinter.mul %y, %t : tensor<?x3xf32>
  %s = sinter.reduce sum %z dims = [0, 1] : tensor<?x3xf32> -> tensor<f32>
  return %s : tensor<f32>
}

// The cotangent of y is t: rounded once for both products, as it is for the bias.
// CHECK-LABEL: @linear_layer
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[W:.*]]: tensor<3x4xf32>, %{{.*}}: tensor<3xf32>, %[[T:.*]]: tensor<?x3xf32>
// CHECK-DAG: %[[XH:.*]] = sinter.convert %[[X]]
// CHECK-DAG: %[[WH:.*]] = sinter.convert %[[W]]
// CHECK: %[[TH:.*]] = sinter.convert %[[T]] : tensor<?x3xf32> to tensor<?x3xbf16>
// CHECK: %[[DX:.*]] = sinter.dot_general %[[TH]], %[[WH]] {{.*}} : (tensor<?x3xbf16>, tensor<3x4xbf16>) -> tensor<?x4xf32>
// CHECK: %[[DW:.*]] = sinter.dot_general %[[TH]], %[[XH]] {{.*}} : (tensor<?x3xbf16>, tensor<?x4xbf16>) -> tensor<3x4xf32>
// CHECK: %[[DB:.*]] = sinter.reduce sum %[[T]] dims = [0] : tensor<?x3xf32> -> tensor<3xf32>
// CHECK: return %[[DX]], %[[DW]], %[[DB]]
func.func @linear_layer(%x: tensor<?x4xf32>, %w: tensor<3x4xf32>, %b: tensor<3xf32>, %t: tensor<?x3xf32>)
    -> (tensor<?x4xf32>, tensor<3x4xf32>, tensor<3xf32>) {
  %l, %dx, %dw, %db = sinter.value_and_grad @layer(%x, %w, %b, %t) wrt [0, 1, 2]
      : (tensor<?x4xf32>, tensor<3x4xf32>, tensor<3xf32>, tensor<?x3xf32>)
      -> (tensor<f32>, tensor<?x4xf32>, tensor<3x4xf32>, tensor<3xf32>)
  return %dx, %dw, %db : tensor<?x4xf32>, tensor<3x4xf32>, tensor<3xf32>
}

// A bf16 tensor that is used twice: its cotangents add up in f32. Views of it pass f32 cotangents on.
func.func private @shared(%x: tensor<4x4xf32>, %t: tensor<4x4xf32>) -> tensor<f32> {
  %h = sinter.convert %x : tensor<4x4xf32> to tensor<4x4xbf16>
  %r = sinter.reshape %h : tensor<4x4xbf16> -> tensor<16xbf16>
  %q = sinter.reshape %r : tensor<16xbf16> -> tensor<4x4xbf16>
  %p = sinter.transpose %h [1, 0] : tensor<4x4xbf16> -> tensor<4x4xbf16>
  %y = sinter.dot_general %q, %p batch = [] x [] contract = [1] x [1] : (tensor<4x4xbf16>, tensor<4x4xbf16>) -> tensor<4x4xf32>
  %z = sinter.mul %y, %t : tensor<4x4xf32>
  %s = sinter.reduce sum %z dims = [0, 1] : tensor<4x4xf32> -> tensor<f32>
  return %s : tensor<f32>
}

// CHECK-LABEL: @used_twice
// CHECK-COUNT-2: sinter.dot_general {{.*}} -> tensor<4x4xf32>
// CHECK: %[[D:.*]] = sinter.add {{.*}} : tensor<4x4xf32>
// CHECK-NEXT: return %[[D]]
func.func @used_twice(%x: tensor<4x4xf32>, %t: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %l, %dx = sinter.value_and_grad @shared(%x, %t) wrt [0] : (tensor<4x4xf32>, tensor<4x4xf32>) -> (tensor<f32>, tensor<4x4xf32>)
  return %dx : tensor<4x4xf32>
}

// Rounding counts as the identity.
func.func private @rounded(%x: tensor<4xf32>, %t: tensor<4xf32>) -> tensor<f32> {
  %n = sinter.convert %x : tensor<4xf32> to tensor<4xbf16>
  %w = sinter.convert %n : tensor<4xbf16> to tensor<4xf32>
  %z = sinter.mul %w, %t : tensor<4xf32>
  %s = sinter.reduce sum %z dims = [0] : tensor<4xf32> -> tensor<f32>
  return %s : tensor<f32>
}
// CHECK-LABEL: @rounding
// CHECK-SAME: %[[T:[^:]*]]: tensor<4xf32>)
// CHECK-NEXT: return %[[T]]
func.func @rounding(%x: tensor<4xf32>, %t: tensor<4xf32>) -> tensor<4xf32> {
  %l, %dx = sinter.value_and_grad @rounded(%x, %t) wrt [0] : (tensor<4xf32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return %dx : tensor<4xf32>
}
