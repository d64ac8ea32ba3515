// Kernels over tensors without elements crashed the planners.
// RUN: sinterc %s --verify --batch=13 | FileCheck %s --implicit-check-not=WRONG
// CHECK: right output output

sinter.parameter @w : tensor<4x3xf32> = xavier_normal
sinter.model @forward(%x: tensor<?x3xf32>) -> tensor<?x4xf32> {
  %w = sinter.get @w : tensor<4x3xf32>
  %none = sinter.slice %x [0:-1:1, 3:3:1] : tensor<?x3xf32> -> tensor<?x0xf32>
  %exp = sinter.exp %none : tensor<?x0xf32>
  %columns = sinter.slice %w [0:4:1, 1:1:1] : tensor<4x3xf32> -> tensor<4x0xf32>
  %zero = sinter.linear %exp, %columns : (tensor<?x0xf32>, tensor<4x0xf32>) -> tensor<?x4xf32>
  %all = sinter.concatenate %none, %x dim = 1 : (tensor<?x0xf32>, tensor<?x3xf32>) -> tensor<?x3xf32>
  %y = sinter.linear %all, %w : (tensor<?x3xf32>, tensor<4x3xf32>) -> tensor<?x4xf32>
  %padding = sinter.pad %none value = 0.5 low = [0, 1] high = [0, 3] interior = [0, 2] : tensor<?x0xf32> -> tensor<?x4xf32>
  %sum = sinter.add %y, %zero : tensor<?x4xf32>
  %r = sinter.mul %sum, %padding : tensor<?x4xf32>
  sinter.return %r : tensor<?x4xf32>
}
sinter.loss @loss(%y: tensor<?x4xf32>, %t: tensor<?x4xf32>) -> tensor<f32> {
  %l = sinter.mse_loss %y, %t : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<f32>
  sinter.return %l : tensor<f32>
}
sinter.optimizer sgd
