// Phase `step`: four functions of sinter ops with explicit state; gradients and the optimizer are arithmetic.
// RUN: sinter-opt %s --sinter-to-model --sinter-to-step=batch=8 | FileCheck %s
// RUN: sinter-opt %s --sinter-to-model --sinter-to-step='batch=8 keep-gradients' | FileCheck %s --check-prefix=KEPT
// RUN: sinter-opt %s --sinter-to-model --sinter-to-step=batch=8 | sinter-opt --sinter-verify-phase=phase=step

sinter.parameter @w : tensor<3x4xf32> = xavier_uniform
sinter.parameter @b : tensor<3xf32> = zeros
sinter.model @linear(%x: tensor<?x4xf32>) -> tensor<?x3xf32> {
  %w, %b = sinter.get @w, @b : tensor<3x4xf32>, tensor<3xf32>
  %y = sinter.linear %x, %w, %b : (tensor<?x4xf32>, tensor<3x4xf32>, tensor<3xf32>) -> tensor<?x3xf32>
  sinter.return %y : tensor<?x3xf32>
}
sinter.loss @loss(%y: tensor<?x3xf32>, %t: tensor<?x3xf32>) -> tensor<f32> {
  %l = sinter.mse_loss %y, %t : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
  sinter.return %l : tensor<f32>
}
sinter.optimizer sgd {learning_rate = 0.1}
sinter.metrics ["mae"]

// What a later phase needs of the declarations are attributes and descriptions.
// CHECK: module attributes {sinter.batch = 8 : i64, sinter.learning_rate = 1.000000e-01 : f64, sinter.loss_is_sum = false,
// CHECK-SAME: sinter.loss_name = "mse_loss", sinter.model_name = "linear"}
// CHECK-NOT: sinter.model @
// CHECK-NOT: sinter.loss @
// CHECK: sinter.parameter @w
// CHECK: sinter.optimizer sgd
// CHECK: sinter.metrics ["mae"]
// CHECK-NEXT: sinter.state "w" parameter : tensor<3x4xf32>
// CHECK-NEXT: sinter.state "b" parameter : tensor<3xf32>
// CHECK-NEXT: func.func @init(%[[SEED:.*]]: tensor<i64> {sinter.name = "seed", sinter.role = "seed"})
// CHECK-SAME: -> (tensor<3x4xf32> {sinter.name = "w", sinter.role = "state"}, tensor<3xf32> {sinter.name = "b", sinter.role = "state"})
// CHECK: sinter.random_bits %[[SEED]]

// CHECK: func.func @train_step(%[[W:.*]]: tensor<3x4xf32> {sinter.name = "w", sinter.role = "state"},
// CHECK-SAME: %[[B:[^:]*]]: tensor<3xf32> {sinter.name = "b", sinter.role = "state"},
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32> {sinter.name = "input", sinter.role = "input"},
// CHECK-SAME: %[[T:[^:]*]]: tensor<?x3xf32> {sinter.name = "target", sinter.role = "target"},
// CHECK-SAME: %[[RATE:[^:]*]]: tensor<f64> {sinter.name = "learning_rate", sinter.role = "learning_rate"},
// CHECK-SAME: %{{.*}}: tensor<i64> {sinter.name = "step", sinter.role = "step"}, %{{.*}}: tensor<i64> {sinter.name = "seed", sinter.role = "seed"})
// CHECK-SAME: -> (tensor<3x4xf32> {sinter.name = "w", sinter.role = "state"}, tensor<3xf32> {sinter.name = "b", sinter.role = "state"}, tensor<f32> {sinter.name = "loss", sinter.role = "loss"})
// CHECK-DAG: %[[TWO:.*]] = sinter.constant dense<2.0
// CHECK-DAG: %[[THREE:.*]] = sinter.constant dense<3.0
// CHECK-DAG: %[[ONE:.*]] = sinter.constant dense<1.0
// CHECK: %[[Y:.*]] = sinter.linear %[[X]], %[[W]], %[[B]]
// CHECK-NEXT: %[[LOSS:.*]] = sinter.mse_loss %[[Y]], %[[T]]
// CHECK-NEXT: %[[BATCH_SIZE:.*]] = sinter.batch_size
// CHECK-NEXT: %[[COUNT:.*]] = sinter.mul %[[BATCH_SIZE]], %[[THREE]]
// CHECK-NEXT: %[[DIV:.*]] = sinter.div %[[ONE]], %[[COUNT]]
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[DIV]], %[[TWO]]
// CHECK-NEXT: %[[SUB:.*]] = sinter.sub %[[Y]], %[[T]]
// CHECK-NEXT: %[[BROADCAST:.*]] = sinter.broadcast %[[MUL]] dims = []
// CHECK-NEXT: %[[DY:.*]] = sinter.mul %[[BROADCAST]], %[[SUB]]
// CHECK-NEXT: %[[DW:.*]] = sinter.dot_general %[[DY]], %[[X]] batch = [] x [] contract = [0] x [0]
// CHECK-NEXT: %[[DB:.*]] = sinter.reduce sum %[[DY]] dims = [0]
// CHECK-NEXT: %[[CONVERT:.*]] = sinter.convert %[[RATE]] : tensor<f64> to tensor<f32>
// CHECK-NEXT: %[[BROADCAST:.*]] = sinter.broadcast %[[CONVERT]] dims = [] : tensor<f32> -> tensor<3x4xf32>
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[BROADCAST]], %[[DW]]
// CHECK-NEXT: %[[W_NEW:.*]] = sinter.sub %[[W]], %[[MUL]]
// CHECK-NEXT: %[[BROADCAST:.*]] = sinter.broadcast %[[CONVERT]] dims = [] : tensor<f32> -> tensor<3xf32>
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[BROADCAST]], %[[DB]]
// CHECK-NEXT: %[[B_NEW:.*]] = sinter.sub %[[B]], %[[MUL]]
// CHECK-NEXT: return %[[W_NEW]], %[[B_NEW]], %[[LOSS]]

// CHECK: func.func @eval_step(%[[W:[^:]*]]: {{.*}}, %[[B:[^:]*]]: tensor<3xf32> {{.*}}, %[[X:[^:]*]]: tensor<?x4xf32> {{.*}}, %[[T:[^:]*]]: tensor<?x3xf32>
// CHECK-NEXT: %[[LINEAR:.*]] = sinter.linear %[[X]], %[[W]], %[[B]]
// CHECK-NEXT: %[[MSE_LOSS:.*]] = sinter.mse_loss %[[LINEAR]], %[[T]]
// CHECK-NEXT: return %[[LINEAR]], %[[MSE_LOSS]]
// CHECK: func.func @predict(%[[W:[^:]*]]: {{.*}}, %[[B:[^:]*]]: tensor<3xf32> {{.*}}, %[[X:[^:]*]]: tensor<?x4xf32>
// CHECK-NEXT: %[[LINEAR:.*]] = sinter.linear %[[X]], %[[W]], %[[B]]
// CHECK-NEXT: return %[[LINEAR]]

// KEPT: sinter.state "b" parameter
// KEPT-NEXT: sinter.state "w.grad" gradient : tensor<3x4xf32>
// KEPT-NEXT: sinter.state "b.grad" gradient : tensor<3xf32>
// KEPT: func.func @train_step
// KEPT: %[[DW:.*]] = sinter.dot_general
// KEPT: %[[DB:.*]] = sinter.reduce sum
// KEPT: return %{{.*}}, %{{.*}}, %[[DW]], %[[DB]], %{{.*}} :
