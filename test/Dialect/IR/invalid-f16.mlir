// What f16 is not for: as bf16 (invalid-bf16.mlir), and both in one op.
// RUN: sinter-opt %s -split-input-file -verify-diagnostics

func.func @convert_c1(%a: tensor<4xf64>) {
  // expected-error@+1 {{f16' is converted from and to f32 only, found 'f64' to 'f16'}}
  %0 = sinter.convert %a : tensor<4xf64> to tensor<4xf16>
  return
}

// -----

func.func @convert_between_halves(%a: tensor<4xf16>) {
  // expected-error@+1 {{f16' is converted from and to f32 only, found 'f16' to 'bf16'}}
  %0 = sinter.convert %a : tensor<4xf16> to tensor<4xbf16>
  return
}

// -----

func.func @mixed_product(%a: tensor<4x5xf16>, %b: tensor<5x6xbf16>) {
  // expected-error@+2 {{element types differ: 'tensor<4x5xf16>' and 'tensor<5x6xbf16>'; expected equal ones}}
  // expected-error@+1 {{failed to infer returned types}}
  %0 = sinter.dot_general %a, %b batch = [] x [] contract = [1] x [0] : (tensor<4x5xf16>, tensor<5x6xbf16>) -> tensor<4x6xf32>
  return
}

// -----

func.func @arithmetic(%a: tensor<4xf16>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of}}
  %0 = sinter.add %a, %a : tensor<4xf16>
  return
}

// -----

func.func @map_c3(%a: tensor<4xf32>) {
  %0 = sinter.map ins(%a : tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%x: f32):
    // expected-error@+1 {{computes 'f16' in a sinter.map, expected another type: use sinter.convert to round to it}}
    %n = arith.truncf %x : f32 to f16
    %w = arith.extf %n : f16 to f32
    sinter.yield %w : f32
  }
  return
}

// -----

func.func private @f(%x: tensor<4xf16>) -> tensor<f32>

func.func @gradient(%x: tensor<4xf16>) {
  // expected-error@+1 {{wrt [0] expected f32 or f64 arguments, found 'tensor<4xf16>': convert inside of @f}}
  %l, %g = sinter.value_and_grad @f(%x) wrt [0] : (tensor<4xf16>) -> (tensor<f32>, tensor<4xf16>)
  return
}

// -----

// expected-error@+1 {{argument 0 expected elements of f32, f64 or an integer type, found 'tensor<?x4xf16>': convert inside}}
sinter.model @model_c4(%x: tensor<?x4xf16>) -> tensor<?x4xf32> {
  %y = sinter.convert %x : tensor<?x4xf16> to tensor<?x4xf32>
  sinter.return %y : tensor<?x4xf32>
}
