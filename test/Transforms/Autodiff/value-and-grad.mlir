// The engine: activity, accumulation, order, second derivatives, custom rules.
// RUN: sinter-opt %s --sinter-differentiate | FileCheck %s

func.func private @layer_loss(%x: tensor<?x4xf32>, %w: tensor<3x4xf32>, %t: tensor<?x3xf32>) -> tensor<f32> {
  %y = sinter.linear %x, %w : (tensor<?x4xf32>, tensor<3x4xf32>) -> tensor<?x3xf32>
  %l = sinter.mse_loss %y, %t sum : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
  return %l : tensor<f32>
}

// One contraction forward, one for the weight; none for the input, which nobody asked about.
// CHECK-LABEL: func.func @no_gradient_of_the_input
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[W:.*]]: tensor<3x4xf32>, %[[T:.*]]: tensor<?x3xf32>
// CHECK: %[[Y:.*]] = sinter.linear %[[X]], %[[W]]
// CHECK: %[[L:.*]] = sinter.mse_loss %[[Y]], %[[T]] sum
// CHECK: %[[D:.*]] = sinter.sub %[[Y]], %[[T]]
// CHECK: %[[G:.*]] = sinter.mul %[[D]], %{{.*}}
// CHECK-NEXT: %[[DW:.*]] = sinter.dot_general %[[G]], %[[X]] batch = [] x [] contract = [0] x [0]
// CHECK-SAME: -> tensor<3x4xf32>
// CHECK-NEXT: return %[[L]], %[[DW]]
func.func @no_gradient_of_the_input(%x: tensor<?x4xf32>, %w: tensor<3x4xf32>, %t: tensor<?x3xf32>)
    -> (tensor<f32>, tensor<3x4xf32>) {
  %l, %dw = sinter.value_and_grad @layer_loss(%x, %w, %t) wrt [1]
      : (tensor<?x4xf32>, tensor<3x4xf32>, tensor<?x3xf32>) -> (tensor<f32>, tensor<3x4xf32>)
  return %l, %dw : tensor<f32>, tensor<3x4xf32>
}

func.func private @dot(%a: tensor<4xf64>, %b: tensor<4xf64>) -> tensor<f64> {
  %d = sinter.dot_general %a, %b batch = [] x [] contract = [0] x [0] : (tensor<4xf64>, tensor<4xf64>) -> tensor<f64>
  return %d : tensor<f64>
}

// The same value in two places keeps its two gradients apart.
// CHECK-LABEL: func.func @partial_derivatives
// CHECK-SAME: %[[X:.*]]: tensor<4xf64>
// CHECK-NOT: sinter.add
// CHECK: return %[[X]]
func.func @partial_derivatives(%x: tensor<4xf64>) -> tensor<4xf64> {
  %v, %da = sinter.value_and_grad @dot(%x, %x) wrt [0] : (tensor<4xf64>, tensor<4xf64>) -> (tensor<f64>, tensor<4xf64>)
  return %da : tensor<4xf64>
}

func.func private @used_twice(%x: tensor<4xf64>, %unused: tensor<2xf64>) -> tensor<f64> {
  %a = sinter.sin %x : tensor<4xf64>
  %b = sinter.mul %a, %x : tensor<4xf64>
  %s = sinter.reduce sum %b dims = [0] : tensor<4xf64> -> tensor<f64>
  return %s : tensor<f64>
}

// Cotangents of a value used twice add up; an argument that does not matter has a zero gradient.
// CHECK-LABEL: func.func @accumulation
// CHECK-SAME: %[[X:.*]]: tensor<4xf64>, %[[U:.*]]: tensor<2xf64>
// CHECK: %[[SIN:.*]] = sinter.sin %[[X]]
// CHECK: %[[COS:.*]] = sinter.cos %[[X]]
// CHECK-NEXT: %[[THROUGH:.*]] = sinter.mul %{{.*}}, %[[COS]]
// CHECK-NEXT: %[[DX:.*]] = sinter.add %{{.*}}, %[[THROUGH]]
// CHECK-NEXT: %[[DU:.*]] = sinter.constant dense<0.0{{.*}}> : tensor<2xf64>
// CHECK-NEXT: return %{{.*}}, %[[DX]], %[[DU]]
func.func @accumulation(%x: tensor<4xf64>, %u: tensor<2xf64>) -> (tensor<f64>, tensor<4xf64>, tensor<2xf64>) {
  %v, %dx, %du = sinter.value_and_grad @used_twice(%x, %u) wrt [0, 1]
      : (tensor<4xf64>, tensor<2xf64>) -> (tensor<f64>, tensor<4xf64>, tensor<2xf64>)
  return %v, %dx, %du : tensor<f64>, tensor<4xf64>, tensor<2xf64>
}

func.func private @cubes(%x: tensor<4xf64>) -> tensor<f64> {
  %2 = sinter.square %x : tensor<4xf64>
  %3 = sinter.mul %2, %x : tensor<4xf64>
  %s = sinter.reduce sum %3 dims = [0] : tensor<4xf64> -> tensor<f64>
  return %s : tensor<f64>
}

func.func private @directional(%x: tensor<4xf64>, %v: tensor<4xf64>) -> tensor<f64> {
  %f, %g = sinter.value_and_grad @cubes(%x) wrt [0] : (tensor<4xf64>) -> (tensor<f64>, tensor<4xf64>)
  %d = sinter.dot_general %g, %v batch = [] x [] contract = [0] x [0] : (tensor<4xf64>, tensor<4xf64>) -> tensor<f64>
  return %d : tensor<f64>
}

// A Hessian-vector product is the gradient of (gradient . v).
// CHECK-LABEL: func.func @hessian_vector_product
// CHECK-NOT: value_and_grad
// CHECK: return %{{.*}} : tensor<4xf64>
func.func @hessian_vector_product(%x: tensor<4xf64>, %v: tensor<4xf64>) -> tensor<4xf64> {
  %d, %hv = sinter.value_and_grad @directional(%x, %v) wrt [0]
      : (tensor<4xf64>, tensor<4xf64>) -> (tensor<f64>, tensor<4xf64>)
  return %hv : tensor<4xf64>
}

// A function with a derivative of its own: rounding that lets gradients through.
func.func private @round(%x: tensor<4xf64>) -> tensor<4xf64> attributes {sinter.vjp = @straight_through} {
  %r = sinter.floor %x : tensor<4xf64>
  return %r : tensor<4xf64>
}
func.func private @straight_through(%x: tensor<4xf64>, %g: tensor<4xf64>) -> tensor<4xf64> {
  return %g : tensor<4xf64>
}
func.func private @rounded_sum(%x: tensor<4xf64>) -> tensor<f64> {
  %r = func.call @round(%x) : (tensor<4xf64>) -> tensor<4xf64>
  %s = sinter.reduce sum %r dims = [0] : tensor<4xf64> -> tensor<f64>
  return %s : tensor<f64>
}

// CHECK-LABEL: func.func @custom_rule
// CHECK-SAME: %[[X:.*]]: tensor<4xf64>
// CHECK: call @round(%[[X]])
// CHECK: %[[G:.*]] = sinter.constant dense<1.0{{.*}}> : tensor<4xf64>
// CHECK-NEXT: return %[[G]]
func.func @custom_rule(%x: tensor<4xf64>) -> tensor<4xf64> {
  %s, %g = sinter.value_and_grad @rounded_sum(%x) wrt [0] : (tensor<4xf64>) -> (tensor<f64>, tensor<4xf64>)
  return %g : tensor<4xf64>
}
