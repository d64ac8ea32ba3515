// What bf16 is not for: one error each, with what was expected and found.
// RUN: sinter-opt %s -split-input-file -verify-diagnostics

func.func @arithmetic(%a: tensor<4xbf16>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of 32-bit float or 64-bit float or 1-bit signless integer or 8-bit signless integer or 32-bit signless integer or 64-bit signless integer values, but got 'tensor<4xbf16>'}}
  %0 = sinter.add %a, %a : tensor<4xbf16>
  return
}

// -----

func.func @activation(%a: tensor<4xbf16>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of 32-bit float or 64-bit float values, but got 'tensor<4xbf16>'}}
  %0 = sinter.relu %a : tensor<4xbf16>
  return
}

// -----

func.func @reduction(%a: tensor<4x5xbf16>) {
  // expected-error@+1 {{must be ranked tensor of 32-bit float or 64-bit float or}}
  %0 = sinter.reduce sum %a dims = [1] : tensor<4x5xbf16> -> tensor<4xbf16>
  return
}

// -----

func.func @convert_c1(%a: tensor<4xf64>) {
  // expected-error@+1 {{bf16' is converted from and to f32 only, found 'f64' to 'bf16'}}
  %0 = sinter.convert %a : tensor<4xf64> to tensor<4xbf16>
  return
}

// -----

func.func @convert_c1_back(%a: tensor<4xbf16>) {
  // expected-error@+1 {{bf16' is converted from and to f32 only, found 'bf16' to 'i32'}}
  %0 = sinter.convert %a : tensor<4xbf16> to tensor<4xi32>
  return
}

// -----

func.func @mixed_product(%a: tensor<4x5xbf16>, %b: tensor<5x6xf32>) {
  // expected-error@+2 {{element types differ: 'tensor<4x5xbf16>' and 'tensor<5x6xf32>'; expected equal ones}}
  // expected-error@+1 {{failed to infer returned types}}
  %0 = sinter.dot_general %a, %b batch = [] x [] contract = [1] x [0] : (tensor<4x5xbf16>, tensor<5x6xf32>) -> tensor<4x6xf32>
  return
}

// -----

func.func @product_in_bf16(%a: tensor<4x5xbf16>, %b: tensor<5x6xbf16>) {
  // expected-error@+1 {{result #0 must be ranked tensor of 32-bit float or 64-bit float values, but got 'tensor<4x6xbf16>'}}
  %0 = sinter.dot_general %a, %b batch = [] x [] contract = [1] x [0]
      : (tensor<4x5xbf16>, tensor<5x6xbf16>) -> tensor<4x6xbf16>
  return
}

// -----

func.func @bias_in_bf16(%x: tensor<?x4xbf16>, %w: tensor<3x4xbf16>, %b: tensor<3xbf16>) {
  // expected-error@+1 {{operand #2 must be ranked tensor of 32-bit float or 64-bit float values, but got 'tensor<3xbf16>'}}
  %0 = sinter.linear %x, %w, %b : (tensor<?x4xbf16>, tensor<3x4xbf16>, tensor<3xbf16>) -> tensor<?x3xf32>
  return
}

// -----

func.func @map_c3(%a: tensor<4xf32>) {
  %0 = sinter.map ins(%a : tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%x: f32):
    // expected-error@+1 {{computes 'bf16' in a sinter.map, expected another type: use sinter.convert to round to it}}
    %n = arith.truncf %x : f32 to bf16
    %w = arith.extf %n : bf16 to f32
    sinter.yield %w : f32
  }
  return
}

// -----

func.func private @f(%x: tensor<4xbf16>) -> tensor<f32>

func.func @gradient(%x: tensor<4xbf16>) {
  // expected-error@+1 {{wrt [0] expected f32 or f64 arguments, found 'tensor<4xbf16>': convert inside of @f}}
  %l, %g = sinter.value_and_grad @f(%x) wrt [0] : (tensor<4xbf16>) -> (tensor<f32>, tensor<4xbf16>)
  return
}

// -----

// expected-error@+1 {{type attribute of ranked tensor of 32-bit float or 64-bit float values}}
sinter.parameter @w : tensor<3x4xbf16> = kaiming_uniform(1.0)

// -----

// expected-error@+1 {{argument 0 expected elements of f32, f64 or an integer type, found 'tensor<?x4xbf16>': convert inside}}
sinter.model @model_c4(%x: tensor<?x4xbf16>) -> tensor<?x4xf32> {
  %y = sinter.convert %x : tensor<?x4xbf16> to tensor<?x4xf32>
  sinter.return %y : tensor<?x4xf32>
}

// -----

// expected-error@+1 {{result 0 expected elements of f32, f64 or an integer type, found 'tensor<?x4xbf16>': convert inside}}
sinter.model @model_result(%x: tensor<?x4xf32>) -> tensor<?x4xbf16> {
  %y = sinter.convert %x : tensor<?x4xf32> to tensor<?x4xbf16>
  sinter.return %y : tensor<?x4xbf16>
}
