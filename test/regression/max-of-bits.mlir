// The largest of bits, whose order is the unsigned one, was a reduction that no emitter knew.
// RUN: sinterc %s --verify --batch=13 | FileCheck %s --implicit-check-not=WRONG
// CHECK: right output output

sinter.parameter @w : tensor<5xf32> = ones
sinter.model @forward(%x: tensor<?x7xf32>, %y: tensor<?x5xf32>) -> (tensor<?x5xf32>, tensor<7xi1>) {
  %zero = sinter.constant dense<0.9> : tensor<1x7xf32> -> tensor<?x7xf32>
  %p = sinter.compare gt, %x, %zero : tensor<?x7xf32>
  %rows = sinter.reduce max %p dims = [1] : tensor<?x7xi1> -> tensor<?xi1>
  %columns = sinter.reduce max %p dims = [0] : tensor<?x7xi1> -> tensor<7xi1>
  %f = sinter.convert %rows : tensor<?xi1> to tensor<?xf32>
  %b = sinter.broadcast %f dims = [0] : tensor<?xf32> -> tensor<?x5xf32>
  %w = sinter.get @w : tensor<5xf32>
  %v = sinter.broadcast %w dims = [1] : tensor<5xf32> -> tensor<?x5xf32>
  %s = sinter.mul %b, %v : tensor<?x5xf32>
  %r = sinter.mul %s, %y : tensor<?x5xf32>
  sinter.return %r, %columns : tensor<?x5xf32>, tensor<7xi1>
}
sinter.loss @loss(%r: tensor<?x5xf32>, %columns: tensor<7xi1>) -> tensor<f32> {
  %l = sinter.reduce sum %r dims = [0, 1] : tensor<?x5xf32> -> tensor<f32>
  sinter.return %l : tensor<f32>
}
sinter.optimizer sgd
