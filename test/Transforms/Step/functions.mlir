// Models made of functions, a user's function with a name of the step, custom derivatives, and a gradient penalty.
// RUN: sinter-opt %s --sinter-differentiate --sinter-build-step='batch=8' --canonicalize --cse | FileCheck %s

// CHECK-NOT: func.func private
// CHECK-NOT: call
// CHECK: sinter.loss_name = "custom"

sinter.parameter @w1 : tensor<4x4xf32> = xavier_normal
sinter.parameter @w2 : tensor<4x4xf32> = xavier_uniform stream 100

// The step has an @init too.
func.func private @init(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %w = sinter.get @w1 : tensor<4x4xf32>
  %y = sinter.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// Gradients pass the rounding unchanged.
func.func private @round(%x: tensor<?x4xf32>) -> tensor<?x4xf32> attributes {sinter.vjp = @pass} {
  %y = sinter.floor %x : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}
func.func private @pass(%x: tensor<?x4xf32>, %g: tensor<?x4xf32>) -> tensor<?x4xf32> {
  return %g : tensor<?x4xf32>
}

func.func private @energy(%x: tensor<?x4xf32>) -> tensor<f32> {
  %w = sinter.get @w2 : tensor<4x4xf32>
  %y = sinter.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %t = sinter.tanh %y : tensor<?x4xf32>
  %s = sinter.reduce sum %t dims = [0, 1] : tensor<?x4xf32> -> tensor<f32>
  return %s : tensor<f32>
}

// The output is the input's gradient of an energy; training needs second derivatives.
sinter.model @forward(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %h = func.call @init(%x) : (tensor<?x4xf32>) -> tensor<?x4xf32>
  %r = func.call @round(%h) : (tensor<?x4xf32>) -> tensor<?x4xf32>
  %e, %g = sinter.value_and_grad @energy(%r) wrt [0] : (tensor<?x4xf32>) -> (tensor<f32>, tensor<?x4xf32>)
  sinter.return %g : tensor<?x4xf32>
}
sinter.loss @loss(%y: tensor<?x4xf32>) -> tensor<f32> {
  %s = sinter.square %y : tensor<?x4xf32>
  %l = sinter.reduce mean %s dims = [0, 1] : tensor<?x4xf32> -> tensor<f32>
  sinter.return %l : tensor<f32>
}
sinter.optimizer sgd

// Two streams for the first parameter's normal numbers; the second one's stream is the user's.
// CHECK-LABEL: func.func @init
// CHECK: sinter.random_bits %{{.*}} stream = 0
// CHECK: sinter.random_bits %{{.*}} stream = 1
// CHECK: sinter.random_bits %{{.*}} stream = 100

// CHECK-LABEL: func.func @train_step
// CHECK: sinter.floor
// CHECK: return %{{.*}}, %{{.*}}, %{{.*}} : tensor<4x4xf32>, tensor<4x4xf32>, tensor<f32>

// CHECK-LABEL: func.func @predict
// CHECK-NOT: sinter.reduce sum
// CHECK: return
