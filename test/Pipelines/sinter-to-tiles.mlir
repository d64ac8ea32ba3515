// Phase `tiles`: step functions are lists of launches on tensors; every distinct kernel is a function over work items.
// RUN: sinter-opt %s --sinter-to-model --sinter-to-step=batch=8 --sinter-to-kernels --sinter-to-tiles \
// RUN:   | FileCheck %s --implicit-check-not='sinter.kernel "' --implicit-check-not=linalg
// RUN: sinter-opt %s --sinter-to-model --sinter-to-step=batch=8 --sinter-to-kernels --sinter-to-tiles \
// RUN:   | sinter-opt --sinter-verify-phase=phase=tiles -o /dev/null

sinter.parameter @w : tensor<3x4xf32> = ones
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

// CHECK-DAG: #[[ONE:.*]] = affine_map<(d0) -> (1)>
// CHECK: sinter.state "w" parameter
// CHECK-LABEL: func.func @init(
// CHECK: %[[W:.*]] = sinter.launch @fill_0 items #[[ONE]] outs(%{{.*}} : tensor<3x4xf32>) -> tensor<3x4xf32>
// CHECK: %[[B:.*]] = sinter.launch @fill_1 items #[[ONE]] outs(%{{.*}} : tensor<3xf32>) -> tensor<3xf32>
// CHECK: return %[[W]], %[[B]]

// CHECK-LABEL: func.func @train_step(
// CHECK-SAME: %[[W:[^:]*]]: tensor<3x4xf32> {{[^}]*}}}, %[[B:[^:]*]]: tensor<3xf32> {{[^}]*}}}, %[[X:[^:]*]]: tensor<?x4xf32> {{[^}]*}}}, %[[T:[^:]*]]: tensor<?x3xf32> {{[^}]*}}}, %[[RATE:[^:]*]]: tensor<f64>
// CHECK: %[[SCALARS:.*]]:3 = sinter.launch @scalars_2 items #[[ONE]] ins(%[[RATE]], %[[X]] :
// CHECK: %[[Y:.*]] = sinter.launch @linear_3 items #{{.*}} ins(%[[X]], %[[W]], %[[B]] :
// CHECK: %[[LOSS:.*]]:2 = sinter.launch @mse_loss_4 items #{{.*}} ins(%[[Y]], %[[T]], %[[SCALARS]]#1 :
// CHECK: %[[MEAN:.*]] = sinter.launch @mse_loss_5 items #{{.*}} ins(%[[LOSS]]#0, %[[SCALARS]]#0 :
// CHECK: %[[DW:.*]] = sinter.launch @dot_general_6 items #{{.*}} ins(%[[LOSS]]#1, %[[X]] :
// CHECK: %[[B_NEW:.*]] = sinter.launch @sgd_7 items #{{.*}} ins(%[[LOSS]]#1, %[[SCALARS]]#2 : {{.*}} outs(%[[B]] :
// CHECK: %[[W_NEW:.*]] = sinter.launch @sgd_8 items #{{.*}} ins(%[[SCALARS]]#2, %[[DW]] : {{.*}} outs(%[[W]] :
// CHECK-NEXT: return %[[W_NEW]], %[[B_NEW]], %[[MEAN]]

// Forward passes share the kernel of the training step.
// CHECK-LABEL: func.func @eval_step(
// CHECK: sinter.launch @linear_3
// CHECK-LABEL: func.func @predict(
// CHECK: %[[LAUNCH:.*]] = sinter.launch @linear_3
// CHECK-NEXT: return %[[LAUNCH]]

// Of memrefs of the largest batch.
// CHECK: func.func private @fill_0(%{{.*}}: memref<3x4xf32>, %{{.*}}: index, %{{.*}}: index, %{{.*}}: index)
// CHECK-LABEL: func.func private @linear_3(
// CHECK-SAME: %[[X:[^:]*]]: memref<8x4xf32>, %[[W:[^:]*]]: memref<3x4xf32>, %[[B:[^:]*]]: memref<3xf32>, %[[Y:[^:]*]]: memref<8x3xf32>, %[[ROWS:[^:]*]]: index, %[[LO:[^:]*]]: index, %[[HI:[^:]*]]: index)
// CHECK-SAME: sinter.flops = 216 : i64, sinter.kernel, sinter.schedule = #sinter.schedule<contraction, {{.*}} sinter.source = ["linear"]
// CHECK: scf.for
// CHECK: vector.fma
// CHECK: func.func private @mse_loss_4(
// CHECK: func.func private @mse_loss_9(
// CHECK: vector.reduction <add>
