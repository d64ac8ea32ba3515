// The arithmetic of each update rule, and the names of its moments. That the numbers are PyTorch's is tested by
// golden-test.
// RUN: sinter-opt %s -split-input-file --sinter-build-step --canonicalize --cse | FileCheck %s

// Adam: bias corrections are scalars of f64; the rest is elementwise in the parameter's type.
// CHECK-LABEL: sinter.optimizer adam {
// CHECK: sinter.state "w.exp_avg" optimizer
// CHECK: sinter.state "w.exp_avg_sq" optimizer
// CHECK: sinter.state "w.max_exp_avg_sq" optimizer
// CHECK: func.func @train_step
// CHECK-SAME: %[[W:[^:]*]]: tensor<2xf32> {sinter.name = "w", {{.*}}%[[M:[^:]*]]: tensor<2xf32> {sinter.name = "w.exp_avg",
// CHECK-SAME: %[[V:[^:]*]]: tensor<2xf32> {sinter.name = "w.exp_avg_sq", {{.*}}%[[MAX:[^:]*]]: tensor<2xf32> {sinter.name = "w.max_exp_avg_sq",
// CHECK-DAG: %[[ZERO:.*]] = sinter.constant dense<0.000000e+00> : tensor<2xf32>
// CHECK-DAG: %[[SMALLEST:.*]] = sinter.constant dense<1.17549435E-38> : tensor<2xf32>
// CHECK: %[[T:.*]] = sinter.convert %{{.*}} : tensor<i64> to tensor<f64>
// CHECK: sinter.pow %{{.*}}, %[[T]] : tensor<f64>
// CHECK: sinter.pow %{{.*}}, %[[T]] : tensor<f64>
// CHECK: %[[TOWARDS:.*]] = sinter.sub %[[G:.*]], %[[M]] : tensor<2xf32>
// CHECK: %[[PART:.*]] = sinter.mul %[[TOWARDS]]
// CHECK: %[[NEWM:.*]] = sinter.add %[[M]], %[[PART]]
// CHECK: %[[OLD:.*]] = sinter.mul %[[V]]
// CHECK: %[[SQ:.*]] = sinter.square %[[G]]
// CHECK: %[[NEW:.*]] = sinter.mul %[[SQ]]
// CHECK: %[[NEWV:.*]] = sinter.add %[[OLD]], %[[NEW]]
// CHECK: %[[NEWMAX:.*]] = sinter.max %[[MAX]], %[[NEWV]]
// CHECK: sinter.sqrt %[[NEWMAX]] : tensor<2xf32>
// CHECK: %[[NEWW:.*]] = sinter.sub %[[W]]
// Moments below the smallest normal number are 0; squares need no absolute value.
// CHECK: %[[SIZE:.*]] = sinter.abs %[[NEWM]]
// CHECK-NEXT: %[[TINYM:.*]] = sinter.compare lt, %[[SIZE]], %[[SMALLEST]]
// CHECK-NEXT: %[[KEPTM:.*]] = sinter.select %[[TINYM]], %[[ZERO]], %[[NEWM]]
// CHECK-NEXT: %[[TINYV:.*]] = sinter.compare lt, %[[NEWV]], %[[SMALLEST]]
// CHECK-NEXT: %[[KEPTV:.*]] = sinter.select %[[TINYV]], %[[ZERO]], %[[NEWV]]
// CHECK-NEXT: %[[TINYMAX:.*]] = sinter.compare lt, %[[NEWMAX]], %[[SMALLEST]]
// CHECK-NEXT: %[[KEPTMAX:.*]] = sinter.select %[[TINYMAX]], %[[ZERO]], %[[NEWMAX]]
// CHECK: return %[[NEWW]], %[[KEPTM]], %[[KEPTV]], %[[KEPTMAX]]
sinter.parameter @w : tensor<2xf32> = zeros
sinter.model @forward(%x: tensor<2xf32>) -> tensor<2xf32> {
  %w = sinter.get @w : tensor<2xf32>
  %y = sinter.mul %w, %x : tensor<2xf32>
  sinter.return %y : tensor<2xf32>
}
sinter.loss @loss(%y: tensor<2xf32>, %t: tensor<2xf32>) -> tensor<f32> {
  %l = sinter.mse_loss %y, %t : (tensor<2xf32>, tensor<2xf32>) -> tensor<f32>
  sinter.return %l : tensor<f32>
}
sinter.optimizer adam {amsgrad = true}

// -----

// SGD with dampening: the first step takes the whole gradient into the buffer.
// CHECK-LABEL: sinter.optimizer sgd
// CHECK: sinter.state "w.momentum_buffer" optimizer
// CHECK: func.func @train_step
// CHECK: %[[FIRST:.*]] = sinter.compare gt, %{{.*}}, %{{.*}} : tensor<f64>
// CHECK: sinter.select %[[FIRST]], %{{.*}}, %{{.*}} : tensor<f64>
sinter.parameter @w : tensor<2xf32> = zeros
sinter.model @forward(%x: tensor<2xf32>) -> tensor<2xf32> {
  %w = sinter.get @w : tensor<2xf32>
  %y = sinter.mul %w, %x : tensor<2xf32>
  sinter.return %y : tensor<2xf32>
}
sinter.loss @loss(%y: tensor<2xf32>, %t: tensor<2xf32>) -> tensor<f32> {
  %l = sinter.mse_loss %y, %t : (tensor<2xf32>, tensor<2xf32>) -> tensor<f32>
  sinter.return %l : tensor<f32>
}
sinter.optimizer sgd {momentum = 0.9, dampening = 0.5}

// -----

// CHECK-LABEL: sinter.optimizer rmsprop
// CHECK: sinter.state "w.square_avg" optimizer
// CHECK: sinter.state "w.momentum_buffer" optimizer
// CHECK: sinter.state "w.grad_avg" optimizer
sinter.parameter @w : tensor<2xf32> = zeros
sinter.model @forward(%x: tensor<2xf32>) -> tensor<2xf32> {
  %w = sinter.get @w : tensor<2xf32>
  %y = sinter.mul %w, %x : tensor<2xf32>
  sinter.return %y : tensor<2xf32>
}
sinter.loss @loss(%y: tensor<2xf32>, %t: tensor<2xf32>) -> tensor<f32> {
  %l = sinter.mse_loss %y, %t : (tensor<2xf32>, tensor<2xf32>) -> tensor<f32>
  sinter.return %l : tensor<f32>
}
sinter.optimizer rmsprop {momentum = 0.9, centered = true}

// -----

// Clipping: one norm over all gradients; adagrad's accumulator starts where it is told to.
// CHECK-LABEL: sinter.optimizer adagrad
// CHECK: sinter.state "a.sum" optimizer
// CHECK: sinter.state "b.sum" optimizer
// CHECK: func.func @init
// CHECK: sinter.constant dense<2.500000e-01> : tensor<2xf32>
// CHECK: func.func @train_step
// CHECK: %[[DA:.*]] = sinter.square %[[GA:.*]] : tensor<2xf32>
// CHECK: %[[SA:.*]] = sinter.reduce sum %[[DA]]
// CHECK: %[[NA:.*]] = sinter.convert %[[SA]] : tensor<f32> to tensor<f64>
// CHECK: %[[NB:.*]] = sinter.convert %{{.*}} : tensor<f32> to tensor<f64>
// CHECK: %[[TOTAL:.*]] = sinter.add %[[NA]], %[[NB]] : tensor<f64>
// CHECK: sinter.sqrt %[[TOTAL]] : tensor<f64>
// CHECK: %[[FACTOR:.*]] = sinter.min
// CHECK: sinter.convert %[[FACTOR]] : tensor<f64> to tensor<f32>
sinter.parameter @a : tensor<2xf32> = ones
sinter.parameter @b : tensor<2xf32> = zeros
sinter.model @forward(%x: tensor<2xf32>) -> tensor<2xf32> {
  %a, %b = sinter.get @a, @b : tensor<2xf32>, tensor<2xf32>
  %m = sinter.mul %a, %x : tensor<2xf32>
  %y = sinter.add %m, %b : tensor<2xf32>
  sinter.return %y : tensor<2xf32>
}
sinter.loss @loss(%y: tensor<2xf32>, %t: tensor<2xf32>) -> tensor<f32> {
  %l = sinter.mse_loss %y, %t : (tensor<2xf32>, tensor<2xf32>) -> tensor<f32>
  sinter.return %l : tensor<f32>
}
sinter.optimizer adagrad {initial_accumulator = 0.25, clip_global_norm = 1.0}

// -----

// A scaled loss: its cotangent is the scale, gradients are divided by it before they are used; the loss that comes out is the plain one.
// CHECK-LABEL: sinter.optimizer sgd {
// CHECK: func.func @train_step
// CHECK-SAME: %[[X:[^:]*]]: tensor<2xf32> {sinter.name = "input", {{.*}}%[[T:[^:]*]]: tensor<2xf32> {sinter.name = "target",
// CHECK-DAG: %[[BACK:.*]] = sinter.constant dense<9.765625E-4>
// CHECK-DAG: %[[SEED:.*]] = sinter.constant dense<1.024000e+03> : tensor<2xf32>
// CHECK: %[[SUM:.*]] = sinter.reduce sum
// CHECK: %[[G:.*]] = sinter.mul %[[T]], %[[SEED]]
// CHECK: %[[H:.*]] = sinter.mul %[[G]], %[[X]]
// CHECK: sinter.mul %[[H]], %[[BACK]]
// CHECK: return %{{.*}}, %[[SUM]]
sinter.parameter @w : tensor<2xf32> = zeros
sinter.model @forward(%x: tensor<2xf32>) -> tensor<2xf32> {
  %w = sinter.get @w : tensor<2xf32>
  %y = sinter.mul %w, %x : tensor<2xf32>
  sinter.return %y : tensor<2xf32>
}
sinter.loss @loss(%y: tensor<2xf32>, %t: tensor<2xf32>) -> tensor<f32> {
  %z = sinter.mul %y, %t : tensor<2xf32>
  %l = sinter.reduce sum %z dims = [0] : tensor<2xf32> -> tensor<f32>
  sinter.return %l : tensor<f32>
}
sinter.optimizer sgd {learning_rate = 0.1, loss_scale = 1024.0}
