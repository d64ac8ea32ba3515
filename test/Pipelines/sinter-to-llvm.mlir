// Phase `llvm`: C functions that check their arguments and call kernels, and the artifact's tables.
// RUN: sinter-opt %s --sinter-to-model --sinter-to-step=batch=8 --sinter-to-kernels --sinter-to-tiles --sinter-to-buffers \
// RUN:   --sinter-to-llvm | FileCheck %s --check-prefixes=CHECK,FMA
// RUN: sinter-opt %s --sinter-to-model --sinter-to-step=batch=8 --sinter-to-kernels --sinter-to-tiles --sinter-to-buffers \
// RUN:   --sinter-to-llvm='fma=false program' | FileCheck %s --check-prefixes=CHECK,NOFMA,PROGRAM --implicit-check-not=fmuladd
// RUN: sinter-opt %s --sinter-to-model --sinter-to-step=batch=8 --sinter-to-kernels --sinter-to-tiles --sinter-to-buffers \
// RUN:   --sinter-to-llvm | sinter-opt --sinter-verify-phase=phase=llvm -o /dev/null

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

// Names begin with the model's. A call with a structure of another size, or with too many rows or none, is refused.
// CHECK: llvm.func @linear_artifact_init(%{{.*}}: !llvm.ptr {llvm.noundef}) -> i32
// CHECK: llvm.func @linear_artifact_train_step(%[[CALL:.*]]: !llvm.ptr {llvm.noundef}) -> i32
// CHECK-DAG: %[[OK:.*]] = llvm.mlir.constant(0 : i32)
// CHECK-DAG: %[[BAD_STRUCT:.*]] = llvm.mlir.constant(1 : i32)
// CHECK-DAG: %[[BAD_ROWS:.*]] = llvm.mlir.constant(2 : i32)
// CHECK-DAG: %[[BATCH:.*]] = llvm.mlir.constant(8 : i64)
// CHECK-DAG: %[[ONE:.*]] = llvm.mlir.constant(1 : i64)
// CHECK-DAG: %[[ZERO:.*]] = llvm.mlir.constant(0 : i64)
// CHECK-DAG: %[[SIZE:.*]] = llvm.mlir.constant(120 : i32)
// CHECK-DAG: %[[SGD:.*]] = llvm.mlir.addressof @sgd_8
// CHECK: %[[LOAD:.*]] = llvm.load %{{.*}} : !llvm.ptr -> i32
// CHECK-NEXT: %[[ICMP:.*]] = llvm.icmp "eq" %[[LOAD]], %[[SIZE]]
// CHECK-NEXT: llvm.cond_br %[[ICMP]], ^[[CHECK_ROWS:.*]], ^[[REFUSE:.*]]
// CHECK-NEXT: ^[[REFUSE]]:
// CHECK-NEXT: llvm.return %[[BAD_STRUCT]] : i32
// CHECK-NEXT: ^[[CHECK_ROWS]]:
// CHECK: %[[ROWS:.*]] = llvm.load %{{.*}} : !llvm.ptr -> i64
// CHECK-NEXT: %[[SUB:.*]] = llvm.sub %[[ROWS]], %[[ONE]] : i64
// CHECK-NEXT: %[[ICMP:.*]] = llvm.icmp "ult" %[[SUB]], %[[BATCH]] : i64
// CHECK-NEXT: llvm.cond_br %[[ICMP]], ^{{.*}}, ^[[REFUSE:.*]]
// CHECK-NEXT: ^[[REFUSE]]:
// CHECK-NEXT: llvm.return %[[BAD_ROWS]] : i32
// CHECK: %[[STATE:.*]] = llvm.load %{{.*}} : !llvm.ptr -> !llvm.ptr
// CHECK: llvm.call %[[SGD]](%{{.*}}, %{{.*}}, %[[STATE]], %[[ROWS]], %[[ZERO]], %[[ONE]]) : !llvm.ptr, (!llvm.ptr, !llvm.ptr, !llvm.ptr, i64, i64, i64) -> ()
// CHECK-NEXT: llvm.call @linear_notify_observer(
// CHECK-NEXT: llvm.return %[[OK]] : i32
// CHECK: llvm.func @linear_artifact_eval_step(
// CHECK: llvm.func @linear_artifact_predict(

// Kernels are internal functions of pointers that share no memory.
// CHECK: llvm.func internal @linear_3(%{{.*}}: !llvm.ptr {llvm.align = 4 : i64, llvm.noalias}, %{{.*}}: !llvm.ptr {llvm.align = 64 : i64, llvm.noalias}, {{.*}}: i64, %{{.*}}: i64, %{{.*}}: i64)
// FMA: llvm.intr.fmuladd
// NOFMA: llvm.fmul
// NOFMA: llvm.fadd

// CHECK-DAG: llvm.mlir.global private constant @linear_tensors() {{.*}} : !llvm.array<2 x
// CHECK-DAG: llvm.mlir.global private constant @linear_inputs() {{.*}} : !llvm.array<1 x
// CHECK-DAG: llvm.mlir.global private constant @linear_kernels()
// CHECK: llvm.mlir.global external constant @linear_artifact()
// CHECK-DAG: %[[STATE_BYTES:.*]] = llvm.mlir.constant(128 : i64)
// CHECK-DAG: %[[SCRATCH_BYTES:.*]] = llvm.mlir.constant(512 : i64)
// CHECK-DAG: %[[BATCH:.*]] = llvm.mlir.constant(8 : i64)
// CHECK-DAG: %[[TRAIN:.*]] = llvm.mlir.addressof @linear_artifact_train_step
// CHECK: %[[A:.*]] = llvm.insertvalue %[[BATCH]], %{{.*}}[9]
// CHECK-NEXT: %[[B:.*]] = llvm.insertvalue %[[STATE_BYTES]], %[[A]][10]
// CHECK-NEXT: llvm.insertvalue %[[SCRATCH_BYTES]], %[[B]][11]
// CHECK: llvm.insertvalue %[[TRAIN]], %{{.*}}[30]
// PROGRAM: llvm.mlir.alias external @sinter_program_artifact
// PROGRAM-NEXT: llvm.mlir.addressof @linear_artifact
