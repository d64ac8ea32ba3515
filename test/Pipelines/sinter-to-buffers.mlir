// Phase `buffers`: tensors are views at constant offsets of the state and the scratch block.
// RUN: sinter-opt %s --sinter-to-model --sinter-to-step=batch=8 --sinter-to-kernels --sinter-to-tiles --sinter-to-buffers \
// RUN:   | FileCheck %s --implicit-check-not='tensor.' --implicit-check-not=memref.copy
// RUN: sinter-opt %s --sinter-to-model --sinter-to-step=batch=8 --sinter-to-kernels --sinter-to-tiles --sinter-to-buffers \
// RUN:   | sinter-opt --sinter-verify-phase=phase=buffers -o /dev/null

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

// CHECK: sinter.scratch_bytes = 512 : i64, sinter.state_bytes = 128 : i64}
// CHECK-LABEL: func.func @init(
// CHECK-SAME: %[[STATE:[^:]*]]: memref<128xi8> {sinter.role = "state"}
// CHECK-SAME: attributes {sinter.scratch_bytes = 0 : i64}
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK-DAG: %[[C64:.*]] = arith.constant 64 : index
// CHECK: %[[W:.*]] = memref.view %[[STATE]][%[[C0]]][] : memref<128xi8> to memref<3x4xf32>
// CHECK-NEXT: sinter.launch @fill_0 {{.*}} outs(%[[W]] :
// CHECK-NEXT: %[[B:.*]] = memref.view %[[STATE]][%[[C64]]][] : memref<128xi8> to memref<3xf32>
// CHECK-NEXT: sinter.launch @fill_1 {{.*}} outs(%[[B]] :

// Parameters are updated where they lie; the gradient of the weight lies where the outputs were.
// CHECK-LABEL: func.func @train_step(
// CHECK-SAME: %[[STATE:[^:]*]]: memref<128xi8> {sinter.role = "state"}, %[[SCRATCH:[^:]*]]: memref<512xi8> {sinter.role = "scratch"},
// CHECK-SAME: %[[X:[^:]*]]: memref<8x4xf32> {sinter.name = "input", sinter.role = "input", sinter.type = tensor<?x4xf32>},
// CHECK-SAME: %[[T:[^:]*]]: memref<8x3xf32> {{[^}]*}}}, %[[LOSS:[^:]*]]: memref<f32> {sinter.name = "loss", sinter.role = "loss", {{[^}]*}}},
// CHECK-SAME: %[[RATE:[^:]*]]: memref<f64> {{.*}}, %[[ROWS:[^:]*]]: index {sinter.role = "rows"}) attributes {sinter.scratch_bytes = 512 : i64}
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK-DAG: %[[C64:.*]] = arith.constant 64 : index
// CHECK: sinter.launch @scalars_2 items #{{.*}} rows(%[[ROWS]])
// CHECK-SAME: ins(%[[RATE]], %[[X]] : {{.*}} outs(%[[ONE_OVER_COUNT:.*]], %[[TWO_OVER_COUNT:.*]], %[[STEP:.*]] :
// CHECK-NEXT: %[[W:.*]] = memref.view %[[STATE]][%[[C0]]][] : memref<128xi8> to memref<3x4xf32>
// CHECK-NEXT: %[[B:.*]] = memref.view %[[STATE]][%[[C64]]][] : memref<128xi8> to memref<3xf32>
// CHECK-NEXT: %[[Y:.*]] = memref.view %[[SCRATCH]][%[[C0]]][] : memref<512xi8> to memref<8x3xf32>
// CHECK-NEXT: sinter.launch @linear_3 {{.*}} ins(%[[X]], %[[W]], %[[B]] : {{.*}} outs(%[[Y]] :
// CHECK: sinter.launch @mse_loss_4 {{.*}} ins(%[[Y]], %[[T]], %[[TWO_OVER_COUNT]] : {{.*}} outs(%[[TERMS:.*]], %[[DY:.*]] :
// CHECK-NEXT: sinter.launch @mse_loss_5 {{.*}} ins(%[[TERMS]], %[[ONE_OVER_COUNT]] : {{.*}} outs(%[[LOSS]] : memref<f32>)
// CHECK-NEXT: %[[DW:.*]] = memref.view %[[SCRATCH]][%[[C0]]][] : memref<512xi8> to memref<3x4xf32>
// CHECK-NEXT: sinter.launch @dot_general_6 {{.*}} ins(%[[DY]], %[[X]] : {{.*}} outs(%[[DW]] :
// CHECK-NEXT: sinter.launch @sgd_7 {{.*}} ins(%[[DY]], %[[STEP]] : {{.*}} outs(%[[B]] :
// CHECK-NEXT: sinter.launch @sgd_8 {{.*}} ins(%[[STEP]], %[[DW]] : {{.*}} outs(%[[W]] :
// CHECK-NEXT: return

// A prediction needs no scratch: what is returned is written into the caller's buffer.
// CHECK-LABEL: func.func @predict(
// CHECK-SAME: %[[STATE:[^:]*]]: memref<128xi8> {sinter.role = "state"}, %[[X:[^:]*]]: memref<8x4xf32> {{[^}]*}}}, %[[Y:[^:]*]]: memref<8x3xf32> {sinter.name = "output",
// CHECK-SAME: attributes {sinter.scratch_bytes = 0 : i64}
// CHECK: sinter.launch @linear_3 {{.*}} ins(%[[X]], %{{.*}}, %{{.*}} : {{.*}} outs(%[[Y]] :
// CHECK-NEXT: return

// CHECK: func.func private @linear_3(
