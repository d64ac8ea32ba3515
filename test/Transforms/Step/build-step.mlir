// Declarations become the state table and four functions.
// RUN: sinter-opt %s --sinter-build-step='batch=64' --canonicalize --cse | FileCheck %s
// RUN: sinter-opt %s --sinter-build-step='batch=64 keep-gradients' | FileCheck %s --check-prefix=GRADIENTS

// CHECK: module attributes {sinter.batch = 64 : i64, sinter.learning_rate = 1.000000e-02 : f64, sinter.loss_is_sum = false, sinter.loss_name = "mse_loss", sinter.model_name = "forward"}

sinter.parameter @w : tensor<3x4xf32> = kaiming_uniform
sinter.parameter @b : tensor<3xf32> = zeros

sinter.model @forward(%x: tensor<?x4xf32>) -> tensor<?x3xf32> {
  %w, %b = sinter.get @w, @b : tensor<3x4xf32>, tensor<3xf32>
  %h = sinter.dropout %x rate = 0.5 : tensor<?x4xf32>
  %y = sinter.linear %h, %w, %b : (tensor<?x4xf32>, tensor<3x4xf32>, tensor<3xf32>) -> tensor<?x3xf32>
  sinter.return %y : tensor<?x3xf32>
}

sinter.loss @loss(%y: tensor<?x3xf32>, %t: tensor<?x3xf32> {sinter.name = "wanted"}) -> tensor<f32> {
  %l = sinter.mse_loss %y, %t : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
  sinter.return %l : tensor<f32>
}

sinter.optimizer sgd {learning_rate = 0.01, momentum = 0.9}

// CHECK-NOT: sinter.model
// CHECK: sinter.parameter @w
// CHECK: sinter.state "w" parameter : tensor<3x4xf32>
// CHECK-NEXT: sinter.state "b" parameter : tensor<3xf32>
// CHECK-NEXT: sinter.state "w.momentum_buffer" optimizer : tensor<3x4xf32>
// CHECK-NEXT: sinter.state "b.momentum_buffer" optimizer : tensor<3xf32>

// CHECK-LABEL: func.func @init
// CHECK-SAME: (%[[SEED:.*]]: tensor<i64> {sinter.name = "seed", sinter.role = "seed"})
// CHECK: %[[WORDS:.*]] = sinter.random_bits %[[SEED]], %{{.*}} stream = 0 : tensor<3x4xi32>
// CHECK: %[[W:.*]] = sinter.map ins(%[[WORDS]]
// CHECK: return %[[W]], %{{.*}}, %{{.*}}, %{{.*}} : tensor<3x4xf32>, tensor<3xf32>, tensor<3x4xf32>, tensor<3xf32>

// CHECK-LABEL: func.func @train_step
// CHECK-SAME: %[[W:.*]]: tensor<3x4xf32> {sinter.name = "w", sinter.role = "state"}
// CHECK-SAME: %[[B:.*]]: tensor<3xf32> {sinter.name = "b", sinter.role = "state"}
// CHECK-SAME: %[[MW:.*]]: tensor<3x4xf32> {sinter.name = "w.momentum_buffer", sinter.role = "state"}
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32> {sinter.name = "input", sinter.role = "input"}
// CHECK-SAME: %[[T:[^:]*]]: tensor<?x3xf32> {sinter.name = "wanted", sinter.role = "target"}
// CHECK-SAME: %[[LR:[^:]*]]: tensor<f64> {sinter.name = "learning_rate", sinter.role = "learning_rate"}
// CHECK-SAME: %[[STEP:[^:]*]]: tensor<i64> {sinter.name = "step", sinter.role = "step"}
// CHECK-SAME: %[[SEED:[^:]*]]: tensor<i64> {sinter.name = "seed", sinter.role = "seed"}
// CHECK-SAME: tensor<f32> {sinter.name = "loss", sinter.role = "loss"})
// CHECK: %[[H:.*]] = sinter.dropout %[[X]] rate = 5.000000e-01 key(%[[SEED]], %[[STEP]]) stream = 1000000
// CHECK-NEXT: %[[Y:.*]] = sinter.linear %[[H]], %[[W]], %[[B]]
// CHECK: %[[L:.*]] = sinter.mse_loss %[[Y]], %[[T]]
// CHECK: %[[DW:.*]] = sinter.dot_general
// CHECK: %[[DB:.*]] = sinter.reduce sum
// CHECK: %[[DECAYED:.*]] = sinter.mul %[[MW]]
// CHECK-NEXT: %[[NEWMW:.*]] = sinter.add %[[DECAYED]], %[[DW]]
// CHECK: %[[NEWW:.*]] = sinter.sub %[[W]]
// CHECK: %[[KEPTMW:.*]] = sinter.select %{{.*}}, %{{.*}}, %[[NEWMW]]
// CHECK: return %[[NEWW]], %{{.*}}, %[[KEPTMW]], %{{.*}}, %[[L]]

// CHECK-LABEL: func.func @eval_step
// CHECK-NOT: sinter.dropout
// CHECK: %[[Y:.*]] = sinter.linear
// CHECK: %[[L:.*]] = sinter.mse_loss %[[Y]]
// CHECK: return %[[Y]], %[[L]]

// CHECK-LABEL: func.func @predict
// CHECK-NOT: sinter.dropout
// CHECK: %[[Y:.*]] = sinter.linear
// CHECK-NEXT: return %[[Y]]

// GRADIENTS: sinter.state "w.grad" gradient : tensor<3x4xf32>
// GRADIENTS: sinter.state "b.grad" gradient : tensor<3xf32>
// GRADIENTS: func.func @train_step
// GRADIENTS-SAME: %{{[^:]*}}: tensor<3x4xf32> {sinter.name = "w.grad", sinter.role = "state"}
