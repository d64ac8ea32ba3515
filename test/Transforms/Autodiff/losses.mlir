// Rules of losses and of the softmax family.
// RUN: sinter-opt %s --sinter-differentiate --canonicalize --cse --symbol-dce | FileCheck %s

func.func private @indices_of(%y: tensor<?x3xf32>, %t: tensor<?xi32>) -> tensor<f32> {
  %l = sinter.cross_entropy %y, %t label_smoothing = 0.3 sum : (tensor<?x3xf32>, tensor<?xi32>) -> tensor<f32>
  return %l : tensor<f32>
}
// softmax(y) - (0.7 onehot(t) + 0.1).
// CHECK-LABEL: func.func @class_indices
// CHECK-SAME: %[[Y:.*]]: tensor<?x3xf32>, %[[T:.*]]: tensor<?xi32>
// CHECK: %[[CLASS:.*]] = sinter.iota dim = 1 : tensor<?x3xi32>
// CHECK: %[[LABEL:.*]] = sinter.broadcast %[[T]] dims = [0]
// CHECK: %[[HOT:.*]] = sinter.compare eq, %[[CLASS]], %[[LABEL]]
// CHECK: %[[ONE:.*]] = sinter.convert %[[HOT]]
// CHECK: %[[SCALED:.*]] = sinter.mul %[[ONE]]
// CHECK: %[[P:.*]] = sinter.add %[[SCALED]]
// CHECK: %[[Q:.*]] = sinter.softmax %[[Y]] dim = 1
// CHECK: %[[DY:.*]] = sinter.sub %[[Q]], %[[P]]
// CHECK-NEXT: return %[[DY]]
func.func @class_indices(%y: tensor<?x3xf32>, %t: tensor<?xi32>) -> tensor<?x3xf32> {
  %l, %dy = sinter.value_and_grad @indices_of(%y, %t) wrt [0] : (tensor<?x3xf32>, tensor<?xi32>) -> (tensor<f32>, tensor<?x3xf32>)
  return %dy : tensor<?x3xf32>
}

func.func private @bce_of(%y: tensor<4x3xf32>, %t: tensor<4x3xf32>) -> tensor<f32> {
  %l = sinter.bce_with_logits %y, %t sum : (tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<f32>
  return %l : tensor<f32>
}
// Targets of float type have gradients too, when somebody asks.
// CHECK-LABEL: func.func @gradient_of_the_target
// CHECK-SAME: %[[Y:.*]]: tensor<4x3xf32>, %[[T:.*]]: tensor<4x3xf32>
// CHECK-NEXT: %[[P:.*]] = sinter.sigmoid %[[Y]]
// CHECK-NEXT: %[[DY:.*]] = sinter.sub %[[P]], %[[T]]
// CHECK-NEXT: %[[DT:.*]] = sinter.negate %[[Y]]
// CHECK-NEXT: return %[[DY]], %[[DT]]
func.func @gradient_of_the_target(%y: tensor<4x3xf32>, %t: tensor<4x3xf32>) -> (tensor<4x3xf32>, tensor<4x3xf32>) {
  %l, %dy, %dt = sinter.value_and_grad @bce_of(%y, %t) wrt [0, 1]
      : (tensor<4x3xf32>, tensor<4x3xf32>) -> (tensor<f32>, tensor<4x3xf32>, tensor<4x3xf32>)
  return %dy, %dt : tensor<4x3xf32>, tensor<4x3xf32>
}

func.func private @mse_of(%y: tensor<4x3xf32>, %t: tensor<4x3xf32>) -> tensor<f32> {
  %l = sinter.mse_loss %y, %t : (tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<f32>
  return %l : tensor<f32>
}
// A static mean is a constant: 2 / 12.
// CHECK-LABEL: func.func @static_mean
// CHECK-SAME: %[[Y:.*]]: tensor<4x3xf32>, %[[T:.*]]: tensor<4x3xf32>
// CHECK-NEXT: %[[C:.*]] = sinter.constant dense<0.16666{{.*}}> : tensor<4x3xf32>
// CHECK-NEXT: %[[D:.*]] = sinter.sub %[[Y]], %[[T]]
// CHECK-NEXT: %[[DY:.*]] = sinter.mul %[[D]], %[[C]]
// CHECK-NEXT: return %[[DY]]
func.func @static_mean(%y: tensor<4x3xf32>, %t: tensor<4x3xf32>) -> tensor<4x3xf32> {
  %l, %dy = sinter.value_and_grad @mse_of(%y, %t) wrt [0] : (tensor<4x3xf32>, tensor<4x3xf32>) -> (tensor<f32>, tensor<4x3xf32>)
  return %dy : tensor<4x3xf32>
}

func.func private @norm_of(%x: tensor<?x8xf32>, %scale: tensor<8xf32>, %shift: tensor<8xf32>, %w: tensor<?x8xf32>) -> tensor<f32> {
  %y = sinter.layer_norm %x, %scale, %shift : tensor<?x8xf32>, tensor<8xf32>
  %z = sinter.softmax %y dim = 1 : tensor<?x8xf32>
  %p = sinter.mul %z, %w : tensor<?x8xf32>
  %s = sinter.reduce sum %p dims = [0, 1] : tensor<?x8xf32> -> tensor<f32>
  return %s : tensor<f32>
}
// Only what the shift needs: nothing of the normalization again.
// CHECK-LABEL: func.func @shift_alone
// CHECK-NOT: sinter.rsqrt
// CHECK: %[[Y:.*]] = sinter.softmax
// CHECK: %[[GY:.*]] = sinter.mul %{{.*}}, %[[Y]]
// CHECK: %[[ROW:.*]] = sinter.reduce sum %[[GY]] dims = [1]
// CHECK: %[[G:.*]] = sinter.mul %[[Y]]
// CHECK: %[[D:.*]] = sinter.reduce sum %[[G]] dims = [0] : tensor<?x8xf32> -> tensor<8xf32>
// CHECK-NEXT: return %[[D]]
func.func @shift_alone(%x: tensor<?x8xf32>, %scale: tensor<8xf32>, %shift: tensor<8xf32>, %w: tensor<?x8xf32>) -> tensor<8xf32> {
  %s, %d = sinter.value_and_grad @norm_of(%x, %scale, %shift, %w) wrt [2]
      : (tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<?x8xf32>) -> (tensor<f32>, tensor<8xf32>)
  return %d : tensor<8xf32>
}
