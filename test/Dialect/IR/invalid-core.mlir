// The constraints of CoreOps.td, one violation each.
// RUN: sinter-opt %s -split-input-file -verify-diagnostics

func.func @constant() {
  // expected-error@+1 {{value of type 'tensor<4xf32>' does not fit the result 'tensor<5xf32>': expected a 'tensor<5xf32>'}}
  %0 = sinter.constant dense<1.0> : tensor<4xf32> -> tensor<5xf32>
  return
}

// -----

func.func @broadcast_c1(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{dims [1, 0] do not place 'tensor<4x5xf32>' in 'tensor<5x4xf32>'}}
  %0 = sinter.broadcast %x dims = [1, 0] : tensor<4x5xf32> -> tensor<5x4xf32>
  return
}

// -----

func.func @broadcast_c2(%x: tensor<4xf32>) {
  // expected-error@+1 {{extent 0 of 'tensor<4xf32>' is not extent 1 of 'tensor<?x5xf32>'}}
  %0 = sinter.broadcast %x dims = [1] : tensor<4xf32> -> tensor<?x5xf32>
  return
}

// -----

func.func @reduce_c1(%x: tensor<?x5xf32>) {
  // expected-error@+2 {{dims [2] are not increasing dimensions of 'tensor<?x5xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %0 = sinter.reduce sum %x dims = [2] : tensor<?x5xf32> -> tensor<?xf32>
  return
}

// -----

func.func @reduce_c2(%x: tensor<?x5xi32>) {
  // expected-error@+2 {{'mean' needs a float type, found 'tensor<?x5xi32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %0 = sinter.reduce mean %x dims = [1] : tensor<?x5xi32> -> tensor<?xi32>
  return
}

// -----

func.func @reduce_type(%x: tensor<?x5xf32>) {
  // expected-error@+2 {{inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<5xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %0 = sinter.reduce sum %x dims = [1] : tensor<?x5xf32> -> tensor<5xf32>
  return
}

// -----

func.func @dot_c1(%x: tensor<4x5xf32>, %y: tensor<5x6xf64>) {
  // expected-error@+2 {{element types differ: 'tensor<4x5xf32>' and 'tensor<5x6xf64>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %0 = sinter.dot_general %x, %y batch = [] x [] contract = [1] x [0] : (tensor<4x5xf32>, tensor<5x6xf64>) -> tensor<4x6xf32>
  return
}

// -----

func.func @dot_c2(%x: tensor<4x5xf32>, %y: tensor<5x6xf32>) {
  // expected-error@+2 {{contracting extents differ: dimension 1 of 'tensor<4x5xf32>' and dimension 1 of 'tensor<5x6xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %0 = sinter.dot_general %x, %y batch = [] x [] contract = [1] x [1] : (tensor<4x5xf32>, tensor<5x6xf32>) -> tensor<4x5xf32>
  return
}

// -----

func.func @dot_c2(%x: tensor<4x5xf32>, %y: tensor<4x5xf32>) {
  // expected-error@+2 {{dimensions [0, 0] are not distinct dimensions of 'tensor<4x5xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %0 = sinter.dot_general %x, %y batch = [0] x [0] contract = [0] x [0] : (tensor<4x5xf32>, tensor<4x5xf32>) -> tensor<4x5xf32>
  return
}

// -----

func.func @transpose(%x: tensor<4x5xf32>) {
  // expected-error@+2 {{[0, 0] is not a permutation of the dimensions of 'tensor<4x5xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %0 = sinter.transpose %x [0, 0] : tensor<4x5xf32> -> tensor<4x4xf32>
  return
}

// -----

func.func @reshape_c1(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{numbers of elements differ: 'tensor<4x5xf32>' and 'tensor<21xf32>'}}
  %0 = sinter.reshape %x : tensor<4x5xf32> -> tensor<21xf32>
  return
}

// -----

func.func @reshape_c2(%x: tensor<?x5xf32>) {
  // expected-error@+1 {{the batch extent must lead both shapes: 'tensor<?x5xf32>' and 'tensor<5x?xf32>'}}
  %0 = sinter.reshape %x : tensor<?x5xf32> -> tensor<5x?xf32>
  return
}

// -----

func.func @slice_c1(%x: tensor<4x5xf32>) {
  // expected-error@+2 {{range 0:6:1 does not fit dimension 1 of 'tensor<4x5xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %0 = sinter.slice %x [0:4:1, 0:6:1] : tensor<4x5xf32> -> tensor<4x6xf32>
  return
}

// -----

func.func @slice_c2(%x: tensor<?x5xf32>) {
  // expected-error@+2 {{range 1:-1:1 does not fit dimension 0 of 'tensor<?x5xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %0 = sinter.slice %x [1:-1:1, 0:5:1] : tensor<?x5xf32> -> tensor<?x5xf32>
  return
}

// -----

func.func @pad_c1(%x: tensor<4xf32>) {
  // expected-error@+2 {{padding of dimension 0 is negative: -1, 0, 0}}
  // expected-error@+1 {{failed to infer returned types}}
  %0 = sinter.pad %x value = 0.0 low = [-1] high = [0] interior = [0] : tensor<4xf32> -> tensor<3xf32>
  return
}

// -----

func.func @pad_c2(%x: tensor<?xf32>) {
  // expected-error@+2 {{the batch extent of 'tensor<?xf32>' cannot be padded}}
  // expected-error@+1 {{failed to infer returned types}}
  %0 = sinter.pad %x value = 0.0 low = [1] high = [0] interior = [0] : tensor<?xf32> -> tensor<?xf32>
  return
}

// -----

func.func @concatenate(%x: tensor<4x5xf32>, %y: tensor<3x5xf32>) {
  // expected-error@+2 {{inputs 'tensor<4x5xf32>' and 'tensor<3x5xf32>' do not fit along dimension 1}}
  // expected-error@+1 {{failed to infer returned types}}
  %0 = sinter.concatenate %x, %y dim = 1 : (tensor<4x5xf32>, tensor<3x5xf32>) -> tensor<4x10xf32>
  return
}

// -----

func.func @iota() {
  // expected-error@+1 {{dim 1 is not a dimension of 'tensor<4xi32>'}}
  %0 = sinter.iota dim = 1 : tensor<4xi32>
  return
}

// -----

func.func @grad_c1(%x: tensor<4xf32>) {
  // expected-error@+1 {{names @f, which is not a function of the module}}
  %0:2 = sinter.value_and_grad @f(%x) wrt [0] : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return
}

// -----

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> { return %x : tensor<4xf32> }
func.func @grad_c2(%x: tensor<4xf32>) {
  // expected-error@+1 {{needs @f to return a float scalar first, found ('tensor<4xf32>')}}
  %0:2 = sinter.value_and_grad @f(%x) wrt [0] : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func @f(%x: tensor<f32>) -> tensor<f32> { return %x : tensor<f32> }
func.func @grad_c3(%x: tensor<f32>) {
  // expected-error@+1 {{wrt [1] does not name increasing float arguments}}
  %0:2 = sinter.value_and_grad @f(%x) wrt [1] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return
}

// -----

func.func @constant_of_a_batch() {
  // expected-error@+1 {{value of type 'tensor<f32>' does not fit the result 'tensor<?x5xf32>': expected a splat of 'tensor<1x5xf32>'}}
  %0 = sinter.constant dense<1.0> : tensor<f32> -> tensor<?x5xf32>
  return
}
