// An integer division trapped: the lanes behind the last element of a row divide by zero, and so does the lowest number by
// -1.
// RUN: sinterc %s --verify --batch=13 | FileCheck %s --implicit-check-not=WRONG
// CHECK: right output output

sinter.parameter @w : tensor<7xf32> = ones
sinter.model @forward(%x: tensor<?x7xi32>, %f: tensor<?x7xf32>) -> (tensor<?x7xi32>, tensor<?x7xi32>, tensor<?x7xf32>) {
  %one = sinter.constant dense<1> : tensor<1x7xi32> -> tensor<?x7xi32>
  %y = sinter.add %x, %one : tensor<?x7xi32>
  %q = sinter.div %one, %y : tensor<?x7xi32>
  %lowest = sinter.constant dense<-2147483648> : tensor<1x7xi32> -> tensor<?x7xi32>
  %r = sinter.map ins(%lowest, %y : tensor<?x7xi32>, tensor<?x7xi32>) -> tensor<?x7xi32> {
  ^bb0(%a: i32, %b: i32):
    %zero = arith.constant 0 : i32
    %minus = arith.subi %zero, %b : i32
    %d = arith.divsi %a, %minus : i32
    %m = arith.remui %d, %b : i32
    sinter.yield %m : i32
  }
  %w = sinter.get @w : tensor<7xf32>
  %v = sinter.broadcast %w dims = [1] : tensor<7xf32> -> tensor<?x7xf32>
  %z = sinter.mul %f, %v : tensor<?x7xf32>
  sinter.return %q, %r, %z : tensor<?x7xi32>, tensor<?x7xi32>, tensor<?x7xf32>
}
sinter.loss @loss(%q: tensor<?x7xi32>, %r: tensor<?x7xi32>, %z: tensor<?x7xf32>) -> tensor<f32> {
  %l = sinter.reduce mean %z dims = [0, 1] : tensor<?x7xf32> -> tensor<f32>
  sinter.return %l : tensor<f32>
}
sinter.optimizer sgd
