// Products without anything to sum crashed fusion: the gradient of a matrix times a vector is one. A sum of products over
// every dimension, with arithmetic behind it, fitted no strategy.
// RUN: sinterc %s --verify --batch=13 --keep-gradients | FileCheck %s --implicit-check-not=WRONG
// CHECK: right state w.grad
// CHECK: right output

sinter.parameter @w : tensor<6xf32> = ones
sinter.model @forward(%x: tensor<?x6xf32>) -> (tensor<?xf32>, tensor<?x6xf32>, tensor<f32>) {
  %w = sinter.get @w : tensor<6xf32>
  %y = sinter.dot_general %x, %w batch = [] x [] contract = [1] x [0] : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
  %o = sinter.dot_general %y, %w batch = [] x [] contract = [] x [] : (tensor<?xf32>, tensor<6xf32>) -> tensor<?x6xf32>
  %s = sinter.dot_general %x, %o batch = [] x [] contract = [0, 1] x [0, 1] : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  sinter.return %y, %o, %s : tensor<?xf32>, tensor<?x6xf32>, tensor<f32>
}
sinter.loss @loss(%y: tensor<?xf32>, %o: tensor<?x6xf32>, %s: tensor<f32>) -> tensor<f32> {
  %l = sinter.square %s : tensor<f32>
  sinter.return %l : tensor<f32>
}
sinter.optimizer sgd
