// Declarations that make no training step.
// RUN: sinter-opt %s --sinter-build-step -split-input-file -verify-diagnostics

// expected-error @+1 {{no 'sinter.model' in the module: a training step needs a model}}
module {}

// -----

// expected-error @+1 {{no 'sinter.optimizer' in the module: a training step needs an optimizer, such as 'sinter.optimizer adam'}}
module {
  sinter.model @forward(%x: tensor<2xf32>) -> tensor<2xf32> {
    sinter.return %x : tensor<2xf32>
  }
  sinter.loss @loss(%y: tensor<2xf32>, %t: tensor<2xf32>) -> tensor<f32> {
    %l = sinter.l1_loss %y, %t : (tensor<2xf32>, tensor<2xf32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
}

// -----

// expected-error @+1 {{no 'sinter.parameter' in the module: there is nothing to train}}
module {
  sinter.model @forward(%x: tensor<2xf32>) -> tensor<2xf32> {
    sinter.return %x : tensor<2xf32>
  }
  sinter.loss @loss(%y: tensor<2xf32>, %t: tensor<2xf32>) -> tensor<f32> {
    %l = sinter.l1_loss %y, %t : (tensor<2xf32>, tensor<2xf32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer sgd
}

// -----

sinter.parameter @w : tensor<2xf32> = zeros
// expected-note @+1 {{the model is here}}
sinter.model @forward(%x: tensor<2xf32>) -> tensor<2xf32> {
  %w = sinter.get @w : tensor<2xf32>
  %y = sinter.mul %w, %x : tensor<2xf32>
  sinter.return %y : tensor<2xf32>
}
// expected-error @+1 {{argument 0 must be of the type of the model's result 0, 'tensor<2xf32>', found 'tensor<3xf32>'}}
sinter.loss @loss(%y: tensor<3xf32>, %t: tensor<3xf32>) -> tensor<f32> {
  %l = sinter.l1_loss %y, %t : (tensor<3xf32>, tensor<3xf32>) -> tensor<f32>
  sinter.return %l : tensor<f32>
}
sinter.optimizer sgd

// -----

sinter.parameter @w : tensor<2xf32> = zeros
// expected-error @+1 {{parameter @unused is never used}}
sinter.parameter @unused : tensor<2xf32> = zeros
sinter.model @forward(%x: tensor<2xf32>) -> tensor<2xf32> {
  %w = sinter.get @w : tensor<2xf32>
  %y = sinter.mul %w, %x : tensor<2xf32>
  sinter.return %y : tensor<2xf32>
}
sinter.loss @loss(%y: tensor<2xf32>, %t: tensor<2xf32>) -> tensor<f32> {
  %l = sinter.l1_loss %y, %t : (tensor<2xf32>, tensor<2xf32>) -> tensor<f32>
  sinter.return %l : tensor<f32>
}
sinter.optimizer sgd

// -----

// expected-error @+1 {{parameter @w has no influence on the loss}}
sinter.parameter @w : tensor<2xf32> = zeros
sinter.model @forward(%x: tensor<2xf32>) -> tensor<2xf32> {
  %w = sinter.get @w : tensor<2xf32>
  %r = sinter.floor %w : tensor<2xf32>
  %y = sinter.mul %r, %x : tensor<2xf32>
  sinter.return %y : tensor<2xf32>
}
sinter.loss @loss(%y: tensor<2xf32>, %t: tensor<2xf32>) -> tensor<f32> {
  %l = sinter.l1_loss %y, %t : (tensor<2xf32>, tensor<2xf32>) -> tensor<f32>
  sinter.return %l : tensor<f32>
}
sinter.optimizer sgd

// -----

sinter.parameter @w : tensor<2xf32> = zeros
// expected-error @+1 {{has the batch extent '?': the number of rows must be given (option 'batch')}}
sinter.model @forward(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %w = sinter.get @w : tensor<2xf32>
  %b = sinter.broadcast %w dims = [1] : tensor<2xf32> -> tensor<?x2xf32>
  %y = sinter.mul %b, %x : tensor<?x2xf32>
  sinter.return %y : tensor<?x2xf32>
}
sinter.loss @loss(%y: tensor<?x2xf32>, %t: tensor<?x2xf32>) -> tensor<f32> {
  %l = sinter.l1_loss %y, %t : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<f32>
  sinter.return %l : tensor<f32>
}
sinter.optimizer sgd

// -----

sinter.parameter @w : tensor<2xf32> = zeros
sinter.model @forward(%x: tensor<2xf32>) -> tensor<2xf32> {
  %w = sinter.get @w : tensor<2xf32>
  %y = sinter.mul %w, %x : tensor<2xf32>
  sinter.return %y : tensor<2xf32>
}
// expected-note @+1 {{the first is here}}
sinter.loss @loss(%y: tensor<2xf32>, %t: tensor<2xf32>) -> tensor<f32> {
  %l = sinter.l1_loss %y, %t : (tensor<2xf32>, tensor<2xf32>) -> tensor<f32>
  sinter.return %l : tensor<f32>
}
// expected-error @+1 {{is the second of its kind: a training step has one}}
sinter.loss @other(%y: tensor<2xf32>, %t: tensor<2xf32>) -> tensor<f32> {
  %l = sinter.l1_loss %y, %t : (tensor<2xf32>, tensor<2xf32>) -> tensor<f32>
  sinter.return %l : tensor<f32>
}
sinter.optimizer sgd

// -----

// expected-error @+1 {{parameter @predict has the name of a function of the step}}
sinter.parameter @predict : tensor<2xf32> = zeros
sinter.model @forward(%x: tensor<2xf32>) -> tensor<2xf32> {
  %w = sinter.get @predict : tensor<2xf32>
  %y = sinter.mul %w, %x : tensor<2xf32>
  sinter.return %y : tensor<2xf32>
}
sinter.loss @loss(%y: tensor<2xf32>, %t: tensor<2xf32>) -> tensor<f32> {
  %l = sinter.l1_loss %y, %t : (tensor<2xf32>, tensor<2xf32>) -> tensor<f32>
  sinter.return %l : tensor<f32>
}
sinter.optimizer sgd

// -----

// expected-error @+1 {{the state would hold two tensors of the name "w.exp_avg": rename that parameter}}
module {
  sinter.parameter @w : tensor<2xf32> = zeros
  sinter.parameter @w.exp_avg : tensor<2xf32> = zeros
  sinter.model @forward(%x: tensor<2xf32>) -> tensor<2xf32> {
    %w, %v = sinter.get @w, @w.exp_avg : tensor<2xf32>, tensor<2xf32>
    %z = sinter.mul %w, %v : tensor<2xf32>
    %y = sinter.mul %z, %x : tensor<2xf32>
    sinter.return %y : tensor<2xf32>
  }
  sinter.loss @loss(%y: tensor<2xf32>, %t: tensor<2xf32>) -> tensor<f32> {
    %l = sinter.l1_loss %y, %t : (tensor<2xf32>, tensor<2xf32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer adam
}

// -----

func.func private @noisy(%x: tensor<2xf32>) -> tensor<2xf32> attributes {sinter.vjp = @rule} {
  // expected-error @+1 {{without a key in a function with 'sinter.vjp': its derivative could not find the mask again}}
  %y = sinter.dropout %x rate = 0.5 : tensor<2xf32>
  return %y : tensor<2xf32>
}
func.func private @rule(%x: tensor<2xf32>, %g: tensor<2xf32>) -> tensor<2xf32> {
  return %g : tensor<2xf32>
}
sinter.parameter @w : tensor<2xf32> = zeros
sinter.model @forward(%x: tensor<2xf32>) -> tensor<2xf32> {
  %w = sinter.get @w : tensor<2xf32>
  %y = func.call @noisy(%w) : (tensor<2xf32>) -> tensor<2xf32>
  sinter.return %y : tensor<2xf32>
}
sinter.loss @loss(%y: tensor<2xf32>, %t: tensor<2xf32>) -> tensor<f32> {
  %l = sinter.l1_loss %y, %t : (tensor<2xf32>, tensor<2xf32>) -> tensor<f32>
  sinter.return %l : tensor<f32>
}
sinter.optimizer sgd
