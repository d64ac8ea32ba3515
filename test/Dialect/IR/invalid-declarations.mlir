// The constraints of DeclarationOps.td, one violation each.
// RUN: sinter-opt %s -split-input-file -verify-diagnostics

// expected-error@+1 {{needs a static shape, found 'tensor<?x4xf32>'}}
sinter.parameter @c1 : tensor<?x4xf32> = zeros

// -----

// expected-error@+1 {{initializer 'constant' takes 1 arguments, found 0}}
sinter.parameter @c2 : tensor<4xf32> = constant

// -----

// expected-error@+1 {{initializer 'uniform' needs low < high, found 1.000000e+00 and -1.000000e+00}}
sinter.parameter @c2 : tensor<4xf32> = uniform(1, -1)

// -----

// expected-error@+1 {{initializer 'normal' needs a deviation that is not negative, found -1.000000e+00}}
sinter.parameter @c2 : tensor<4xf32> = normal(0, -1)

// -----

// expected-error@+1 {{initializer 'kaiming_normal' needs rank 2 or more, found 'tensor<4xf32>'}}
sinter.parameter @c3 : tensor<4xf32> = kaiming_normal

// -----

// expected-error@+1 {{needs at least one element, found 'tensor<4x0xf32>'}}
sinter.parameter @c4 : tensor<4x0xf32> = zeros

// -----

// expected-error@+1 {{unknown keyword 'kaiming'}}
sinter.parameter @unknown : tensor<4x4xf32> = kaiming

// -----

sinter.model @forward(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // expected-error@+1 {{names @w, which is not a sinter.parameter of the module}}
  %w = sinter.get @w : tensor<4x4xf32>
  sinter.return %x : tensor<?x4xf32>
}

// -----

// expected-note@+1 {{the parameter is declared here}}
sinter.parameter @w : tensor<4x4xf32> = zeros
sinter.model @forward(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // expected-error@+1 {{reads @w as 'tensor<4x5xf32>', expected 'tensor<4x4xf32>'}}
  %w = sinter.get @w : tensor<4x5xf32>
  sinter.return %x : tensor<?x4xf32>
}

// -----

// expected-error@+1 {{argument 0 may have a dynamic extent only in front, found 'tensor<4x?xf32>'}}
sinter.model @forward(%x: tensor<4x?xf32>) -> tensor<4x?xf32> {
  sinter.return %x : tensor<4x?xf32>
}

// -----

// expected-error@+1 {{argument 0 needs at least one element, found 'tensor<?x0xf32>'}}
sinter.model @forward(%x: tensor<?x0xf32>) -> tensor<?x0xf32> {
  sinter.return %x : tensor<?x0xf32>
}

// -----

// expected-note@+1 {{the result types are declared here}}
sinter.model @forward(%x: tensor<?x4xf32>) -> tensor<?x5xf32> {
  // expected-error@+1 {{returns ('tensor<?x4xf32>'), expected ('tensor<?x5xf32>')}}
  sinter.return %x : tensor<?x4xf32>
}

// -----

// expected-error@+1 {{needs one result of type tensor<f32> or tensor<f64>}}
sinter.loss @loss(%y: tensor<?x4xf32>) -> tensor<?x4xf32> {
  sinter.return %y : tensor<?x4xf32>
}

// -----

// expected-error@+1 {{'adam' has no option 'momentum', expected one of learning_rate, beta1, beta2, epsilon, weight_decay, amsgrad, clip_global_norm, loss_scale}}
sinter.optimizer adam {momentum = 0.9}

// -----

// expected-error@+1 {{option 'beta1' expects a number in [0, 1), found 1.000000e+00}}
sinter.optimizer adam {beta1 = 1.0}

// -----

// expected-error@+1 {{option 'loss_scale' expects a power of two, found 1.000000e+03}}
sinter.optimizer adam {loss_scale = 1000.0}

// -----

// expected-error@+1 {{option 'amsgrad' expects true or false, found "yes"}}
sinter.optimizer adam {amsgrad = "yes"}

// -----

// expected-error@+1 {{nesterov needs momentum > 0 and dampening = 0}}
sinter.optimizer sgd {nesterov = true}

// -----

// expected-error@+1 {{unknown metric "f1", expected "accuracy", "mae" or "r2"}}
sinter.metrics ["f1"]

// -----

// expected-error@+1 {{names metric "mae" twice}}
sinter.metrics ["mae", "mae"]

// -----

// expected-error@+1 {{needs a static shape, found 'tensor<?xf32>'}}
sinter.state "s" optimizer : tensor<?xf32>
