// What cannot be differentiated is said.
// RUN: sinter-opt %s --sinter-differentiate -split-input-file -verify-diagnostics

func.func private @no_rule(%x: tensor<4xf32>) -> tensor<f32> {
  %a = sinter.tanh %x : tensor<4xf32>
  // expected-error @+2 {{'tensor.bitcast' op has no derivative, but the gradient with respect to argument 0 needs it}}
  // expected-note @+1 {{on the path argument 0 -> 'sinter.tanh' -> 'tensor.bitcast' -> 'sinter.square' -> 'sinter.reduce'}}
  %b = tensor.bitcast %a : tensor<4xf32> to tensor<4xf32>
  %c = sinter.square %b : tensor<4xf32>
  %s = sinter.reduce sum %c dims = [0] : tensor<4xf32> -> tensor<f32>
  return %s : tensor<f32>
}
func.func @op_without_rule(%x: tensor<4xf32>) -> tensor<4xf32> {
  %s, %g = sinter.value_and_grad @no_rule(%x) wrt [0] : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return %g : tensor<4xf32>
}

// -----

func.func private @f(%x: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{'sinter.value_and_grad' op of @f is recursive: a recursive function cannot be differentiated}}
  %s, %g = sinter.value_and_grad @f(%x) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %g : tensor<f32>
}

// -----

func.func private @even(%x: tensor<f32>) -> tensor<f32> {
  %r = func.call @odd(%x) : (tensor<f32>) -> tensor<f32>
  return %r : tensor<f32>
}
func.func private @odd(%x: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{'func.call' op of @even is recursive: a recursive function cannot be differentiated}}
  %r = func.call @even(%x) : (tensor<f32>) -> tensor<f32>
  return %r : tensor<f32>
}

// -----

func.func private @f(%x: tensor<f32>) -> tensor<f32> attributes {sinter.vjp = @rule} {
  return %x : tensor<f32>
}
// expected-error @+1 {{derivative of @f must be of type '(tensor<f32>, tensor<f32>) -> tensor<f32>', found '(tensor<f32>) -> tensor<f32>'}}
func.func private @rule(%x: tensor<f32>) -> tensor<f32> {
  return %x : tensor<f32>
}
func.func @rule_of_the_wrong_type(%x: tensor<f32>) -> tensor<f32> {
  %s, %g = sinter.value_and_grad @f(%x) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %g : tensor<f32>
}

// -----

func.func private @declared(%x: tensor<f32>) -> tensor<f32>
func.func @no_body(%x: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{'sinter.value_and_grad' op needs a function @declared with a body}}
  %s, %g = sinter.value_and_grad @declared(%x) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %g : tensor<f32>
}

// -----

func.func private @odd_map(%x: tensor<2xf64>) -> tensor<f64> {
  %y = sinter.map ins(%x : tensor<2xf64>) -> tensor<2xf64> {
  ^bb0(%a: f64):
    // expected-error @+2 {{'math.sincos' op has no derivative, but the gradient with respect to argument 0 needs it}}
    // expected-note @+1 {{on the path argument 0 -> 'math.sincos'}}
    %r, %c = math.sincos %a : f64
    sinter.yield %r : f64
  }
  %s = sinter.reduce sum %y dims = [0] : tensor<2xf64> -> tensor<f64>
  return %s : tensor<f64>
}
func.func @scalar_op_without_rule(%x: tensor<2xf64>) -> tensor<2xf64> {
  %s, %g = sinter.value_and_grad @odd_map(%x) wrt [0] : (tensor<2xf64>) -> (tensor<f64>, tensor<2xf64>)
  return %g : tensor<2xf64>
}
