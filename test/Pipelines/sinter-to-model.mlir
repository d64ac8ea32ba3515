// Phase `model`: declarations as they were written, with simpler bodies.
// RUN: sinter-opt %s --sinter-to-model | FileCheck %s

// CHECK-NOT: sinter.batch
// CHECK: sinter.parameter @w : tensor<3x4xf32> = xavier_uniform
// CHECK-NEXT: sinter.parameter @b : tensor<3xf32> = zeros
sinter.parameter @w : tensor<3x4xf32> = xavier_uniform
sinter.parameter @b : tensor<3xf32> = zeros

// Products with 1, a transposition there and back and an unused value are gone; the two equal layers are one.
// CHECK-NEXT: sinter.model @layers(%[[X:.*]]: tensor<?x4xf32>) -> tensor<?x3xf32> {
// CHECK-NEXT: %[[GET:.*]]:2 = sinter.get @w, @b
// CHECK-NEXT: %[[LINEAR:.*]] = sinter.linear %[[X]], %[[GET]]#0, %[[GET]]#1
// CHECK-NEXT: %[[RELU:.*]] = sinter.relu %[[LINEAR]]
// CHECK-NEXT: %[[ADD:.*]] = sinter.add %[[RELU]], %[[RELU]]
// CHECK-NEXT: sinter.return %[[ADD]]
sinter.model @layers(%x: tensor<?x4xf32>) -> tensor<?x3xf32> {
  %w, %b = sinter.get @w, @b : tensor<3x4xf32>, tensor<3xf32>
  %t = sinter.transpose %w [1, 0] : tensor<3x4xf32> -> tensor<4x3xf32>
  %v = sinter.transpose %t [1, 0] : tensor<4x3xf32> -> tensor<3x4xf32>
  %0 = sinter.linear %x, %v, %b : (tensor<?x4xf32>, tensor<3x4xf32>, tensor<3xf32>) -> tensor<?x3xf32>
  %1 = sinter.linear %x, %w, %b : (tensor<?x4xf32>, tensor<3x4xf32>, tensor<3xf32>) -> tensor<?x3xf32>
  %one = sinter.constant dense<1.0> : tensor<1x3xf32> -> tensor<?x3xf32>
  %2 = sinter.mul %1, %one : tensor<?x3xf32>
  %3 = sinter.relu %0 : tensor<?x3xf32>
  %4 = sinter.relu %2 : tensor<?x3xf32>
  %unused = sinter.exp %4 : tensor<?x3xf32>
  %5 = sinter.add %3, %4 : tensor<?x3xf32>
  sinter.return %5 : tensor<?x3xf32>
}

// The loss stays one op.
// CHECK: sinter.loss @loss(
// CHECK-NEXT: %[[MSE_LOSS:.*]] = sinter.mse_loss
// CHECK-NEXT: sinter.return %[[MSE_LOSS]]
sinter.loss @loss(%y: tensor<?x3xf32>, %t: tensor<?x3xf32>) -> tensor<f32> {
  %l = sinter.mse_loss %y, %t : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
  sinter.return %l : tensor<f32>
}

// CHECK: sinter.optimizer sgd {learning_rate = 1.000000e-01 : f64}
// CHECK-NEXT: sinter.metrics ["mae"]
sinter.optimizer sgd {learning_rate = 0.1}
sinter.metrics ["mae"]
