// What is the derivative where there is none? PyTorch's answers, at the kinks themselves.
// RUN: sinter-opt %s --sinter-differentiate -o %t
// RUN: sinter-interp %t --entry=at_zero | FileCheck %s --check-prefix=ZERO
// RUN: sinter-interp %t --entry=ties | FileCheck %s --check-prefix=TIES
// RUN: sinter-interp %t --entry=huber_corner | FileCheck %s --check-prefix=HUBER
// RUN: sinter-interp %t --entry=powers | FileCheck %s --check-prefix=POWERS
// RUN: sinter-interp %t --entry=identity | FileCheck %s --check-prefix=IDENTITY

func.func private @sum(%x: tensor<2xf64>) -> tensor<f64> {
  %s = sinter.reduce sum %x dims = [0] : tensor<2xf64> -> tensor<f64>
  return %s : tensor<f64>
}
func.func private @relu(%x: tensor<2xf64>) -> tensor<f64> {
  %y = sinter.relu %x : tensor<2xf64>
  %s = func.call @sum(%y) : (tensor<2xf64>) -> tensor<f64>
  return %s : tensor<f64>
}
func.func private @abs(%x: tensor<2xf64>) -> tensor<f64> {
  %y = sinter.abs %x : tensor<2xf64>
  %s = func.call @sum(%y) : (tensor<2xf64>) -> tensor<f64>
  return %s : tensor<f64>
}
func.func private @leaky(%x: tensor<2xf64>) -> tensor<f64> {
  %y = sinter.leaky_relu %x slope = 0.25 : tensor<2xf64>
  %s = func.call @sum(%y) : (tensor<2xf64>) -> tensor<f64>
  return %s : tensor<f64>
}

// ZERO: 2xf64 [0, 1]
// ZERO-NEXT: 2xf64 [0, 1]
// ZERO-NEXT: 2xf64 [0.25, 1]
func.func @at_zero() -> (tensor<2xf64>, tensor<2xf64>, tensor<2xf64>) {
  %x = sinter.constant dense<[0.0, 3.0]> : tensor<2xf64> -> tensor<2xf64>
  %r, %dr = sinter.value_and_grad @relu(%x) wrt [0] : (tensor<2xf64>) -> (tensor<f64>, tensor<2xf64>)
  %a, %da = sinter.value_and_grad @abs(%x) wrt [0] : (tensor<2xf64>) -> (tensor<f64>, tensor<2xf64>)
  %l, %dl = sinter.value_and_grad @leaky(%x) wrt [0] : (tensor<2xf64>) -> (tensor<f64>, tensor<2xf64>)
  return %dr, %da, %dl : tensor<2xf64>, tensor<2xf64>, tensor<2xf64>
}

func.func private @largest(%x: tensor<4xf64>) -> tensor<f64> {
  %m = sinter.reduce max %x dims = [0] : tensor<4xf64> -> tensor<f64>
  return %m : tensor<f64>
}
func.func private @larger(%a: tensor<2xf64>, %b: tensor<2xf64>) -> tensor<f64> {
  %y = sinter.max %a, %b : tensor<2xf64>
  %s = func.call @sum(%y) : (tensor<2xf64>) -> tensor<f64>
  return %s : tensor<f64>
}

// TIES: 4xf64 [0.5, 0, 0.5, 0]
// TIES-NEXT: 2xf64 [0.5, 0]
// TIES-NEXT: 2xf64 [0.5, 1]
func.func @ties() -> (tensor<4xf64>, tensor<2xf64>, tensor<2xf64>) {
  %x = sinter.constant dense<[7.0, 1.0, 7.0, 6.0]> : tensor<4xf64> -> tensor<4xf64>
  %a = sinter.constant dense<[2.0, 1.0]> : tensor<2xf64> -> tensor<2xf64>
  %b = sinter.constant dense<[2.0, 4.0]> : tensor<2xf64> -> tensor<2xf64>
  %m, %dx = sinter.value_and_grad @largest(%x) wrt [0] : (tensor<4xf64>) -> (tensor<f64>, tensor<4xf64>)
  %l, %da, %db = sinter.value_and_grad @larger(%a, %b) wrt [0, 1]
      : (tensor<2xf64>, tensor<2xf64>) -> (tensor<f64>, tensor<2xf64>, tensor<2xf64>)
  return %dx, %da, %db : tensor<4xf64>, tensor<2xf64>, tensor<2xf64>
}

func.func private @huber(%y: tensor<4xf64>, %t: tensor<4xf64>) -> tensor<f64> {
  %l = sinter.huber_loss %y, %t delta = 2.0 sum : (tensor<4xf64>, tensor<4xf64>) -> tensor<f64>
  return %l : tensor<f64>
}

// HUBER: 4xf64 [1, 2, 2, -2]
func.func @huber_corner() -> tensor<4xf64> {
  %y = sinter.constant dense<[1.0, 2.0, 5.0, -9.0]> : tensor<4xf64> -> tensor<4xf64>
  %t = sinter.constant dense<0.0> : tensor<4xf64> -> tensor<4xf64>
  %l, %dy = sinter.value_and_grad @huber(%y, %t) wrt [0] : (tensor<4xf64>, tensor<4xf64>) -> (tensor<f64>, tensor<4xf64>)
  return %dy : tensor<4xf64>
}

func.func private @power(%a: tensor<2xf64>, %b: tensor<2xf64>) -> tensor<f64> {
  %y = sinter.pow %a, %b : tensor<2xf64>
  %s = func.call @sum(%y) : (tensor<2xf64>) -> tensor<f64>
  return %s : tensor<f64>
}

// 0^0 and 0^2: no derivative is infinite or NaN.
// POWERS: 2xf64 [0, 0]
// POWERS-NEXT: 2xf64 [0, 0]
func.func @powers() -> (tensor<2xf64>, tensor<2xf64>) {
  %a = sinter.constant dense<0.0> : tensor<2xf64> -> tensor<2xf64>
  %b = sinter.constant dense<[0.0, 2.0]> : tensor<2xf64> -> tensor<2xf64>
  %p, %da, %db = sinter.value_and_grad @power(%a, %b) wrt [0, 1]
      : (tensor<2xf64>, tensor<2xf64>) -> (tensor<f64>, tensor<2xf64>, tensor<2xf64>)
  return %da, %db : tensor<2xf64>, tensor<2xf64>
}

func.func private @same(%x: tensor<f64>) -> tensor<f64> {
  return %x : tensor<f64>
}

// IDENTITY: f64 1
func.func @identity() -> tensor<f64> {
  %x = sinter.constant dense<5.0> : tensor<f64> -> tensor<f64>
  %v, %dx = sinter.value_and_grad @same(%x) wrt [0] : (tensor<f64>) -> (tensor<f64>, tensor<f64>)
  return %dx : tensor<f64>
}

func.func private @clamped(%x: tensor<4xf64>) -> tensor<f64> {
  %y = sinter.map ins(%x : tensor<4xf64>) -> tensor<4xf64> {
  ^bb0(%a: f64):
    %low = arith.constant 0.0 : f64
    %high = arith.constant 1.0 : f64
    %c = math.clampf %a to [%low, %high] : f64
    sinter.yield %c : f64
  }
  %s = sinter.reduce sum %y dims = [0] : tensor<4xf64> -> tensor<f64>
  return %s : tensor<f64>
}

// RUN: sinter-interp %t --entry=clamp | FileCheck %s --check-prefix=CLAMP
// CLAMP: 4xf64 [0, 1, 1, 0]
func.func @clamp() -> tensor<4xf64> {
  %x = sinter.constant dense<[-1.0, 0.0, 1.0, 2.0]> : tensor<4xf64> -> tensor<4xf64>
  %v, %dx = sinter.value_and_grad @clamped(%x) wrt [0] : (tensor<4xf64>) -> (tensor<f64>, tensor<4xf64>)
  return %dx : tensor<4xf64>
}
