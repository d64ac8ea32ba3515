// A scalar function of the user's is differentiated inside its region, and the result is a map again.
// RUN: sinter-opt %s --sinter-differentiate --canonicalize --cse --symbol-dce | FileCheck %s

func.func private @swish_of(%x: tensor<?x4xf32>, %beta: tensor<?x4xf32>, %w: tensor<?x4xf32>) -> tensor<f32> {
  %y = sinter.map ins(%x, %beta : tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x4xf32> {
  ^bb0(%a: f32, %b: f32):
    %t = math.tanh %a : f32
    %m = arith.mulf %t, %b : f32
    sinter.yield %m : f32
  }
  %z = sinter.mul %y, %w : tensor<?x4xf32>
  %s = sinter.reduce sum %z dims = [0, 1] : tensor<?x4xf32> -> tensor<f32>
  return %s : tensor<f32>
}

// d(tanh(a) b)/db needs a and the cotangent, and not b.
// CHECK-LABEL: func.func @one_input
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32>, %[[BETA:[^:]*]]: tensor<?x4xf32>, %[[W:[^:]*]]: tensor<?x4xf32>
// CHECK-NEXT: %[[D:.*]] = sinter.map ins(%[[X]], %[[W]] : tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x4xf32>
// CHECK-NEXT: ^bb0(%[[A:.*]]: f32, %[[G:.*]]: f32):
// CHECK-NEXT: %[[T:.*]] = math.tanh %[[A]]
// CHECK-NEXT: %[[R:.*]] = arith.mulf %[[G]], %[[T]]
// CHECK-NEXT: sinter.yield %[[R]]
// CHECK: return %[[D]]
func.func @one_input(%x: tensor<?x4xf32>, %beta: tensor<?x4xf32>, %w: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %s, %d = sinter.value_and_grad @swish_of(%x, %beta, %w) wrt [1]
      : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>) -> (tensor<f32>, tensor<?x4xf32>)
  return %d : tensor<?x4xf32>
}

// CHECK-LABEL: func.func @both_inputs
// CHECK: %[[D:.*]]:2 = sinter.map ins
// CHECK: math.tanh
// CHECK: sinter.yield %{{.*}}, %{{.*}} : f32, f32
// CHECK: return %[[D]]#0, %[[D]]#1
func.func @both_inputs(%x: tensor<?x4xf32>, %beta: tensor<?x4xf32>, %w: tensor<?x4xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %s, %dx, %db = sinter.value_and_grad @swish_of(%x, %beta, %w) wrt [0, 1]
      : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>) -> (tensor<f32>, tensor<?x4xf32>, tensor<?x4xf32>)
  return %dx, %db : tensor<?x4xf32>, tensor<?x4xf32>
}
