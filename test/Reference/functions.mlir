// Calls, models, losses and parameters.
// RUN: sinter-interp %s --entry calls --rows 3 --fill=iota | FileCheck %s --check-prefix=CALLS
// RUN: sinter-interp %s --entry forward --rows 2 --fill=iota | FileCheck %s --check-prefix=FORWARD
// RUN: sinter-interp %s --entry loss --rows 2 --fill=iota | FileCheck %s --check-prefix=LOSS
// RUN: sinter-interp %s --entry forward --rows 2 --args %S/Inputs/rows.npy --fill=iota | FileCheck %s --check-prefix=FILE

// CALLS: 3xf32 [0, 2, 4]
func.func @calls(%x: tensor<?xf32>) -> tensor<?xf32> {
  %y = func.call @double(%x) : (tensor<?xf32>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}
func.func @double(%x: tensor<?xf32>) -> tensor<?xf32> {
  %y = sinter.add %x, %x : tensor<?xf32>
  return %y : tensor<?xf32>
}

sinter.parameter @w : tensor<1x2xf32> = ones
sinter.parameter @b : tensor<1xf32> = zeros

// Parameters are [[0, 1]] and [0].
// FORWARD: 2x1xf32 {{\[\[}}1], [3]]
// The file holds [[0.5, -1], [2, 4.25]].
// FILE: 2x1xf32 {{\[\[}}-1], [4.25]]
sinter.model @forward(%x: tensor<?x2xf32>) -> tensor<?x1xf32> {
  %w, %b = sinter.get @w, @b : tensor<1x2xf32>, tensor<1xf32>
  %y = sinter.linear %x, %w, %b : (tensor<?x2xf32>, tensor<1x2xf32>, tensor<1xf32>) -> tensor<?x1xf32>
  sinter.return %y : tensor<?x1xf32>
}

// LOSS: f32 0
sinter.loss @loss(%y: tensor<?x1xf32>, %t: tensor<?x1xf32>) -> tensor<f32> {
  %l = sinter.mse_loss %y, %t : (tensor<?x1xf32>, tensor<?x1xf32>) -> tensor<f32>
  sinter.return %l : tensor<f32>
}
