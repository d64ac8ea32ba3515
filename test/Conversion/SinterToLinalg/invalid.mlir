// What has no loop of its own: composites, means, and a batch extent that no argument has.
// RUN: sinter-opt %s --convert-sinter-to-linalg --split-input-file --verify-diagnostics

func.func @composites_are_decomposed_first(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{failed to legalize operation 'sinter.relu' that was explicitly marked illegal}}
  %y = sinter.relu %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @means_are_decomposed_first(%x: tensor<4xf32>) -> tensor<f32> {
  // expected-error @+1 {{failed to legalize operation 'sinter.reduce'}}
  %y = sinter.reduce mean %x dims = [0] : tensor<4xf32> -> tensor<f32>
  return %y : tensor<f32>
}

// -----

func.func @no_argument_has_rows(%w: tensor<4xf32>) -> tensor<?x4xf32> {
  // expected-error @+2 {{has the batch extent '?', but no argument of 'no_argument_has_rows' has one to read it from}}
  // expected-error @+1 {{failed to legalize operation 'sinter.broadcast'}}
  %y = sinter.broadcast %w dims = [1] : tensor<4xf32> -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @batch_size_of_nothing() -> tensor<f32> {
  // expected-error @+2 {{has the batch extent '?', but no argument of 'batch_size_of_nothing' has one to read it from}}
  // expected-error @+1 {{failed to legalize operation 'sinter.batch_size'}}
  %n = sinter.batch_size : tensor<f32>
  return %n : tensor<f32>
}

// -----

func.func @batch_is_not_leading(%x: tensor<?x4xf32>, %seed: tensor<i64>, %step: tensor<i64>) -> tensor<4x?xi32> {
  // expected-error @+2 {{expected '?' as the leading extent only, found 'tensor<4x?xi32>'}}
  // expected-error @+1 {{failed to legalize operation 'sinter.random_bits'}}
  %r = sinter.random_bits %seed, %step stream = 0 : tensor<4x?xi32>
  return %r : tensor<4x?xi32>
}

// -----

func.func @declarations_have_no_loops(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{failed to legalize operation 'sinter.dropout'}}
  %y = sinter.dropout %x rate = 0.5 : tensor<4xf32>
  return %y : tensor<4xf32>
}
