// A batch that does not fit a model of static extents.
// RUN: sinter-opt %s --sinter-build-step='batch=7' -verify-diagnostics

sinter.parameter @w : tensor<2xf32> = zeros
// expected-error @+1 {{takes 4 rows, but a batch of 7 was asked for}}
sinter.model @forward(%x: tensor<4x2xf32>) -> tensor<4x2xf32> {
  %w = sinter.get @w : tensor<2xf32>
  %b = sinter.broadcast %w dims = [1] : tensor<2xf32> -> tensor<4x2xf32>
  %y = sinter.mul %b, %x : tensor<4x2xf32>
  sinter.return %y : tensor<4x2xf32>
}
sinter.loss @loss(%y: tensor<4x2xf32>, %t: tensor<4x2xf32>) -> tensor<f32> {
  %l = sinter.l1_loss %y, %t : (tensor<4x2xf32>, tensor<4x2xf32>) -> tensor<f32>
  sinter.return %l : tensor<f32>
}
sinter.optimizer sgd
